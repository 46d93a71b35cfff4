/** Journals read again from their first entry: whether their chain holds, and whether they lead where they say. */

import { hashOf, type Json } from '../../model/canonical.ts'
import { isStagecraftError, StagecraftError } from '../../model/errors.ts'
import { entryHash, FIRST_HASH, type Saying } from '../../model/fact.ts'
import { LIMITS } from '../../model/limits.ts'
import { verifyBelongings, verifyCommands } from './belongings.ts'
import { NO_CHARTS, ROOT, stepCharts, type Charts, type Stepped } from '../engine/charts.ts'
import { chartsOf } from '../engine/journal-step.ts'
import type { Lifecycles } from '../projects/lifecycles.ts'
import { isMigration } from '../projects/migration.ts'
import { brokenJournal } from '../store/refusals.ts'
import type { Command, JournalRecord, StoredEntry, StoreReader } from '../store/store.ts'

export type Verified = {
  readonly entries: number
  /**
   * Steps that were decided again and came out the same. 0 where a lifecycle version of the journal is not registered:
   * then its chain was checked, and the stored state against it, but not that its steps lead there.
   */
  readonly steps: number
  /** Of the newest entry: who has kept it elsewhere knows that nothing before it was changed since. */
  readonly hash: string
}

/** Throws `journal.broken` or `journal.diverged`, naming the fact, or the checkpoint, content or command. */
export async function verifyJournal(
  store: StoreReader,
  lifecycles: Lifecycles,
  record: JournalRecord,
): Promise<Verified> {
  try {
    return await verified(store, lifecycles, record)
  } catch (error) {
    if (!isStagecraftError(error) || error.code !== 'lifecycle.unknown') throw error
    return verified(store, undefined, record)
  }
}

async function verified(
  store: StoreReader,
  lifecycles: Lifecycles | undefined,
  record: JournalRecord,
): Promise<Verified> {
  const replay = await replayUntil(store, lifecycles, record, Infinity)
  if (replay.seq !== record.seq || replay.hash !== record.hash)
    throw brokenJournal(record.id, `its newest entry is ${replay.seq}, and its head says ${record.seq}`)
  await refuseStray(store, record, replay.cursor)
  const stateHash = lifecycles ? hashOf(replay.charts) : replay.stateHash
  if (hashOf(record.charts) !== record.stateHash || stateHash !== record.stateHash)
    throw brokenJournal(record.id, 'its stored state is not the one its entries lead to')
  const state = (chartsOf(record).charts[ROOT]?.snapshot as { value?: unknown } | undefined)?.value
  if (state !== record.state)
    throw brokenJournal(record.id, `its head says ${record.state}, and its stored state ${String(state)}`)
  if (lifecycles && (replay.version !== record.version || replay.ended !== record.ended))
    throw brokenJournal(
      record.id,
      `its head says version ${record.version}${record.ended ? ', ended' : ''}, and its entries version ${replay.version}${replay.ended ? ', ended' : ''}`,
    )
  await verifyBelongings(store, record, replay.cursor)
  await verifyCommands(store, record, lifecycles && replay.commands)
  return { entries: replay.seq, steps: replay.steps, hash: replay.hash }
}

/** A journal may have gone on since its record was read; an entry that no head knows has been slipped in. */
async function refuseStray(store: StoreReader, { id, seq }: JournalRecord, after: number): Promise<void> {
  const [next] = await store.entries({ journal: id, after, limit: 1 })
  const newest = next && (await store.record(id))
  if (next && (newest?.seq ?? seq) <= seq)
    throw brokenJournal(
      id,
      `fact ${next.seq} (${next.type}, cursor ${next.cursor}) stands after its newest one`,
    )
}

/** The record as it was right after the entry with this cursor. */
export async function at(
  store: StoreReader,
  lifecycles: Lifecycles,
  record: JournalRecord,
  cursor: number,
): Promise<JournalRecord> {
  const { charts, seq, hash, state, ended, version, updatedAt } = await replayUntil(
    store,
    lifecycles,
    record,
    cursor,
  )
  if (seq === 0)
    throw new StagecraftError('input.invalid', `"${record.id}" did not exist yet at cursor ${cursor}.`)
  const stateHash = hashOf(charts)
  return {
    ...record,
    charts: charts as unknown as Json,
    seq,
    hash,
    state,
    ended,
    version,
    stateHash,
    updatedAt,
  }
}

type Replay = {
  charts: Charts
  seq: number
  cursor: number
  hash: string
  /** Of the newest step, as its last entry says. */
  stateHash: string
  state: string
  ended: boolean
  version: number
  steps: number
  updatedAt: number
  /** Open after the newest step, by key. */
  commands: Map<string, Command>
}

async function replayUntil(
  store: StoreReader,
  lifecycles: Lifecycles | undefined,
  record: JournalRecord,
  until: number,
): Promise<Replay> {
  const replay: Replay = {
    charts: NO_CHARTS,
    seq: 0,
    cursor: 0,
    hash: FIRST_HASH,
    stateHash: '',
    state: '',
    ended: false,
    version: 0,
    steps: 0,
    updatedAt: record.createdAt,
    commands: new Map(),
  }
  let step: StoredEntry[] = []
  for await (const entry of entriesOf(store, record.id, until)) {
    // What was said after the record was read is not its business.
    if (replay.seq === record.seq) break
    checkChain(replay, entry)
    if (!lifecycles) continue
    step.push(entry)
    if (entry.stateHash === null && (step[0] as StoredEntry).cause !== null) continue
    takeAgain(lifecycles, record, replay, step)
    step = []
  }
  // A cursor may lie inside a step: what was decided together is shown together.
  if (lifecycles && step.length > 0) {
    const rest = await store.entries({
      journal: record.id,
      after: (step.at(-1) as StoredEntry).cursor,
      limit: LIMITS.pageMax,
    })
    const end = rest.findIndex(({ stateHash }) => stateHash !== null)
    takeAgain(lifecycles, record, replay, [...step, ...rest.slice(0, end + 1)])
  }
  return replay
}

async function* entriesOf(store: StoreReader, journal: string, until: number): AsyncGenerator<StoredEntry> {
  for (let after = 0; ;) {
    const page = await store.entries({
      journal,
      after,
      limit: LIMITS.pageMax,
      ...(Number.isFinite(until) && { until }),
    })
    yield* page
    const last = page.at(-1)
    if (!last) return
    after = last.cursor
  }
}

function checkChain(replay: Replay, entry: StoredEntry): void {
  const what = `fact ${entry.seq} (${entry.type}, cursor ${entry.cursor})`
  if (entry.seq !== replay.seq + 1)
    throw brokenJournal(entry.journal, `${what} follows ${replay.seq}: an entry is missing`)
  if (entry.previousHash !== replay.hash)
    throw brokenJournal(entry.journal, `${what} does not follow the one before it`)
  if (entryHash(entry) !== entry.hash)
    throw brokenJournal(entry.journal, `${what} was changed after it was written`)
  replay.seq = entry.seq
  replay.cursor = entry.cursor
  replay.hash = entry.hash
  replay.stateHash = entry.stateHash ?? replay.stateHash
  replay.updatedAt = entry.at
}

/** Decides a step again, and compares what it says and where it leads. */
function takeAgain(
  lifecycles: Lifecycles,
  record: JournalRecord,
  replay: Replay,
  step: readonly StoredEntry[],
): void {
  const [first] = step as [StoredEntry]
  const { cause } = first
  if (cause === null) return
  if (isMigration(cause)) {
    replay.charts = cause.event.charts as unknown as Charts
    replay.version = cause.event.version
    replay.steps += 1
    return compare(
      step,
      step.map(({ type, payload }) => ({ type, payload })),
      hashOf(replay.charts),
    )
  }
  if (replay.seq === step.length) replay.version = versionOf(cause.event) ?? record.version
  const stepped = decideAgain(lifecycles, record, replay, first)
  const said = stepped.sayings.length > 0 ? stepped.sayings : [{ type: 'STEP_TAKEN' as const, payload: {} }]
  compare(step, said, hashOf(stepped.charts))
  replay.charts = stepped.charts
  replay.state = stepped.state
  replay.ended = stepped.ended
  replay.steps += 1
  for (const key of stepped.closes) replay.commands.delete(key)
  for (const command of stepped.opens) replay.commands.set(command.key, command)
}

function decideAgain(
  lifecycles: Lifecycles,
  record: JournalRecord,
  replay: Replay,
  first: StoredEntry,
): Stepped {
  const { kind, lifecycle } = record
  try {
    return stepCharts(replay.charts, first.cause as NonNullable<StoredEntry['cause']>, {
      journal: record.id,
      seq: first.seq,
      at: first.at,
      machineOf: (source) => lifecycles.machineOf({ kind, lifecycle, version: replay.version }, source),
    })
  } catch (error) {
    if (isStagecraftError(error) && error.code === 'lifecycle.unknown') throw error
    throw new StagecraftError(
      'journal.diverged',
      `Fact ${first.seq} (${first.type}, cursor ${first.cursor}) of "${record.id}" cannot be decided again: ${String(error)}`,
      { cause: error },
    )
  }
}

function compare(step: readonly StoredEntry[], said: readonly Saying[], stateHash: string): void {
  step.forEach((entry, index) => {
    const again = said[index]
    if (again?.type !== entry.type || hashOf(again.payload ?? {}) !== hashOf(entry.payload))
      throw diverged(
        entry,
        `the lifecycle now says ${again?.type ?? 'nothing'} in its place, or says it differently`,
      )
  })
  const last = step.at(-1) as StoredEntry
  if (said.length > step.length)
    throw diverged(last, `the lifecycle now says ${said[step.length]?.type} after it`)
  if (last.stateHash !== stateHash) throw diverged(last, 'the lifecycle now leads to another state')
}

const versionOf = (event: Json): number | undefined =>
  (event as { input?: { version?: number } }).input?.version

function diverged({ journal, seq, type, cursor }: StoredEntry, why: string): StagecraftError {
  return new StagecraftError(
    'journal.diverged',
    `The journal of "${journal}" does not lead where it did, from fact ${seq} (${type}, cursor ${cursor}) on: ${why}. The lifecycle was changed without a new version: register it as it was.`,
  )
}
