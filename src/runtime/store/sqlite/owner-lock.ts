/**
 * The owner's lock: an exclusive transaction on a file of its own, which the system lets go when the process dies,
 * however it dies. The file holds nothing. Whoever deletes it lets a second owner in; the epoch in the store then
 * refuses the first one's next commit. No process may open the file in any other way: closing it would unlock it.
 */

import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { owned } from '../refusals.ts'
import { isBusy, storeError } from './sqlite-error.ts'

/** Locks of this process: one that was garbage would be let go, although nobody has closed the store. */
const HELD = new Set<DatabaseSync>()

/** Whoever looks whether there is an owner holds the lock for a moment; nobody longer than this. */
const LOOK_MAX_MS = 100

export type OwnerLock = { readonly release: () => void }

/** Throws `store.owned`, also when the other owner is in this process. */
export function takeOwnership(file: string): OwnerLock {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(`${file}-owner`, { timeout: LOOK_MAX_MS })
    // The lock is all we want: no journal file beside it.
    db.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    db?.close()
    throw isBusy(error) ? owned(file, { cause: error }) : storeError(error, `${file}-owner`)
  }
  const lock = db
  HELD.add(lock)
  return {
    release: () => {
      if (HELD.delete(lock)) lock.close()
    },
  }
}

/** Whether somebody holds the lock now. */
export function isOwned(file: string): boolean {
  const lockFile = `${file}-owner`
  if (!existsSync(lockFile)) return false
  const db = new DatabaseSync(lockFile, { timeout: 0, readOnly: true })
  try {
    db.prepare('select count(*) from sqlite_schema').get()
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw storeError(error, lockFile)
  } finally {
    db.close()
  }
}
