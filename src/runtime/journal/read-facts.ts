/** Entries of journals, read as facts: contents in place of their references. */

import type { Json } from '../../model/canonical.ts'
import { ERASED, isRef, refsIn, type Ref } from '../../model/content.ts'
import type { Fact } from '../../model/fact.ts'
import { LIMITS } from '../../model/limits.ts'
import type { StoredEntry, StoreReader } from '../store/store.ts'

type Contents = ReadonlyMap<Ref, Json>

/** Facts in the order of the entries. Contents that are not among `known` are read from the store. */
export async function readFacts(
  store: StoreReader,
  entries: readonly StoredEntry[],
  known: Contents = new Map(),
): Promise<readonly Fact[]> {
  const contents = new Map(known)
  for (const [journal, refs] of missingRefs(entries, known))
    for (const [ref, value] of await store.contents(journal, [...refs])) contents.set(ref, value)
  return entries.map((entry) => factOf(entry, contents))
}

/** The same without a store: undefined when a content is not among those that are known. */
export function factsOfKnown(entries: readonly StoredEntry[], known: Contents): readonly Fact[] | undefined {
  return entries.every(({ payload }) => isKnown(payload, known))
    ? entries.map((entry) => factOf(entry, known))
    : undefined
}

function missingRefs(
  entries: readonly StoredEntry[],
  known: Contents,
): ReadonlyMap<string, ReadonlySet<Ref>> {
  const missing = new Map<string, Set<Ref>>()
  for (const { journal, payload } of entries)
    for (const ref of refsIn(payload))
      if (!known.has(ref)) missing.set(journal, (missing.get(journal) ?? new Set()).add(ref))
  return missing
}

function isKnown(value: Json, known: Contents): boolean {
  if (typeof value !== 'object' || value === null) return !isRef(value) || known.has(value)
  return Object.values(value).every((item) => isKnown(item, known))
}

function factOf(entry: StoredEntry, contents: Contents): Fact {
  const { cursor, journal, seq, type, at, hash, payload } = entry
  return { cursor, project: journal, seq, type, at, payload: resolve(payload, contents), hash }
}

/** A large content stays a reference: who wants it asks for it. What holds no reference is not copied. */
function resolve(value: Json, contents: Contents): Json {
  if (typeof value !== 'object' || value === null) return isRef(value) ? contentOf(value, contents) : value
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => resolve(item, contents))
  let copy: Record<string, Json> | undefined
  for (const [key, item] of Object.entries(value)) {
    const resolved = resolve(item, contents)
    if (resolved !== item) (copy ??= { ...value } as Record<string, Json>)[key] = resolved
  }
  return copy ?? value
}

function contentOf(ref: Ref, contents: Contents): Json {
  const content = contents.get(ref)
  if (content === undefined) return ERASED
  return isLarge(content) ? ref : content
}

const isLarge = (content: Json): boolean =>
  typeof content === 'string'
    ? content.length > LIMITS.factInlineCharsMax
    : typeof content === 'object' && JSON.stringify(content).length > LIMITS.factInlineCharsMax
