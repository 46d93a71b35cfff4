/** Finds random-looking values given to names that speak of secrets: api_key = …, "clientSecret": "…". */

import type { Mark } from '../tally.ts'
import { isPlaceholder } from './placeholder.ts'
import { looksRandom } from './randomness.ts'

/** Names end in one of these, once `_`, `-` and `.` are taken out. */
const NAME_ENDS = [
  'apikey',
  'secret',
  'secretkey',
  'token',
  'password',
  'passwd',
  'pwd',
  'accesskey',
  'privatekey',
  'authkey',
  'signingkey',
  'encryptionkey',
  'credential',
  'credentials',
  'authorization',
  'accountkey',
  'sharedkey',
]
const NAME_MAX = 48

/** What may stand between the separator and the value, and the value: 16 characters is the least that is a key. */
const VALUE = /[=:>][ \t]{0,8}["'`]?(?:Bearer |Basic )?([A-Za-z0-9+/=_~-]{16,512})/y
/** A separator with a value after it. The class of the value holds `=`, so a run of `=` is one candidate. */
const SEPARATOR = /[=:](?=[=>]?[ \t]{0,8}["'`]?[A-Za-z0-9])/g

export function* assignmentsIn(text: string): Generator<Mark> {
  SEPARATOR.lastIndex = 0
  for (let found = SEPARATOR.exec(text); found !== null; found = SEPARATOR.exec(text)) {
    const separator = found.index
    const value = valueAfter(text, separator)
    if (value === undefined) continue
    // Go on behind the value, whatever it is: reading its parts again would take quadratic time.
    const end = VALUE.lastIndex
    SEPARATOR.lastIndex = Math.max(SEPARATOR.lastIndex, end - 1)
    if (isCode(text, end) || !namesSecret(nameBefore(text, separator))) continue
    if (!isPlaceholder(value) && looksRandom(value))
      yield { rule: 'secrets.assigned_secret', start: end - value.length, end }
  }
}

function valueAfter(text: string, separator: number): string | undefined {
  // `:=`, `=>` and `==`: the value begins after the second sign.
  const second = text.charCodeAt(separator + 1)
  VALUE.lastIndex = second === 0x3d || second === 0x3e ? separator + 1 : separator
  return VALUE.exec(text)?.[1]
}

/** A call or a lookup fetches a secret and is none; a full stop before white space only ends a sentence. */
function isCode(text: string, end: number): boolean {
  const next = text.charAt(end)
  return next === '(' || next === '[' || (next === '.' && /\S/.test(text.charAt(end + 1)))
}

function nameBefore(text: string, separator: number): string {
  let end = separator
  while (end > 0 && separator - end < 4 && ' \t"\'`]:'.includes(text.charAt(end - 1))) end--
  let start = end
  while (start > 0 && end - start < NAME_MAX && isNameUnit(text.charCodeAt(start - 1))) start--
  return text.slice(start, end)
}

function namesSecret(name: string): boolean {
  if (name.length < 3) return false
  const joined = name.toLowerCase().replace(/[_.-]/g, '')
  return NAME_ENDS.some((end) => joined.endsWith(end))
}

function isNameUnit(unit: number): boolean {
  const letter = unit | 0x20
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    unit === 0x5f ||
    unit === 0x2d ||
    unit === 0x2e
  )
}
