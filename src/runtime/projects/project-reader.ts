/** Reads projects: where they stand, what happened, where one could go back to, and whether the journal holds. */

import { StagecraftError } from '../../model/errors.ts'
import type { Fact, FactType } from '../../model/fact.ts'
import { EMPTY_ISA, type IsaState } from '../../model/isa/isa-state.ts'
import { LIMITS } from '../../model/limits.ts'
import { at as viewAt, verifyJournal, type Verified } from '../journal/audit.ts'
import type { Lifecycles } from './lifecycles.ts'
import { projectView, type ProjectView } from './project-view.ts'
import { readFacts } from '../journal/read-facts.ts'
import type { Checkpoint, JournalHead, JournalRecord, StoreReader } from '../store/store.ts'
import { ContentReader } from '../work/contents.ts'
import { projectOf } from '../work/phase-view.ts'

export type ProjectFilter = {
  readonly lifecycle?: string
  readonly state?: string
  readonly ended?: boolean
  /** Id; projects after it. */
  readonly after?: string
  /** Default 100. */
  readonly limit?: number
}

export type ProjectSummary = Pick<
  JournalHead,
  'id' | 'lifecycle' | 'version' | 'state' | 'ended' | 'seq' | 'createdAt' | 'updatedAt'
>

export type CheckpointView = Omit<Checkpoint, 'saved' | 'journal'>

export type HistoryOptions = {
  readonly after?: number
  readonly types?: readonly FactType[]
  readonly limit?: number
}

export type ReadingParts = {
  readonly store: StoreReader
  readonly lifecycles: Lifecycles
  /** The newest record: an owner may know it before the store tells others. */
  readonly recordOf: (id: string) => Promise<JournalRecord | undefined>
}

export class ProjectReader {
  readonly #parts: ReadingParts

  constructor(parts: ReadingParts) {
    this.#parts = parts
  }

  /** Throws `project.unknown`, as does everything here that takes an id. */
  async get(id: string): Promise<ProjectView> {
    return viewOfProject(this.#parts, await this.#record(id))
  }

  /** In order of id. */
  async list({ limit = 100, ...filter }: ProjectFilter = {}): Promise<readonly ProjectSummary[]> {
    const heads = await this.#parts.store.heads({ ...filter, kind: 'project', limit })
    return heads.map(({ id, lifecycle, version, state, ended, seq, createdAt, updatedAt }) => ({
      id,
      lifecycle,
      version,
      state,
      ended,
      seq,
      createdAt,
      updatedAt,
    }))
  }

  /** In order of time, without what they saved. */
  async checkpoints(id: string): Promise<readonly CheckpointView[]> {
    await this.#record(id)
    const checkpoints = await this.#parts.store.checkpoints(id)
    return checkpoints.map(({ id: name, seq, at, phase, stateHash }) => ({
      id: name,
      seq,
      at,
      phase,
      stateHash,
    }))
  }

  /** The project's facts, the oldest first. `after` is a cursor. */
  async history(
    id: string,
    { after = 0, types, limit = Infinity }: HistoryOptions = {},
  ): Promise<readonly Fact[]> {
    const { store } = this.#parts
    await this.#record(id)
    const facts: Fact[] = []
    for (let cursor = after; facts.length < limit;) {
      const page = Math.min(LIMITS.pageMax, limit - facts.length)
      const entries = await store.entries({
        journal: id,
        after: cursor,
        limit: page,
        ...(types && { types }),
      })
      facts.push(...(await readFacts(store, entries)))
      const last = entries.at(-1)
      if (!last || entries.length < page) break
      cursor = last.cursor
    }
    return facts
  }

  /** The project as it was right after the fact with this cursor. Throws `journal.broken`, `journal.diverged`. */
  async at(id: string, cursor: number): Promise<ProjectView> {
    const { store, lifecycles } = this.#parts
    const record = await this.#record(id)
    return viewOfProject(this.#parts, await viewAt(store, lifecycles, record, cursor))
  }

  /**
   * The values that hold, as plain JSON: give them to `createIsa` to convert and compare them. With a cursor, as they
   * were right after that fact; so `createIsa({ units, state: now }).diff(then)` tells what has changed. Throws
   * `project.wrong_state` when they were erased.
   */
  async isa(id: string, cursor?: number): Promise<IsaState> {
    const { store, lifecycles } = this.#parts
    const record = await this.#record(id)
    const { isa } = projectOf(cursor === undefined ? record : await viewAt(store, lifecycles, record, cursor))
    if (isa === null) return EMPTY_ISA
    if (record.salt === null)
      throw new StagecraftError('project.wrong_state', `The values of "${id}" were erased with its contents.`)
    // Recorded by the work that merged it, and checked by `verify`.
    return (await ContentReader.of(store, id, isa.state)).read(isa.state) as unknown as IsaState
  }

  /** Reads the whole journal again: its chain, and the states it leads to. Throws `journal.broken`, `journal.diverged`. */
  async verify(id: string): Promise<Verified> {
    const { store, lifecycles } = this.#parts
    return verifyJournal(store, lifecycles, await this.#record(id))
  }

  /** One content by its reference, e.g. a large output; undefined when it was erased or never there. */
  async content(id: string, ref: string): Promise<unknown> {
    return (await this.#parts.store.contents(id, [ref as `ref:${string}`])).get(ref as `ref:${string}`)
  }

  async #record(id: string): Promise<JournalRecord> {
    return knownProject(id, await this.#parts.recordOf(id))
  }
}

export function viewOfProject(
  { store, lifecycles }: Pick<ReadingParts, 'store' | 'lifecycles'>,
  record: JournalRecord,
): Promise<ProjectView> {
  return projectView(store, record, lifecycles.find(record)?.plan)
}

/** Throws `project.unknown`, also for the record of a review. */
export function knownProject(id: string, record: JournalRecord | undefined): JournalRecord {
  if (record?.kind === 'project') return record
  throw new StagecraftError(
    'project.unknown',
    record ? `"${id}" is a recorded review, no project.` : `There is no project "${id}" in this store.`,
  )
}
