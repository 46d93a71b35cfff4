/** openReader: reads a store beside its owner, or without one. Nothing is created or changed by it. */

import { wallClock } from '../actors/wall-clock.ts'
import { isStagecraftError, type StagecraftError } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import { approvalFor, readSubmission } from './projects/approvals.ts'
import { verifyJournal, type Verified } from './journal/audit.ts'
import { useHostHash } from './host-hash.ts'
import type { Ask } from './inbox.ts'
import type { Lifecycle } from './projects/lifecycle.ts'
import { Lifecycles } from './projects/lifecycles.ts'
import { EVENT_FOR, rollbackTo } from './projects/project-events.ts'
import { knownProject, ProjectReader } from './projects/project-reader.ts'
import type { JournalHead, Store, StoreReader } from './store/store.ts'

export type ReaderOptions = {
  /** Lets `get` name the phases that are still to come, `verify` decide every step again, and `at` work at all. */
  readonly lifecycles?: readonly Lifecycle[]
}

/** What became of one journal that was verified. */
export type JournalCheck = Pick<JournalHead, 'id' | 'kind'> &
  (
    | { readonly isWhole: true; readonly verified: Verified }
    | { readonly isWhole: false; readonly problem: StagecraftError }
  )

/** Throws `store.missing` where there is no store yet, and `orchestrator.invalid` for two equal lifecycles. */
export async function openReader(store: Store, { lifecycles = [] }: ReaderOptions = {}): Promise<Reader> {
  const known = new Lifecycles(lifecycles)
  useHostHash()
  return new Reader(await store.openReader(), known)
}

export class Reader extends ProjectReader implements AsyncDisposable {
  readonly #store: StoreReader
  readonly #lifecycles: Lifecycles

  constructor(store: StoreReader, lifecycles: Lifecycles) {
    super({ store, lifecycles, recordOf: (id) => store.record(id) })
    this.#store = store
    this.#lifecycles = lifecycles
  }

  /** Where a feed would go on from now. */
  newestCursor(): Promise<number> {
    return this.#store.newestCursor()
  }

  /**
   * Resolves where an owner would agree to a request as things stand now, and throws what it would be refused with.
   * The owner decides again: much can happen in between.
   */
  async check(id: string, ask: Exclude<Ask, { ask: 'release' }>): Promise<void> {
    const record = knownProject(id, await this.#store.record(id))
    if (ask.ask === 'decide') approvalFor(record, readSubmission(ask.submission), wallClock.now())
    else if (ask.ask === 'rollback') (await rollbackTo(this.#store, id, ask.checkpoint))(record)
    else EVENT_FOR[ask.ask](record)
  }

  /** Verifies the journal of a project or of a recorded review. Throws like the one of projects. */
  override async verify(id: string): Promise<Verified> {
    const record = await this.#store.record(id)
    return verifyJournal(this.#store, this.#lifecycles, record ?? knownProject(id, record))
  }

  /** Verifies one journal, or every one in order of id, and goes on after one that is damaged. */
  async *checks(id?: string): AsyncGenerator<JournalCheck> {
    if (id !== undefined) return yield await this.#checkedOne(id)
    for (let after = ''; ;) {
      const heads = await this.#store.heads({ after, limit: LIMITS.pageMax })
      for (const head of heads) yield await this.#checked(head)
      const last = heads.at(-1)
      if (!last) return
      after = last.id
    }
  }

  async close(): Promise<void> {
    await this.#store.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #checkedOne(id: string): Promise<JournalCheck> {
    try {
      const record = await this.#store.record(id)
      return await this.#checked(record ?? knownProject(id, record))
    } catch (error) {
      if (!isStagecraftError(error) || error.code !== 'journal.broken') throw error
      // What cannot even be read does not say of which kind it is.
      return { id, kind: 'project', isWhole: false, problem: error }
    }
  }

  async #checked({ id, kind }: JournalHead): Promise<JournalCheck> {
    try {
      const record = await this.#store.record(id)
      // Removed since it was listed: there is nothing left to be damaged.
      if (!record) return { id, kind, isWhole: true, verified: { entries: 0, steps: 0, hash: '' } }
      return { id, kind, isWhole: true, verified: await verifyJournal(this.#store, this.#lifecycles, record) }
    } catch (error) {
      if (!isStagecraftError(error)) throw error
      return { id, kind, isWhole: false, problem: error }
    }
  }
}
