/** Rows of the tables as what the port calls them. */

import type { Command, JournalHead, StoredEntry } from '../store.ts'
import { jsonOf } from './stored-json.ts'
import type { Tables } from './tables.ts'

export type HeadRow = Omit<Tables['journal'], 'number' | 'salt'>

export const headOf = (row: HeadRow): JournalHead => ({ ...row, ended: row.ended === 1 })

/** An entry's row, with its journal by id. */
export type EntryRow = Omit<Tables['entry'], 'journal'> & { journal: string }

export function entryOf({ payload, cause, ...row }: EntryRow): StoredEntry {
  const { journal, seq, type, cursor } = row
  const of = (part: string) => ({ journal, what: `the ${part} of fact ${seq} (${type}, cursor ${cursor})` })
  return {
    ...row,
    payload: jsonOf(payload, of('payload')),
    // Written from an entry's cause.
    cause: cause === null ? null : (jsonOf(cause, of('cause')) as StoredEntry['cause']),
  }
}

/** A command's row, with its journal by id. */
export type CommandRow = Omit<Tables['command'], 'journal' | 'opened' | 'place'> & { journal: string }

export function commandOf({ source, dueAt, body, ...row }: CommandRow): Command {
  return dueAt === null ? workOf({ ...row, source, body }) : timerOf({ ...row, dueAt, body })
}

export const timerOf = ({
  dueAt,
  body,
  ...row
}: Omit<CommandRow, 'source' | 'dueAt'> & { dueAt: number }) => ({
  ...row,
  kind: 'timer' as const,
  dueAt,
  event: jsonOf(body, { journal: row.journal, what: `the open command ${row.key}` }),
})

const workOf = ({ source, body, ...row }: Omit<CommandRow, 'dueAt'>) => ({
  ...row,
  kind: 'work' as const,
  source: source ?? '',
  input: jsonOf(body, { journal: row.journal, what: `the open command ${row.key}` }),
})
