/** A journal as the oracles read it: straight from the store, with what people and agents said in place. */

import type { Json } from '../../src/model/canonical.ts'
import { isRef, refsIn, type Ref } from '../../src/model/content.ts'
import { entryHash, FIRST_HASH, type FactType } from '../../src/model/fact.ts'
import type { StoredEntry, StoreReader } from '../../src/runtime/store/store.ts'

/** One entry. The payload is whatever it is: an oracle says what it expects there. */
export type Told = {
  readonly type: FactType
  readonly seq: number
  readonly cursor: number
  readonly at: number
  readonly hash: string
  readonly payload: Readonly<Record<string, unknown>>
  /** False for what was decided together with the fact after it, and for what is only noted. */
  readonly isSettled: boolean
}

export async function journalOf(reader: StoreReader, id: string): Promise<readonly StoredEntry[]> {
  return reader.entries({ journal: id, after: 0, limit: 1_000_000 })
}

export async function toldIn(reader: StoreReader, entries: readonly StoredEntry[]): Promise<readonly Told[]> {
  const [first] = entries
  if (!first) return []
  const refs = new Set<Ref>()
  for (const { payload } of entries) refsIn(payload, refs)
  const contents = await reader.contents(first.journal, [...refs])
  return entries.map(({ payload, ...entry }) => {
    // Every payload is an object.
    const resolved = resolve(payload, contents) as Readonly<Record<string, unknown>>
    return { ...entry, payload: resolved, isSettled: entry.stateHash !== null }
  })
}

function resolve(value: Json, contents: ReadonlyMap<Ref, Json>): Json {
  if (isRef(value)) return contents.get(value) ?? 'NOTHING IS THERE'
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => resolve(item, contents))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, contents)]))
}

/** Noted on the way: an entry of its own that moves no chart. */
const isNote = (type: FactType) =>
  ['AGENT_STARTED', 'AGENT_RETRY', 'AGENT_PROGRESS', 'CHECKPOINTS_DROPPED', 'CONTENTS_ERASED'].includes(type)

/** The hash of the state right after an entry: what was decided together is reached together. */
export function stateHashAfter(entries: readonly StoredEntry[], seq: number): string | undefined {
  const here = entries[seq - 1]
  const isSettled = (entry: StoredEntry) => entry.stateHash !== null
  const found =
    here && isNote(here.type)
      ? entries.slice(0, seq).findLast(isSettled)
      : entries.slice(seq - 1).find(isSettled)
  return found?.stateHash ?? undefined
}

/** What is wrong with the chain: gaps, broken links, hashes that do not fit. */
export function chainProblems(entries: readonly StoredEntry[]): readonly string[] {
  const problems: string[] = []
  let previousHash = FIRST_HASH
  let cursor = 0
  for (const [index, entry] of entries.entries()) {
    if (entry.seq !== index + 1) problems.push(`entry ${entry.seq} stands at place ${index + 1}`)
    if (entry.cursor <= cursor) problems.push(`entry ${entry.seq} has an older cursor than the one before it`)
    if (entry.previousHash !== previousHash)
      problems.push(`entry ${entry.seq} does not follow the one before it`)
    if (entryHash(entry) !== entry.hash) problems.push(`entry ${entry.seq} does not have its own hash`)
    previousHash = entry.hash
    cursor = entry.cursor
  }
  return problems
}
