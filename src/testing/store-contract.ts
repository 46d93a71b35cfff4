/** The contract of a store: every promise of the port, as tests that each store must pass. */

import { commands } from './store-contract/commands.ts'
import { commits } from './store-contract/commits.ts'
import { contents } from './store-contract/contents.ts'
import { openedBy, type MakeStore, type TestTools } from './store-contract/contract-tools.ts'
import { doors, missing } from './store-contract/doors.ts'
import { entries } from './store-contract/entries.ts'
import { heads } from './store-contract/heads.ts'
import { inbox } from './store-contract/inbox.ts'
import { randomWalks } from './store-contract/random-walks.ts'
import { values } from './store-contract/values.ts'

export type { StoreUnderTest, TestTools } from './store-contract/contract-tools.ts'

export type StoreContractOptions = {
  /** A new, empty store for each test. */
  readonly make: MakeStore
  /** Of the random walks; default 1 to 20. */
  readonly seeds?: readonly number[]
}

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)

/** Registers the tests. Call it in a test file with the functions of vitest, or of a runner like it. */
export function storeContract(tools: TestTools, { make, seeds = SEEDS }: StoreContractOptions): void {
  const opened = openedBy(make)
  const chapters = [
    commits,
    entries,
    heads,
    commands,
    contents,
    inbox,
    doors,
    values,
    missing(make),
    randomWalks(seeds),
  ]
  for (const chapter of chapters) chapter(tools, opened)
}
