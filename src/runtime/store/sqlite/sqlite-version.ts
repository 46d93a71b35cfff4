/** Refuses versions of SQLite that can corrupt a store. */

import { StagecraftError } from '../../../model/errors.ts'

/** Before it, a checkpoint beside a commit could corrupt the log. Source: sqlite.org/releaselog/3_51_3.html */
const FIRST_SAFE = [3, 51, 3] as const

/** Throws `store.unsupported`. */
export function refuseOldSqlite(version: string): void {
  const parts = version.split('.').map(Number)
  const at = FIRST_SAFE.findIndex((part, index) => parts[index] !== part)
  if (at < 0 || (parts[at] ?? 0) > (FIRST_SAFE[at] ?? 0)) return
  throw new StagecraftError(
    'store.unsupported',
    `This Node brings SQLite ${version}, which can corrupt a store that is written and read at once. ` +
      'Use Node 22.23 or later, or Node 24.',
  )
}
