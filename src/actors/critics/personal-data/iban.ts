/** Finds international bank account numbers (ISO 13616): a country's length and the check digits must both agree. */

import type { Span } from './kinds.ts'

/** Characters in all, by country. Source: SWIFT IBAN registry. */
const LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BI: 27,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DJ: 27,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FK: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MN: 20,
  MR: 27,
  MT: 31,
  MU: 30,
  NI: 28,
  NL: 18,
  NO: 15,
  OM: 23,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  RU: 33,
  SA: 24,
  SC: 31,
  SD: 18,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  SO: 23,
  ST: 25,
  SV: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
  YE: 30,
}

const BEGINNING = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[ \u00a0]?[A-Z0-9])/g

export function* ibansIn(text: string): Generator<Span> {
  BEGINNING.lastIndex = 0
  while (BEGINNING.test(text)) {
    const start = BEGINNING.lastIndex - 4
    const length = LENGTHS[text.slice(start, start + 2)]
    const end = length === undefined ? undefined : endOf(text, start, length)
    if (end === undefined || !passesMod97(text.slice(start, end).replace(/[ \u00a0]/g, ''))) continue
    yield { start, end }
    BEGINNING.lastIndex = end
  }
}

/** Behind so many letters and digits, with single spaces between groups of four; nothing may be joined to the end. */
function endOf(text: string, start: number, length: number): number | undefined {
  let count = 0
  let at = start
  let wasSpace = false
  for (; count < length; at++) {
    const unit = text.charCodeAt(at)
    const isSpace = unit === 0x20 || unit === 0xa0
    if (isSpace ? wasSpace || count % 4 !== 0 : !isUpperOrDigit(unit)) return undefined
    if (!isSpace) count++
    wasSpace = isSpace
  }
  return /[A-Za-z0-9]/.test(text.charAt(at)) ? undefined : at
}

/**
 * ISO 7064 mod 97-10, for capitals and digits: the first four characters go to the end, letters count 10 to 35,
 * and the number leaves 1 when divided by 97.
 */
export function passesMod97(compact: string): boolean {
  let remainder = 0
  for (let at = 0; at < compact.length; at++) {
    const unit = compact.charCodeAt((at + 4) % compact.length)
    remainder = unit > 0x39 ? (remainder * 100 + unit - 55) % 97 : (remainder * 10 + unit - 48) % 97
  }
  return remainder === 1
}

function isUpperOrDigit(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a)
}
