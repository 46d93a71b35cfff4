/** Sees through the usual disguises of a word: signs for letters, look-alikes, stretched letters, a masked letter. */

/** What a sign may stand for when it stands inside a word. */
const LEET = {
  '@': 'a',
  4: 'a',
  3: 'e',
  1: 'i',
  '!': 'i',
  '|': 'i',
  0: 'o',
  $: 's',
  5: 's',
  7: 't',
  '+': 't',
  8: 'b',
  9: 'g',
}

/** Cyrillic and Greek letters that look like Latin ones, in lower case. */
const LOOKALIKES = {
  а: 'a',
  е: 'e',
  і: 'i',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  к: 'k',
  т: 't',
  н: 'h',
  м: 'm',
  ѕ: 's',
  α: 'a',
  ε: 'e',
  ι: 'i',
  ο: 'o',
  ρ: 'p',
  υ: 'u',
  ν: 'v',
  κ: 'k',
  τ: 't',
}

/** Stands for any one letter, as in "d*mn". */
const MASK = 0x2a

const UNKNOWN = 0
const NO_PART = 1
const LETTER = 2
const SIGN = 3

const kinds = new Uint8Array(0x1_00_00)
const meanings = new Uint16Array(0x1_00_00)
for (const [sign, letter] of Object.entries(LEET)) teach(sign, SIGN, letter.charCodeAt(0))
for (const [letter, latin] of Object.entries(LOOKALIKES)) teach(letter, LETTER, latin.charCodeAt(0))
for (const sign of ['*', '#']) teach(sign, SIGN, MASK)

function teach(character: string, kind: number, meaning: number): number {
  kinds[character.charCodeAt(0)] = kind
  meanings[character.charCodeAt(0)] = meaning
  return kind
}

function kindOf(unit: number): number {
  const known = kinds[unit] ?? NO_PART
  if (known !== UNKNOWN) return known
  const character = String.fromCharCode(unit)
  return teach(character, /[\p{L}\p{M}\p{N}]/u.test(character) ? LETTER : NO_PART, unit)
}

/** Whether a unit of folded text can be part of a word, be it disguised. */
export function isPart(unit: number): boolean {
  return kindOf(unit) >= LETTER
}

/** A letter by itself, and no sign that may be punctuation. */
export function isLetter(unit: number): boolean {
  return kindOf(unit) === LETTER
}

/** The letter that a unit of folded text stands for. */
export function meaningOf(unit: number): number {
  if (kinds[unit] === UNKNOWN) kindOf(unit)
  return meanings[unit] ?? unit
}
