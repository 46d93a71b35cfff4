/** The schema: what makes a file one of ours, and how one written by an older version becomes one of today. */

import { StagecraftError } from '../../../model/errors.ts'
import type { Connection } from './connection.ts'
import { journals } from './migrations/001-journals.ts'

/** In order, only ever added to: a store that exists has run them. */
const MIGRATIONS: readonly string[] = [journals]

export const SCHEMA_VERSION = MIGRATIONS.length

/** 'STGC', in the header of every file of ours. */
const APPLICATION_ID = 0x53_54_47_43

/** 0 where there is nothing yet. Throws `store.newer`, and `store.failed` for a file of somebody else. */
export function schemaVersion(connection: Connection): number {
  const owner = connection.pragma('application_id')
  const version = Number(connection.pragma('user_version'))
  if (owner !== APPLICATION_ID && !isEmpty(connection)) throw foreign(connection.file)
  if (version > SCHEMA_VERSION) throw newer(connection.file, version)
  return version
}

/** One transaction: a crash on the way leaves the older version. */
export function migrate(connection: Connection): void {
  if (schemaVersion(connection) === SCHEMA_VERSION) return
  connection.transact(() => {
    for (const migration of MIGRATIONS.slice(schemaVersion(connection))) connection.exec(migration)
    connection.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${SCHEMA_VERSION}`)
  })
}

/** A file that SQLite has only just made, or that has no content at all. */
const isEmpty = (connection: Connection) =>
  connection.pragma('application_id') === 0 &&
  connection.pragma('user_version') === 0 &&
  connection.pragma('schema_version') === 0

const foreign = (file: string) =>
  new StagecraftError(
    'store.failed',
    `${file} is a database of another application. It was not touched; choose another path for the store.`,
  )

const newer = (file: string, version: number) =>
  new StagecraftError(
    'store.newer',
    `${file} was written by a newer Stagecraft (schema ${version}, this one knows ${SCHEMA_VERSION}). Update stagecraft.`,
  )
