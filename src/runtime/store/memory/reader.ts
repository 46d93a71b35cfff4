/** Reads what a memory store holds. Everything it gives away is a copy. */

import type { Json } from '../../../model/canonical.ts'
import type { Ref } from '../../../model/content.ts'
import { rowLimit } from '../row-limit.ts'
import type { Checkpoint, EntryQuery, HeadQuery, JournalHead, LiveVersion, StoreReader } from '../store.ts'
import { copyOf } from './held.ts'
import type { HeldCommand, HeldEntry, Holdings } from './holdings.ts'

type Reads = Omit<StoreReader, 'close' | typeof Symbol.asyncDispose>

/** @param held throws once the store is closed. */
export function readerOf(held: () => Holdings): Reads {
  return {
    newestCursor: async () => held().entries.at(-1)?.cursor ?? 0,
    record: async (id) => {
      const journal = held().journals.get(id)
      return journal && { ...journal.head, salt: journal.salt, charts: copyOf(journal.charts) }
    },
    heads: async (asked) => headsOf(held(), asked),
    entries: async (asked) =>
      entriesOf(held(), asked).map(({ cursor, entry }) => ({ cursor, ...copyOf(entry) })),
    contents: async (id, refs) => {
      const contents = held().journals.get(id)?.contents
      const found = new Map<Ref, Json>()
      for (const ref of refs) {
        const content = contents?.get(ref)
        if (content) found.set(ref, copyOf(content))
      }
      return found
    },
    checkpoints: async (id) =>
      [...(held().journals.get(id)?.checkpoints.values() ?? [])]
        .toSorted((one, other) => one.seq - other.seq)
        .map(({ checkpoint }) => withoutSaved(copyOf(checkpoint))),
    checkpoint: async (journal, id) => {
      const found = held().journals.get(journal)?.checkpoints.get(id)
      return found && copyOf(found.checkpoint)
    },
    commandsOf: async (id) =>
      [...held().commands.values()]
        .filter(({ journal }) => journal === id)
        .toSorted(byOpening)
        .map(({ command }) => copyOf(command)),
    liveVersions: async () => liveVersionsOf(held()),
  }
}

const withoutSaved = ({ saved: _, ...checkpoint }: Checkpoint) => checkpoint

export const byOpening = ({ opened: one }: HeldCommand, { opened: other }: HeldCommand): number =>
  one[0] - other[0] || one[1] - other[1]

/** Ids are plain letters, so this is the order of a database too. */
export const inOrder = (one: string, other: string): number => (one < other ? -1 : Number(one > other))

function headsOf(held: Holdings, { limit, after, ...filter }: HeadQuery): readonly JournalHead[] {
  const wanted = (head: JournalHead) =>
    (after === undefined || head.id > after) &&
    (filter.kind ?? head.kind) === head.kind &&
    (filter.lifecycle ?? head.lifecycle) === head.lifecycle &&
    (filter.state ?? head.state) === head.state &&
    (filter.ended ?? head.ended) === head.ended
  return [...held.journals.values()]
    .map(({ head }) => head)
    .filter(wanted)
    .toSorted((one, other) => inOrder(one.id, other.id))
    .slice(0, rowLimit(limit))
    .map((head) => ({ ...head }))
}

function entriesOf(
  held: Holdings,
  { after, until, journal, types, limit }: EntryQuery,
): readonly HeldEntry[] {
  const all = journal === undefined ? held.entries : (held.journals.get(journal)?.entries ?? [])
  const found: HeldEntry[] = []
  const max = rowLimit(limit)
  for (let at = firstAfter(all, after); at < all.length && found.length < max; at += 1) {
    const entry = all[at]
    if (!entry || entry.cursor > (until ?? Infinity)) break
    if (!types || types.includes(entry.type)) found.push(entry)
  }
  return found
}

/** Halves the list until it finds where entries after a cursor begin. */
function firstAfter(entries: readonly HeldEntry[], cursor: number): number {
  let from = 0
  let to = entries.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((entries[middle]?.cursor ?? 0) > cursor) to = middle
    else from = middle + 1
  }
  return from
}

/** Of a live version, that many ids are named. */
const LIVE_IDS_MAX = 10

function liveVersionsOf(held: Holdings): readonly LiveVersion[] {
  const live = [...held.journals.values()].map(({ head }) => head).filter(({ ended }) => !ended)
  const groups = Map.groupBy(live, ({ kind, lifecycle, version }) =>
    JSON.stringify([kind, lifecycle, version]),
  )
  return [...groups.values()]
    .flatMap((heads) => {
      const [first] = heads
      const ids = heads.map(({ id }) => id).toSorted(inOrder)
      return first ? [{ ...versionOf(first), count: heads.length, ids: ids.slice(0, LIVE_IDS_MAX) }] : []
    })
    .toSorted(
      (one, other) =>
        inOrder(one.kind, other.kind) ||
        inOrder(one.lifecycle, other.lifecycle) ||
        one.version - other.version,
    )
}

const versionOf = ({ kind, lifecycle, version }: JournalHead) => ({ kind, lifecycle, version })
