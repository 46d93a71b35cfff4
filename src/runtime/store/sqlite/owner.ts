/** Opens a store for its one owner, who alone writes journals. */

import { fault } from '../../fault.ts'
import { closed } from '../refusals.ts'
import { rowLimit } from '../row-limit.ts'
import type { OpenOptions, OwnedStore, Step } from '../store.ts'
import { writeSteps, type StoredCheckpoint } from './commit.ts'
import { watchInbox } from './inbox-watch.ts'
import { forgetAnswers, waitingRequests, writeAnswers } from './inbox.ts'
import { packingOn } from './packing.ts'
import { purging } from './purging.ts'
import { readerOn } from './reader.ts'
import * as reads from './reads.ts'
import { removeJournal } from './remove-journal.ts'
import { timerOf } from './rows.ts'
import { storeError } from './sqlite-error.ts'
import type { SqliteStoreSettings } from './sqlite-store.ts'
import { jsonOf } from './stored-json.ts'
import { own, type Tenure } from './tenure.ts'

export const openOwner = (settings: SqliteStoreSettings, options: OpenOptions): OwnedStore =>
  ownerOf(own(settings), settings, options)

export function ownerOf(tenure: Tenure, settings: SqliteStoreSettings, { onPost }: OpenOptions): OwnedStore {
  const { connection } = tenure
  const packing = packingOn(tenure)
  const endWatch = watchInbox(connection, { pollMs: settings.inboxPollMs, onPost })
  let closing: Promise<void> | undefined
  const refuseClosed = () => {
    if (closing) throw closed()
  }
  const close = async () => {
    endWatch()
    await packing.idle()
    tenure.end()
  }
  const closeOnce = () => (closing ??= close())

  return {
    ...readerOn(connection),
    commit: async (steps) => {
      refuseClosed()
      const { cursors, large } = commit(tenure, steps, settings)
      for (const checkpoint of large) packing.add(checkpoint)
      return cursors
    },
    journalsWithWork: async (after, limit) =>
      connection.all(reads.journalsWithWork, { after, limit: rowLimit(limit) }).map(({ id }) => id),
    timersDue: async (at, limit) =>
      connection.all(reads.timersDue, { at, limit: rowLimit(limit) }).map(timerOf),
    nextDueAt: async () => connection.get(reads.nextDue, {})?.dueAt ?? undefined,
    requests: async (limit) =>
      connection
        .all(waitingRequests, { limit: rowLimit(limit) })
        .map(({ body, ...row }) => ({ ...row, body: jsonOf(body) })),
    answer: async (answers) => {
      refuseClosed()
      tenure.transact(() => writeAnswers(connection, answers))
    },
    forgetAnswers: async (before) => {
      refuseClosed()
      tenure.transact(() => connection.run(forgetAnswers, { before }))
    },
    remove: async (journal) => {
      refuseClosed()
      purging(connection, () => tenure.transact(() => removeJournal(tenure, journal)))
    },
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  }
}

type Committed = { readonly cursors: readonly number[]; readonly large: readonly StoredCheckpoint[] }

/** One transaction. What it returns is durable. */
function commit(tenure: Tenure, steps: readonly Step[], settings: SqliteStoreSettings): Committed {
  try {
    const write = () => commitSteps(tenure, steps, settings)
    const committed = steps.some(({ erases }) => erases) ? purging(tenure.connection, write) : write()
    fault('commit.after-commit')
    return committed
  } catch (error) {
    throw storeError(error, tenure.connection.file)
  }
}

function commitSteps(
  tenure: Tenure,
  steps: readonly Step[],
  { compressAboveBytes }: SqliteStoreSettings,
): Committed {
  const large: StoredCheckpoint[] = []
  const cursors = tenure.transact(() => {
    fault('commit.begun')
    const firsts = writeSteps(tenure.connection, steps, {
      cursor: tenure.cursor + 1,
      onCheckpoint: (checkpoint, saved) => {
        if (Buffer.byteLength(saved) > compressAboveBytes) large.push(checkpoint)
      },
    })
    fault('commit.before-commit')
    return firsts
  })
  tenure.cursor += steps.reduce((sum, { entries }) => sum + entries.length, 0)
  return { cursors, large }
}
