/** The doors beside the owner's: one for reading, one for posting requests. */

import type { Postbox, StoreReader } from '../store.ts'
import { answerOf, postRequest } from './inbox.ts'
import { isOwned } from './owner-lock.ts'
import { readerOn } from './reader.ts'
import type { SqliteStoreSettings } from './sqlite-store.ts'
import { jsonOf, textOf } from './stored-json.ts'
import { fileAt, openForPostbox, openForReader } from './store-file.ts'

export function openReader({ path, busyMs }: SqliteStoreSettings): StoreReader {
  const connection = openForReader(fileAt(path), busyMs)
  const close = async () => connection.close()
  return { ...readerOn(connection), close, [Symbol.asyncDispose]: close }
}

export function openPostbox({ path, busyMs }: SqliteStoreSettings): Postbox {
  const file = fileAt(path)
  const connection = openForPostbox(file, busyMs)
  return {
    post: async ({ id, journal, at, body }) => {
      connection.run(postRequest, { id, journal, at, body: textOf(body) })
    },
    answer: async (id) => {
      const row = connection.get(answerOf, { id })
      return row && { ...row, body: jsonOf(row.body) }
    },
    hasOwner: async () => isOwned(file),
    close: async () => connection.close(),
  }
}
