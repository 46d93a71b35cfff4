/** The type of the event that tells a parent of the end. It is remembered: a text that is put together anew has to be looked up anew. */

import { DONE_ACTOR } from './internals.ts'

type DoneType = { readonly id: string; readonly type: string }

const doneTypes = new Map<string, DoneType>()
/** Anybody may invent more ids. */
const REMEMBERED_MAX = 10_000
/** The two that were asked for last: children of one kind each end in turn with their parent. */
let latest: DoneType = { id: '', type: DONE_ACTOR }
let before = latest

export function doneTypeOf(id: string): string {
  if (id === latest.id) return latest.type
  if (id === before.id) return before.type
  const known = doneTypes.get(id) ?? { id, type: `${DONE_ACTOR}${id}` }
  if (doneTypes.size < REMEMBERED_MAX) doneTypes.set(id, known)
  before = latest
  latest = known
  return known.type
}
