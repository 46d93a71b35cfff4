/** Finds URLs that carry a password, as connection strings do. */

import type { Mark } from '../tally.ts'
import { isPlaceholder } from './placeholder.ts'

/** Read from the `://` on; neither part may hold `/`, so no text is read twice. */
const CREDENTIALS = /:\/\/[^\s:/@'"`<>]{0,128}:([^\s/@'"`<>]{1,256})@[\w[]/y
const SCHEME_MAX = 20

export function* connectionStringsIn(text: string): Generator<Mark> {
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    CREDENTIALS.lastIndex = at
    const found = CREDENTIALS.exec(text)
    if (found === null || isPlaceholder(found[1] ?? '')) continue
    const start = schemeStart(text, at)
    if (start < at) yield { rule: 'secrets.connection_string', start, end: CREDENTIALS.lastIndex - 1 }
  }
}

function schemeStart(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < SCHEME_MAX && /[a-z0-9+.-]/i.test(text.charAt(start - 1))) start--
  return start
}
