/** Finds PEM and PGP private keys. */

import type { Mark } from '../tally.ts'

const OPENING = '-----BEGIN '
const HEADER = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y

/** Headers such as "Proc-Type: 4,ENCRYPTED" may stand between the opening line and the key. */
const BODY_WITHIN = 240
const BODY_RUN_MIN = 40

/** The opening line alone is not a key: documentation is full of it. It must be followed by a run of base64. */
export function* privateKeysIn(text: string): Generator<Mark> {
  for (let start = text.indexOf(OPENING); start >= 0; start = text.indexOf(OPENING, start + OPENING.length)) {
    HEADER.lastIndex = start
    if (HEADER.test(text) && hasBody(text, HEADER.lastIndex))
      yield { rule: 'secrets.private_key', start, end: HEADER.lastIndex }
  }
}

function hasBody(text: string, from: number): boolean {
  const to = Math.min(text.length, from + BODY_WITHIN)
  let run = 0
  for (let at = from; at < to && run < BODY_RUN_MIN; at++) run = isBase64(text.charCodeAt(at)) ? run + 1 : 0
  return run >= BODY_RUN_MIN
}

function isBase64(unit: number): boolean {
  const letter = unit | 0x20
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    unit === 0x2b ||
    unit === 0x2f ||
    unit === 0x3d
  )
}
