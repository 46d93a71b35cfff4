/** SQLite's errors in the words of a store: what happened, and what to do. */

import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { isStagecraftError, messageOf, StagecraftError, type ErrorCode } from '../../../model/errors.ts'
import { closed } from '../refusals.ts'

/** Primary result codes. Source: sqlite.org/rescode.html */
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const CONSTRAINT = 19
const NOTADB = 26

/** Less than this on a disk, and a failed write is for want of room: SQLite does not always say so. */
const ROOM_MIN_BYTES = 256 * 1_024

export function storeError(error: unknown, file: string): StagecraftError {
  if (isStagecraftError(error)) return error
  if (codeOf(error) === 'ERR_INVALID_STATE') return closed()
  const refuse = (code: ErrorCode, message: string) =>
    new StagecraftError(code, `${message} (${messageOf(error)})`, { cause: error })
  switch (primaryCode(error)) {
    case FULL:
      return refuse('store.full', full(file))
    case IOERR:
      return isDiskFull(file)
        ? refuse('store.full', full(file))
        : refuse('store.failed', `The disk under ${file} failed. Check the disk, then restart the owner.`)
    case CONSTRAINT:
      return refuse(
        'store.conflict',
        'The store has this already, so nothing was written. Read again and decide anew.',
      )
    case BUSY:
    case LOCKED:
      return refuse(
        'store.failed',
        `Another program keeps ${file} locked. Find it and let it finish, then try again.`,
      )
    case READONLY:
      return refuse(
        'store.failed',
        `${file} may not be written. Give this process the right to, and to its folder.`,
      )
    case CANTOPEN:
      return refuse(
        'store.failed',
        `${file} cannot be opened. Check that its folder exists and may be written.`,
      )
    case CORRUPT:
    case NOTADB:
      return refuse(
        'store.failed',
        `${file} is damaged, or no store at all. Restore a backup, or check the path.`,
      )
    default:
      return refuse(
        'store.failed',
        `The store ${file} failed. Nothing is known to be written; open it again.`,
      )
  }
}

/** True where a lock is held by somebody else. */
export const isBusy = (error: unknown): boolean => primaryCode(error) === BUSY

const full = (file: string) =>
  `The disk under ${file} is full, so nothing was written. Make room, then try again.`

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  // The upper bytes say where in SQLite it happened.
  return error.errcode & 0xff
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)

function isDiskFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file))
    return bavail * bsize < ROOM_MIN_BYTES
  } catch {
    // Where nothing can be asked, the disk is worse than full.
    return false
  }
}
