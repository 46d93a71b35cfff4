/** Finds United States social security numbers. */

import type { Span } from './kinds.ts'

const DASHED = /(?<![\w-])(\d{3})-(\d{2})-(\d{4})(?![\w-]|\.\d)/g
/** Without dashes, nine digits are anything; only a name before them makes them one. */
const NAMED =
  /(?<![A-Za-z])(?:ssn|social security(?: (?:number|no\.?|#))?)(?: is)?[ :#=]{0,4}(\d{3}) ?(\d{2}) ?(\d{4})(?!\w|-\d)/gi

/** Numbers printed in advertisements, never valid since. Source: SSA, "Social Security number verification". */
const NEVER_VALID = new Set(['078051120', '219099999'])

export function* usSsnsIn(text: string): Generator<Span> {
  for (const pattern of [DASHED, NAMED]) {
    pattern.lastIndex = 0
    for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
      const [, area = '', group = '', serial = ''] = found
      if (isIssuable(area, group, serial)) yield { start: found.index, end: pattern.lastIndex }
    }
  }
}

/** Areas 000, 666 and 900 to 999, group 00 and serial 0000 were never issued. */
export function isIssuable(area: string, group: string, serial: string): boolean {
  if (area === '000' || area === '666' || area >= '900') return false
  return group !== '00' && serial !== '0000' && !NEVER_VALID.has(area + group + serial)
}
