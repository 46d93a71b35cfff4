/** A tenure: what one owner has while it owns a store, its lock, its connection and its number. */

import { StagecraftError } from '../../../model/errors.ts'
import { fault } from '../../fault.ts'
import type { Connection } from './connection.ts'
import { takeOwnership } from './owner-lock.ts'
import { newest } from './reads.ts'
import type { SqliteStoreSettings } from './sqlite-store.ts'
import { fileAt, openForOwner, refuseForeign } from './store-file.ts'
import { epochOf, nextEpoch } from './writes.ts'

export type Tenure = {
  readonly connection: Connection
  /** The newest cursor that was ever given. */
  cursor: number
  /** Writes as the owner. Throws `store.failed` once superseded. */
  readonly transact: <T>(work: () => T) => T
  readonly end: () => void
}

/** Throws `store.owned` while another has it, in whatever process and by whatever path. */
export function own({ path, busyMs }: SqliteStoreSettings): Tenure {
  const file = fileAt(path)
  // Before the lock: its file shall not lie beside a database of somebody else.
  refuseForeign(file, busyMs)
  const lock = takeOwnership(file)
  fault('open.locked')
  let connection: Connection | undefined
  const end = () => {
    try {
      connection?.close()
    } finally {
      lock.release()
    }
  }
  try {
    connection = openForOwner(file, busyMs)
    fault('open.ready')
    return begin(connection, end)
  } catch (error) {
    end()
    throw error
  }
}

function begin(connection: Connection, end: () => void): Tenure {
  const begun = connection.transact(() => connection.get(nextEpoch, {}))
  const stored = connection.get(newest, {})
  return {
    connection,
    cursor: Math.max(begun?.cursor ?? 0, stored?.cursor ?? 0),
    transact: (work) =>
      connection.transact(() => {
        if (connection.get(epochOf, {})?.epoch !== begun?.epoch) throw superseded(connection.file)
        return work()
      }),
    end,
  }
}

const superseded = (file: string) =>
  new StagecraftError(
    'store.failed',
    `Another process became the owner of ${file} although this one still runs: was ${file}-owner deleted? ` +
      'Nothing was written. Stop this process; never delete that file.',
  )
