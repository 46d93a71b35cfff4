/** Lists whose filters the caller chooses. */

import { sql } from 'kysely'
import { rowLimit } from '../row-limit.ts'
import type { EntryQuery, HeadQuery, JournalHead, LiveVersion, StoredEntry } from '../store.ts'
import type { Connection } from './connection.ts'
import { build } from './query.ts'
import { HEAD_COLUMNS, liveJournals, numberOf } from './reads.ts'
import { entryOf, headOf } from './rows.ts'

/** Of a live version, that many ids are named. */
const LIVE_IDS_MAX = 10

export function listHeads(connection: Connection, asked: HeadQuery): readonly JournalHead[] {
  let found = build.selectFrom('journal').select(HEAD_COLUMNS).orderBy('id').limit(rowLimit(asked.limit))
  if (asked.kind !== undefined) found = found.where('kind', '=', asked.kind)
  if (asked.lifecycle !== undefined) found = found.where('lifecycle', '=', asked.lifecycle)
  if (asked.state !== undefined) found = found.where('state', '=', asked.state)
  if (asked.ended !== undefined) found = found.where('ended', '=', Number(asked.ended))
  if (asked.after !== undefined) found = found.where('id', '>', asked.after)
  return connection.allOf(found).map(headOf)
}

export function listEntries(connection: Connection, asked: EntryQuery): readonly StoredEntry[] {
  let found = build
    .selectFrom('entry')
    .innerJoin('journal', 'journal.number', 'entry.journal')
    .select(['entry.cursor', 'journal.id as journal', 'entry.seq', 'entry.type', 'entry.at', 'entry.payload'])
    .select(['entry.cause', 'entry.stateHash', 'entry.previousHash', 'entry.hash'])
    .where('entry.cursor', '>', asked.after)
    .orderBy('entry.cursor')
    .limit(rowLimit(asked.limit))
  if (asked.until !== undefined) found = found.where('entry.cursor', '<=', asked.until)
  if (asked.journal !== undefined) found = found.where('entry.journal', '=', numberOf(asked.journal))
  if (asked.types !== undefined)
    // As one value, so that a query has one shape however many types are asked for.
    found = found.where(
      'entry.type',
      'in',
      sql<never>`(select value from json_each(${JSON.stringify(asked.types)}))`,
    )
  return connection.allOf(found).map(entryOf)
}

export function listLiveVersions(connection: Connection): readonly LiveVersion[] {
  const versions: (LiveVersion & { ids: string[] })[] = []
  for (const { id, ...version } of connection.all(liveJournals, { idsMax: LIVE_IDS_MAX })) {
    const last = versions.at(-1)
    const isSame =
      last?.kind === version.kind && last.lifecycle === version.lifecycle && last.version === version.version
    if (isSame) last.ids.push(id)
    else versions.push({ ...version, ids: [id] })
  }
  return versions
}
