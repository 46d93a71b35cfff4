/** Words of a folded text. */

const WORD = 1
const ALONE = 2
const OTHER = 3
const kinds = new Uint8Array(0x1_00_00)
const LETTER = /[\p{L}\p{N}\p{M}_]/u

/** Scripts written without spaces between words: each character counts as a word, so that phrases still match. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u

/**
 * Calls `visit` with the start and end (exclusive) of each word: a run of letters, digits, marks and `_`, with `'`
 * inside it ("don't"). Beyond the basic plane, everything counts as a letter.
 */
export function eachWord(text: string, visit: (start: number, end: number) => void): void {
  let start = -1
  for (let at = 0; at < text.length; at++) {
    const kind = kindOf(text.charCodeAt(at))
    if (kind === WORD) {
      if (start < 0) start = at
      continue
    }
    if (start >= 0 && isInnerApostrophe(text, at)) continue
    if (start >= 0) visit(start, at)
    start = -1
    if (kind === ALONE) visit(at, at + 1)
  }
  if (start >= 0) visit(start, text.length)
}

/** The words of a text, for short texts. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  eachWord(text, (start, end) => words.push(text.slice(start, end)))
  return words
}

function isInnerApostrophe(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return (
    (unit === 0x27 || unit === 0x20_19) && at + 1 < text.length && kindOf(text.charCodeAt(at + 1)) === WORD
  )
}

function kindOf(unit: number): number {
  return kinds[unit] || learn(unit)
}

function learn(unit: number): number {
  const character = String.fromCharCode(unit)
  const kind =
    unit >= 0xd8_00 && unit < 0xe0_00
      ? WORD
      : UNSPACED.test(character)
        ? ALONE
        : LETTER.test(character)
          ? WORD
          : OTHER
  kinds[unit] = kind
  return kind
}
