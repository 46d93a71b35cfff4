/** JSON as text in a column. */

import type { Json } from '../../../model/canonical.ts'
import { messageOf, StagecraftError } from '../../../model/errors.ts'
import { brokenJournal } from '../refusals.ts'

/** Escapes half characters and NUL by itself. */
export const textOf = (value: Json): string => JSON.stringify(value)

/** Whose text it is: a part of one journal. */
export type PartOf = { readonly journal: string; readonly what: string }

/** Throws where somebody wrote into the store who should not have: `journal.broken` for a journal's, or `store.failed`. */
export function jsonOf(text: string, of?: PartOf): Json {
  try {
    // JSON.parse makes nothing else.
    return JSON.parse(text) as Json
  } catch (cause) {
    if (of) throw brokenJournal(of.journal, `${of.what} is no JSON any more (${messageOf(cause)})`, { cause })
    throw new StagecraftError(
      'store.failed',
      `The store holds something that is no JSON: it is damaged. Restore a backup. (${messageOf(cause)})`,
      { cause },
    )
  }
}
