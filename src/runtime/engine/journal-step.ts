/** What a decision changes in a journal, ready to be committed: entries chained to those before, and the new head. */

import { hashOf, type Json } from '../../model/canonical.ts'
import { entryHash, FIRST_HASH, type Cause, type Entry, type Saying } from '../../model/fact.ts'
import { NO_CHARTS, ROOT, type Charts, type Stepped } from './charts.ts'
import { brokenJournal } from '../store/refusals.ts'
import type { Answer, Checkpoint, Content, JournalKind, JournalRecord, Step } from '../store/store.ts'

/** A step that somebody wants a journal to take. */
export type Proposal = {
  /** Null for what is only noted: no chart has moved. */
  readonly cause: Cause | null
  readonly stepped?: Stepped
  /** Said beside what the charts say, before it. */
  readonly sayings?: readonly Saying[]
  readonly contents?: readonly Content[]
  readonly answers?: readonly Answer[]
  /** Ids of checkpoints that are kept no longer. */
  readonly drops?: readonly string[]
  readonly erases?: boolean
  /** The lifecycle's version from now on. */
  readonly version?: number
}

/** A journal that begins. */
export type NewJournal = {
  readonly id: string
  readonly kind: JournalKind
  readonly lifecycle: string
  readonly version: number
  readonly salt: string
}

/** The charts of a record. They were written by `stepOf`. */
export const chartsOf = (record: JournalRecord): Charts => record.charts as unknown as Charts

/** The context of a record's outermost chart. Its kind and lifecycle say which chart that is. */
export function rootContext(record: JournalRecord): object {
  // Every journal has an outermost chart from its first step on.
  const { snapshot } = chartsOf(record).charts[ROOT] as Charts['charts'][string]
  return (snapshot as unknown as { context: object }).context
}

/** A record that was read from a store. Throws `journal.broken` where its charts are not those that were written. */
export function trusted(record: JournalRecord | undefined): JournalRecord | undefined {
  if (!record || hashOf(record.charts) === record.stateHash) return record
  throw brokenJournal(record.id, 'its stored state is not the one that was written, so it takes no step')
}

export function newRecord(journal: NewJournal, at: number): JournalRecord {
  return {
    ...journal,
    state: '',
    ended: false,
    seq: 0,
    hash: FIRST_HASH,
    stateHash: '',
    createdAt: at,
    updatedAt: at,
    charts: NO_CHARTS as unknown as Json,
  }
}

/** The step; undefined when nothing has happened that would be worth an entry. */
export function stepOf(before: JournalRecord, proposal: Proposal, at: number): Step | undefined {
  const { stepped } = proposal
  const charts = stepped ? (stepped.charts as unknown as Json) : before.charts
  const stateHash = stepped ? hashOf(charts) : before.stateHash
  const sayings = [...(proposal.sayings ?? []), ...(stepped?.sayings ?? [])]
  if (sayings.length === 0) {
    if (stateHash === before.stateHash) return undefined
    sayings.push({ type: 'STEP_TAKEN', payload: {} })
  }
  const entries = chain(before, sayings, proposal.cause, stepped ? stateHash : null, at)
  const last = entries.at(-1) as Entry
  const record: JournalRecord = {
    ...before,
    version: proposal.version ?? before.version,
    salt: proposal.erases ? null : before.salt,
    state: stepped?.state ?? before.state,
    ended: stepped?.ended ?? before.ended,
    seq: last.seq,
    hash: last.hash,
    stateHash,
    updatedAt: at,
    charts,
  }
  return {
    journal: before.id,
    expectedSeq: before.seq,
    record,
    entries,
    contents: proposal.contents ?? [],
    opens: stepped?.opens ?? [],
    closes: stepped?.closes ?? [],
    checkpoints: checkpointsOf(before, entries, stepped, at),
    drops: proposal.drops ?? [],
    erases: proposal.erases ?? false,
    answers: proposal.answers ?? [],
  }
}

function chain(
  { id, seq, hash }: JournalRecord,
  sayings: readonly Saying[],
  cause: Cause | null,
  stateHash: string | null,
  at: number,
): readonly Entry[] {
  let previousHash = hash
  return sayings.map(({ type, payload }, index) => {
    const isLast = index === sayings.length - 1
    const entry = {
      journal: id,
      seq: seq + index + 1,
      at,
      type,
      // Undefined properties are left out, as they will be when it is read again.
      payload: JSON.parse(JSON.stringify(payload ?? {})) as Json,
      cause: index === 0 ? cause : null,
      stateHash: isLast ? stateHash : null,
      previousHash,
    }
    previousHash = entryHash(entry)
    return { ...entry, hash: previousHash }
  })
}

function checkpointsOf(
  { id }: JournalRecord,
  entries: readonly Entry[],
  stepped: Stepped | undefined,
  at: number,
): readonly Checkpoint[] {
  const created = entries.filter(({ type }) => type === 'CHECKPOINT_CREATED')
  return (stepped?.checkpoints ?? []).map(({ id: checkpoint, phase, saved }, index) => ({
    journal: id,
    id: checkpoint,
    seq: created[index]?.seq ?? 0,
    at,
    phase,
    stateHash: hashOf(saved),
    saved: saved as unknown as Json,
  }))
}
