/** Purging: what is deleted is overwritten, in the file and in its log, so that nobody finds it in either. */

import { fault } from '../../fault.ts'
import type { Connection } from './connection.ts'

/** Where a reader is in the way of the log, it is emptied by a later commit. */
export function purging<T>(connection: Connection, work: () => T): T {
  connection.exec('pragma secure_delete = on')
  try {
    const result = work()
    fault('purge.before-log')
    emptyLog(connection)
    return result
  } finally {
    connection.exec('pragma secure_delete = off')
  }
}

function emptyLog(connection: Connection): void {
  try {
    connection.emptyLog()
  } catch {
    // What was written is durable, so this may not look as if it was not.
  }
}
