/** A store in one SQLite file. What it needs is loaded when it is opened: Node 22 warns of its SQLite when it is. */

import { LIMITS } from '../../../model/limits.ts'
import type { Store } from '../store.ts'

export type SqliteStoreOptions = {
  /** The file; made by the first owner. Beside it are its log (`-wal`, `-shm`) and the owner's lock (`-owner`). */
  readonly path: string
  /** How often the owner looks for requests of other processes; default 200. */
  readonly inboxPollMs?: number
  /** Checkpoints larger than this are compressed, after they were committed; default 32 KiB. */
  readonly compressAboveBytes?: number
  /** How long a write waits, and blocks, while another process writes; default 5,000. */
  readonly busyMs?: number
}

export type SqliteStoreSettings = Required<SqliteStoreOptions>

/** Needs SQLite 3.51.3 or later: Node 22.23 or later, or Node 24. Use a local disk. */
export function sqliteStore(options: SqliteStoreOptions): Store {
  const settings: SqliteStoreSettings = {
    path: options.path,
    inboxPollMs: options.inboxPollMs ?? LIMITS.inboxPollMs,
    compressAboveBytes: options.compressAboveBytes ?? LIMITS.checkpointCompressAboveBytes,
    busyMs: options.busyMs ?? LIMITS.storeBusyMs,
  }
  return {
    open: async (opened) => (await import('./owner.ts')).openOwner(settings, opened),
    openReader: async () => (await import('./doors.ts')).openReader(settings),
    openPostbox: async () => (await import('./doors.ts')).openPostbox(settings),
  }
}
