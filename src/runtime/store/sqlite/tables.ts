/** The tables of a store, as `migrations/` make them and Kysely knows them. */

import type { Generated } from 'kysely'
import type { FactType } from '../../../model/fact.ts'
import type { JournalKind } from '../store.ts'

export type Tables = {
  meta: MetaTable
  journal: JournalTable
  chart: ChartTable
  tombstone: { id: string }
  entry: EntryTable
  content: { journal: number; ref: string; value: string }
  command: CommandTable
  checkpoint: CheckpointTable
  inbox: InboxTable
}

/** One row. */
type MetaTable = {
  /** Counts the owners; each commits under its own number only. */
  epoch: number
  /** At least the newest cursor of what was removed, so that none is given twice. */
  cursor: number
}

type JournalTable = {
  number: Generated<number>
  id: string
  kind: JournalKind
  lifecycle: string
  version: number
  state: string
  ended: number
  seq: number
  hash: string
  stateHash: string
  createdAt: number
  updatedAt: number
  salt: string | null
}

/** Apart from the journal, so that a list of heads need not read what is large. */
type ChartTable = { journal: number; charts: string }

type EntryTable = {
  cursor: number
  journal: number
  seq: number
  type: FactType
  at: number
  payload: string
  cause: string | null
  stateHash: string | null
  previousHash: string
  hash: string
}

type CommandTable = {
  key: string
  journal: number
  /** Orders the commands: the first cursor of the step that opened it, and its place among those. */
  opened: number
  place: number
  address: string
  id: string
  /** Null for a timer. */
  source: string | null
  /** Null for work. */
  dueAt: number | null
  /** The input of work, the event of a timer. */
  body: string
}

type CheckpointTable = {
  journal: number
  id: string
  seq: number
  at: number
  phase: string
  stateHash: string
  /** JSON; bytes once it was packed. */
  saved: string | Uint8Array
}

type InboxTable = {
  number: Generated<number>
  id: string
  journal: string
  at: number
  /** Null once it was answered: nobody reads it again. */
  body: string | null
  answeredAt: number | null
  answer: string | null
}
