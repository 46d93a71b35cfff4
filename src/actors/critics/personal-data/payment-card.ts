/** Finds payment card numbers: the form, the issuer's range and length, and the Luhn check must all agree. */

import type { Span } from './kinds.ts'
import { passesLuhn } from './luhn.ts'

/** In one piece, in fours, or as American Express and Diners write them; the separator stays the same. */
const CANDIDATE =
  /(?<![\p{L}\p{N}_.]|[\p{L}\p{N}][-–])(?:\d{13,19}|\d{4}([ \u00a0–-])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{3})?|\d{4}([ \u00a0–-])\d{6}\2\d{4,5})(?![\p{L}\p{N}_]|[-–][\p{L}\p{N}]|\.\d)/gu

/** Issuer ranges by their first digits and the lengths in use. */
const ISSUERS: readonly { readonly prefix: RegExp; readonly lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] },
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { prefix: /^3[47]/, lengths: [15] },
  { prefix: /^(?:30[0-5]|3095|36|3[89])/, lengths: [14, 16] },
  { prefix: /^(?:6011|64[4-9]|65)/, lengths: [16, 19] },
  { prefix: /^(?:352[89]|35[3-8])/, lengths: [16] },
  { prefix: /^62/, lengths: [16, 17, 18, 19] },
  { prefix: /^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, lengths: [13, 14, 15, 16, 17, 18, 19] },
]

export function* paymentCardsIn(text: string): Generator<Span> {
  CANDIDATE.lastIndex = 0
  for (let found = CANDIDATE.exec(text); found !== null; found = CANDIDATE.exec(text)) {
    const digits = found[0].replace(/\D/g, '')
    if (isCardNumber(digits)) yield { start: found.index, end: CANDIDATE.lastIndex }
  }
}

/** For a string of digits. */
export function isCardNumber(digits: string): boolean {
  return (
    ISSUERS.some(({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits)) &&
    passesLuhn(digits)
  )
}
