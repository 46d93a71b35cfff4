/** Removes a journal and all that belongs to it; of its id stays that it was used. */

import { fault } from '../../fault.ts'
import { notEnded, unknownJournal } from '../refusals.ts'
import { build, query } from './query.ts'
import type { Tenure } from './tenure.ts'
import { keepCursor, seqOf } from './writes.ts'

type Id = { id: string }

/** What belongs to it goes with it: `on delete cascade`. */
const deleteEnded = query(({ id }: Id) =>
  build.deleteFrom('journal').where('id', '=', id).where('ended', '=', 1),
)

const keepId = query(({ id }: Id) => build.insertInto('tombstone').values({ id }))

/** Called inside a transaction. Throws `store.conflict` unless it has ended. */
export function removeJournal({ connection, cursor }: Tenure, id: string): void {
  if (connection.run(deleteEnded, { id }) === 0)
    throw connection.get(seqOf, { id }) ? notEnded(id) : unknownJournal(id)
  connection.run(keepId, { id })
  connection.run(keepCursor, { cursor })
  fault('remove.before-commit')
}
