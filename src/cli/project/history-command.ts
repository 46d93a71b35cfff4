/** `stagecraft project history`: the facts of a project, one a line, the oldest first. */

import type { FactType } from '../../model/fact.ts'
import { LIMITS } from '../../model/limits.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { factText } from './fact-text.ts'
import { jsonText } from './json-text.ts'
import { placeOf, reading } from './place.ts'
import { print } from './print.ts'

export type HistoryCommandOptions = {
  readonly store?: string
  /** Cursor; facts after it. */
  readonly after: number
  readonly types?: readonly FactType[]
  readonly json?: boolean
}

/** Page by page, so that a long history needs no memory, and no further than somebody reads. */
export async function historyCommand(
  id: string,
  { store, after, types, json = false }: HistoryCommandOptions,
  io: Io,
): Promise<number> {
  const limit = LIMITS.pageMax
  return reading(placeOf(store, io), async (reader) => {
    for (let cursor = after; ;) {
      const facts = await reader.history(id, { after: cursor, limit, ...(types && { types }) })
      const lines = facts.map((fact) => `${json ? jsonText(fact) : factText(fact)}\n`)
      if (lines.length > 0 && !(await print(io.stdout, lines.join('')))) return EXIT.ok
      const last = facts.at(-1)
      if (!last || facts.length < limit) return EXIT.ok
      cursor = last.cursor
    }
  })
}
