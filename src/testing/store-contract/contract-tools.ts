/** What the contract of a store is told with: the functions of a test runner, and a store to try. */

import { isStagecraftError } from '../../model/errors.ts'
import type { OwnedStore, Store } from '../../runtime/store/store.ts'

/** Of vitest, of jest, or of anything that looks like them. */
export type TestTools = {
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, body: () => Promise<void>) => void
  readonly expect: (actual: unknown) => { toEqual: (expected: unknown) => void }
}

export type StoreUnderTest = {
  /** Empty, and never opened. */
  readonly store: Store
  /** The same place by another object, as another process has it; default the same object. */
  readonly again?: () => Store
  readonly cleanup: () => Promise<void>
}

export type MakeStore = () => Promise<StoreUnderTest>

/** A store that has been opened for its owner. */
export type Opened = {
  readonly owner: OwnedStore
  readonly store: Store
  readonly again: () => Store
}

/** One chapter of the contract. `opened` makes a store, opens it, and cleans up whatever happens. */
export type Chapter = (
  tools: TestTools,
  opened: (work: (at: Opened) => Promise<void>) => () => Promise<void>,
) => void

export const ignorePosts = { onPost: () => {} }

export function openedBy(make: MakeStore) {
  return (work: (at: Opened) => Promise<void>) => async () => {
    const { store, again = () => store, cleanup } = await make()
    try {
      const owner = await store.open(ignorePosts)
      try {
        await work({ owner, store, again })
      } finally {
        await owner.close()
      }
    } finally {
      await cleanup()
    }
  }
}

/** How a promise ended: `done`, or the code it was refused with. */
export const outcomeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (isStagecraftError(error) ? error.code : String(error)),
  )
