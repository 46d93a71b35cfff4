/** Finds IPv4 and IPv6 addresses. */

import type { Span } from './kinds.ts'

/** Not inside a longer dotted number or word, and not the version in "Chrome/120.0.0.0" or "v1.2.3.4". */
const V4 = /(?<![\w.]|\w\/)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w-]|\.\w)/g
const V6 = /(?<![\w:.])[0-9A-Fa-f:]{6,39}(?![\w:])/g

const VERSION_BEFORE = /(?:version|ver|release|build|revision|firmware|v)\.?[ :=]{0,3}$/i

export function* ipAddressesIn(text: string, ignoreReserved: boolean): Generator<Span> {
  V4.lastIndex = 0
  for (let found = V4.exec(text); found !== null; found = V4.exec(text)) {
    const start = found.index
    const end = V4.lastIndex
    const [a, b, c, d] = [octetOf(found[1]), octetOf(found[2]), octetOf(found[3]), octetOf(found[4])]
    if (Math.max(a, b, c, d) > 255 || (ignoreReserved && isReservedV4(a, b, c))) continue
    if (!VERSION_BEFORE.test(text.slice(Math.max(0, start - 12), start))) yield { start, end }
  }
  V6.lastIndex = 0
  for (let found = V6.exec(text); found !== null; found = V6.exec(text))
    if (isV6(found[0]) && !(ignoreReserved && isReservedV6(found[0])))
      yield { start: found.index, end: V6.lastIndex }
}

/** An octet has no leading zero; what has one becomes 256. */
function octetOf(digits = ''): number {
  return digits.length > 1 && digits.startsWith('0') ? 256 : Number(digits)
}

/** Private, loopback, link-local, shared, documentation, benchmark, multicast and future ranges. Source: RFC 6890. */
function isReservedV4(a: number, b: number, c: number): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true
  if (a === 100) return b >= 64 && b < 128
  if (a === 169) return b === 254
  if (a === 172) return b >= 16 && b < 32
  if (a === 192) return b === 168 || (b === 0 && (c === 0 || c === 2))
  if (a === 198) return b === 18 || b === 19 || (b === 51 && c === 100)
  return a === 203 && b === 0 && c === 113
}

/** Eight groups, or fewer with one `::`. Times such as 12:30:00 have neither. */
function isV6(candidate: string): boolean {
  const halves = candidate.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const count = groups.length
  if (groups.some((group) => group.length === 0 || group.length > 4)) return false
  return (halves.length === 2 ? count < 8 && count >= 2 : count === 8) && /\d/.test(candidate)
}

/** Only 2000::/3 is given to anybody (RFC 4291), and of that 2001:db8::/32 and 3fff::/20 are for documents. */
function isReservedV6(address: string): boolean {
  return (
    !/^[23][0-9a-f]{3}:/i.test(address) || /^2001:0?db8(?::|$)/i.test(address) || /^3fff:0/i.test(address)
  )
}
