/** The file of a store: where it really is, and ways to open it without ever touching a file of somebody else. */

import { existsSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { messageOf, StagecraftError } from '../../../model/errors.ts'
import { missing } from '../refusals.ts'
import { Connection } from './connection.ts'
import { migrate, SCHEMA_VERSION, schemaVersion } from './schema.ts'
import { refuseOldSqlite } from './sqlite-version.ts'

/** One name for one file, however it is written, so that it has one lock: links and relative paths are followed. */
export function fileAt(path: string): string {
  if (path === '' || path === ':memory:')
    throw unusable(`A store in SQLite is a file, not "${path}". Give a path, or use memoryStore().`)
  try {
    const file = realPathOf(resolve(path))
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true) return file
  } catch (cause) {
    const why = messageOf(cause)
    throw unusable(`${path} cannot be opened. Check where it is, and that it may be read. (${why})`, {
      cause,
    })
  }
  throw unusable(`${path} is a folder. A store is a file: give a path inside it.`)
}

const unusable = (message: string, options?: { cause: unknown }) =>
  new StagecraftError('store.failed', message, options)

/** Opens for the owner, who must have the lock: makes what is not there, brings what is older up to date. */
export function openForOwner(file: string, busyMs: number): Connection {
  return checked(new Connection(file, { readOnly: false, busyMs }), (connection) => {
    refuseOldSqlite(connection.sqliteVersion)
    useWal(connection)
    migrate(connection)
  })
}

/** Throws `store.missing` where no owner has made it yet. */
export function openForReader(file: string, busyMs: number): Connection {
  if (!existsSync(file)) throw missing(file)
  return checked(new Connection(file, { readOnly: true, busyMs }), refuseOther)
}

export function openForPostbox(file: string, busyMs: number): Connection {
  // A file of somebody else is met by a connection that cannot write.
  openForReader(file, busyMs).close()
  return checked(new Connection(file, { readOnly: false, busyMs }), (connection) => {
    refuseOldSqlite(connection.sqliteVersion)
    refuseOther(connection)
    useWal(connection)
  })
}

/** Throws unless the file is one of ours or there is nothing yet. */
export function refuseForeign(file: string, busyMs: number): void {
  if (!existsSync(file)) return
  checked(new Connection(file, { readOnly: true, busyMs }), schemaVersion).close()
}

function checked(connection: Connection, check: (connection: Connection) => void): Connection {
  try {
    check(connection)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

function refuseOther(connection: Connection): void {
  const version = schemaVersion(connection)
  if (version === 0) throw missing(connection.file)
  if (version < SCHEMA_VERSION)
    throw new StagecraftError(
      'store.unsupported',
      `${connection.file} was written by an older Stagecraft (schema ${version}, this one needs ${SCHEMA_VERSION}). ` +
        'Let its owner open it once; that brings it up to date.',
    )
}

/** A log that a large content has made larger shrinks again to this. */
const LOG_KEPT_BYTES = 16 * 1_024 * 1_024

/** Readers beside a writer, and a commit that is one append and one sync. */
function useWal(connection: Connection): void {
  if (connection.pragma('journal_mode = wal') !== 'wal')
    throw new StagecraftError(
      'store.unsupported',
      `The file system under ${connection.file} cannot hold a store: it has no shared memory for SQLite's log. ` +
        'Use a local disk.',
    )
  connection.exec('pragma synchronous = full; pragma foreign_keys = on')
  connection.exec(`pragma journal_size_limit = ${LOG_KEPT_BYTES}`)
}

function realPathOf(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (!isNotThere(error)) throw error
  }
  // What is not there yet has a folder that is, or is what a link names.
  const folder = realPathOf(dirname(path))
  const target = linkTarget(path)
  return target === undefined ? join(folder, basename(path)) : realPathOf(resolve(folder, target))
}

const isNotThere = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
