/** Reads a store through a connection, the owner's own or one that can do nothing else. */

import type { Json } from '../../../model/canonical.ts'
import type { Ref } from '../../../model/content.ts'
import { messageOf, StagecraftError } from '../../../model/errors.ts'
import type { Checkpoint, StoreReader } from '../store.ts'
import type { Connection } from './connection.ts'
import { listEntries, listHeads, listLiveVersions } from './lists.ts'
import { unpack } from './packed-json.ts'
import * as reads from './reads.ts'
import { commandOf, headOf } from './rows.ts'
import { jsonOf } from './stored-json.ts'

export function readerOn(connection: Connection): Omit<StoreReader, 'close' | typeof Symbol.asyncDispose> {
  return {
    newestCursor: async () => connection.get(reads.newest, {})?.cursor ?? 0,
    record: async (id) => {
      const row = connection.get(reads.recordOf, { id })
      if (!row) return undefined
      const { salt, charts, ...head } = row
      return { ...headOf(head), salt, charts: jsonOf(charts, { journal: id, what: 'its stored state' }) }
    },
    heads: async (asked) => listHeads(connection, asked),
    entries: async (asked) => listEntries(connection, asked),
    contents: async (journal, refs) => {
      const rows = connection.all(reads.contentsOf, { journal, refs: JSON.stringify(refs) })
      // Only references are ever written there.
      return new Map(
        rows.map(({ ref, value }): [Ref, Json] => [
          ref as Ref,
          jsonOf(value, { journal, what: `content ${ref}` }),
        ]),
      )
    },
    checkpoints: async (journal) =>
      connection.all(reads.checkpointsOf, { journal }).map((row) => ({ ...row, journal })),
    checkpoint: (journal, id) => readCheckpoint(connection, journal, id),
    commandsOf: async (journal) =>
      connection.all(reads.commandsOf, { journal }).map((row) => commandOf({ ...row, journal })),
    liveVersions: async () => listLiveVersions(connection),
  }
}

async function readCheckpoint(
  connection: Connection,
  journal: string,
  id: string,
): Promise<Checkpoint | undefined> {
  const row = connection.get(reads.checkpointOf, { journal, id })
  if (!row) return undefined
  try {
    return { ...row, journal, saved: await unpack(row.saved) }
  } catch (cause) {
    throw new StagecraftError(
      'checkpoint.damaged',
      `Checkpoint "${id}" of journal "${journal}" is damaged and cannot be read. Roll back to another one, or ` +
        `restore a backup. (${messageOf(cause)})`,
      { cause },
    )
  }
}
