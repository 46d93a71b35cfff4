/** Steps as the contract commits them: all that a test does not care for is filled in. */

import type { Entry } from '../../model/fact.ts'
import type { Checkpoint, Command, JournalRecord, Step } from '../../runtime/store/store.ts'

export type StepParts = Partial<Omit<Step, 'record' | 'entries'>> & {
  readonly record?: Partial<JournalRecord>
  /** One for each; default one with nothing particular. */
  readonly entries?: readonly Partial<Entry>[]
}

/** Milliseconds since 1970. */
export const NOON = 1_800_000_000_000

/** A hash that is none, but looks like one. */
export const hashLike = (number: number): string => number.toString(16).padStart(64, '0')

/** A step of a journal that stands at `expectedSeq`. */
export function stepOf(journal: string, expectedSeq: number, parts: StepParts = {}): Step {
  const { entries: wanted = [{}], record, ...rest } = parts
  const entries = wanted.map((entry, index) => entryOf(journal, expectedSeq + 1 + index, entry))
  return {
    journal,
    expectedSeq,
    entries,
    record: recordOf(journal, expectedSeq + entries.length, record),
    contents: [],
    opens: [],
    closes: [],
    checkpoints: [],
    drops: [],
    erases: false,
    answers: [],
    ...rest,
  }
}

const entryOf = (journal: string, seq: number, entry: Partial<Entry>): Entry => ({
  journal,
  seq,
  type: 'STEP_TAKEN',
  at: NOON + seq,
  payload: { seq },
  cause: null,
  stateHash: null,
  previousHash: hashLike(seq - 1),
  hash: hashLike(seq),
  ...entry,
})

const recordOf = (id: string, seq: number, record: Partial<JournalRecord> = {}): JournalRecord => ({
  id,
  kind: 'project',
  lifecycle: 'hardware-design',
  version: 1,
  state: 'PLANNING',
  ended: false,
  seq,
  hash: hashLike(seq),
  stateHash: hashLike(seq),
  createdAt: NOON,
  updatedAt: NOON + seq,
  salt: 'salt',
  charts: { project: { value: 'PLANNING', context: { at: seq } } },
  ...record,
})

export const workOf = (journal: string, key: string): Command => ({
  journal,
  key,
  address: 'project.task',
  id: 'task',
  kind: 'work',
  source: 'agent',
  input: { agent: 'thermal' },
})

export const timerOf = (journal: string, key: string, dueAt: number): Command => ({
  journal,
  key,
  address: 'project',
  id: 'deadline',
  kind: 'timer',
  dueAt,
  event: { type: 'DEADLINE' },
})

export const checkpointOf = (journal: string, id: string, seq: number): Checkpoint => ({
  journal,
  id,
  seq,
  at: NOON,
  phase: 'PLANNING',
  stateHash: hashLike(seq),
  saved: { project: { value: 'PLANNING', of: id } },
})
