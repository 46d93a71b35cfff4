/** Finds phone numbers by conservative patterns: a plus sign, the North American form, or a word before them. */

import type { Span } from './kinds.ts'

/** E.164: 7 to 15 digits after the sign; here at least 8, in groups. */
const INTERNATIONAL = /(?<![\w+])\+[1-9](?:[ \u00a0()./-]{0,2}\d){7,14}(?!\d)/g

/** Area and exchange begin with 2 to 9. Spaces alone do not make a number of three counts. */
const NORTH_AMERICAN =
  /(?<![\w.+/-]|\d )(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([.-]))[2-9]\d{2}[.-]\d{4}(?![\w-]|\.\d)/g

const NAMED =
  /(?<![\p{L}\p{N}])(?:tele)?(?:phone|fon|fono|foon|tel|mobile?|cell|call|fax|whatsapp|sms|text|handy|mobil|portable|tél|móvil)(?: (?:number|no\.?|me|us|him|her|at|on|is|nr\.?)){0,3}[.:]{0,2} ?(\(?\d(?:[ \u00a0()./-]{0,2}\d){6,13})(?![\p{L}\p{N}]|-\d)/giu

/** 555-0100 to 555-0199 are for fiction (NANPA). */
const FICTIONAL = /555[ .-]?01\d{2}$/

export function* phonesIn(text: string, ignoreReserved: boolean): Generator<Span> {
  for (const pattern of [INTERNATIONAL, NORTH_AMERICAN, NAMED]) {
    pattern.lastIndex = 0
    for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
      const number = pattern === NAMED ? (found[1] ?? '') : found[0]
      const end = pattern.lastIndex
      if (!(ignoreReserved && FICTIONAL.test(number)) && !isDate(number))
        yield { start: end - number.length, end }
    }
  }
}

/** What could be a phone number when a library looks closer. */
const CANDIDATE = /(?<![\p{L}\p{N}+])(?:\+|\(\+?)?\d(?:[ \u00a0()./-]{0,2}\d){6,16}(?![\p{L}\p{N}])/gu

export function* phoneCandidatesIn(text: string): Generator<Span> {
  CANDIDATE.lastIndex = 0
  for (let found = CANDIDATE.exec(text); found !== null; found = CANDIDATE.exec(text))
    yield { start: found.index, end: CANDIDATE.lastIndex }
}

/** "Call 2024-01-15" names a day. */
function isDate(number: string): boolean {
  return /^(?:19|20)\d{2}([./-])\d{1,2}\1\d{1,2}$|^\d{1,2}([./-])\d{1,2}\2(?:19|20)\d{2}$/.test(number)
}
