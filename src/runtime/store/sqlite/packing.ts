/** Packs large checkpoints after they were committed, off the deciding path. A crash on the way leaves plain text. */

import { setImmediate as turn } from 'node:timers/promises'
import { fault } from '../../fault.ts'
import type { StoredCheckpoint } from './commit.ts'
import { pack } from './packed-json.ts'
import { build, query } from './query.ts'
import type { Tenure } from './tenure.ts'

export type Packing = {
  readonly add: (checkpoint: StoredCheckpoint) => void
  /** Resolves when all that was added so far is packed. */
  readonly idle: () => Promise<void>
}

const plainOf = query(({ journal, id, seq }: StoredCheckpoint) =>
  build
    .selectFrom('checkpoint')
    .select('saved')
    .where('journal', '=', journal)
    .where('id', '=', id)
    .where('seq', '=', seq),
)

const replacePlain = query(({ journal, id, seq, packed }: StoredCheckpoint & { packed: Uint8Array }) =>
  build
    .updateTable('checkpoint')
    .set({ saved: packed })
    .where('journal', '=', journal)
    .where('id', '=', id)
    .where('seq', '=', seq),
)

export function packingOn({ connection, transact }: Tenure): Packing {
  // One at a time, and by name only: texts of 100 MB that wait for each other would fill the memory.
  const waiting: StoredCheckpoint[] = []
  let running: Promise<void> | undefined

  const packNext = async (checkpoint: StoredCheckpoint) => {
    const saved = connection.get(plainOf, checkpoint)?.saved
    if (typeof saved !== 'string') return
    fault('packing.begun')
    const packed = await pack(saved)
    fault('packing.packed')
    transact(() => connection.run(replacePlain, { ...checkpoint, packed }))
    fault('packing.done')
  }
  const run = async () => {
    // Whoever waits for the commit goes first.
    await turn()
    for (let next = waiting.shift(); next; next = waiting.shift())
      try {
        await packNext(next)
      } catch {
        // It stays as it is, and is read just as well.
      }
    running = undefined
  }
  return {
    add: (checkpoint) => {
      waiting.push(checkpoint)
      running ??= run()
    },
    idle: async () => running,
  }
}
