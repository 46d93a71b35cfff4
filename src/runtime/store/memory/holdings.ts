/** What a memory store holds. */

import type { Json } from '../../../model/canonical.ts'
import type { Entry, FactType } from '../../../model/fact.ts'
import type { Checkpoint, Command, JournalHead, Request } from '../store.ts'
import type { Held } from './held.ts'

export type Holdings = {
  /** By id. */
  readonly journals: Map<string, HeldJournal>
  /** Ids of journals that were removed. */
  readonly removed: Set<string>
  /** In order of cursor. */
  entries: HeldEntry[]
  /** By key. */
  readonly commands: Map<string, HeldCommand>
  /** By id. */
  readonly requests: Map<string, HeldRequest>
  /** By id. */
  readonly answers: Map<string, { readonly at: number; readonly body: Held<Json> }>
  cursor: number
  /** How many requests were ever posted. */
  posted: number
}

export type HeldJournal = {
  readonly head: JournalHead
  readonly salt: string | null
  readonly charts: Held<Json>
  /** In order of cursor, like those of all journals. */
  readonly entries: HeldEntry[]
  /** By reference. */
  readonly contents: Map<string, Held<Json>>
  /** By id. */
  readonly checkpoints: Map<string, { readonly seq: number; readonly checkpoint: Held<Checkpoint> }>
}

export type HeldEntry = {
  readonly cursor: number
  readonly journal: string
  readonly type: FactType
  readonly entry: Held<Entry>
}

export type HeldCommand = {
  readonly journal: string
  /** Orders the commands by when they were opened: cursor of the step, place in the step. */
  readonly opened: readonly [cursor: number, place: number]
  /** Undefined for work. */
  readonly dueAt: number | undefined
  readonly command: Held<Command>
}

/** `place` orders the requests as they were posted: what is taken back comes last in a Map. */
export type HeldRequest = { readonly place: number; readonly request: Held<Request> }

export const emptyHoldings = (): Holdings => ({
  journals: new Map(),
  removed: new Set(),
  entries: [],
  commands: new Map(),
  requests: new Map(),
  answers: new Map(),
  cursor: 0,
  posted: 0,
})
