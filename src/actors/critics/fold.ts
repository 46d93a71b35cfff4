/** Folding makes texts comparable whatever their case, diacritics, width and invisible characters. */

/** A folded text; `originOf(i)` is where its unit i stood in the original. */
export type Folded = { readonly text: string; readonly originOf: (index: number) => number }

const UNKNOWN = 0
const DROPPED = 1
const SEVERAL = 2

/** One unit becomes at most so many, or stays as it is: one Arabic ligature would become eighteen. */
const EXPANSION_MAX = 4

/** What each unit of the basic plane folds to; filled as units are met, so that loading costs nothing. */
const table = new Uint16Array(0x1_00_00)
/** Of units that fold to several, and of letters beyond the basic plane (a few thousand at most). */
const several = new Map<number, string>()

const BEYOND_ASCII = /[^\0-\x7f]/

/** Diacritics of Latin, Greek and Cyrillic, and what nobody sees. Vowel signs of other scripts are letters and stay. */
const MARKS = /[[\p{Script=Inherited}\p{Cf}]--[\u0900-\u0dff\u3000-\u30ff]]/gv

/**
 * Folds unit by unit (never the whole text at once: normalising a long run of combining marks takes quadratic time).
 * Compatibility forms become plain ones, Latin diacritics and invisible characters go, case goes.
 */
export function fold(text: string): Folded {
  // Plain ASCII, the usual case, folds in place.
  if (!BEYOND_ASCII.test(text)) return { text: text.toLowerCase(), originOf: (index) => index }
  const sink = new Sink(text.length)
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const known = table[unit] ?? UNKNOWN
    if (known > SEVERAL) sink.put(known, at)
    else if (unit >= 0xd8_00 && unit < 0xdc_00) at += astral(text, at, sink)
    else if (known === SEVERAL || known === UNKNOWN) slow(unit, at, sink)
  }
  return sink.done()
}

/** The folded text of a word, where positions do not matter. */
export function foldWord(word: string): string {
  return fold(word).text
}

function slow(unit: number, at: number, sink: Sink): void {
  if (table[unit] === UNKNOWN) learn(unit)
  const known = table[unit] ?? UNKNOWN
  if (known > SEVERAL) sink.put(known, at)
  else if (known === SEVERAL) sink.putAll(several.get(unit) ?? '', at)
}

function learn(unit: number): void {
  const character = String.fromCharCode(unit)
  // Ideographs, Hangul and lone surrogates fold to themselves; asking for each would only be slow. So does U+0002.
  const folded =
    unit <= SEVERAL ? ' ' : unit >= 0x34_00 && unit < 0xe0_00 ? character : foldCharacter(character)
  if (folded.length === 0) table[unit] = DROPPED
  else if (folded.length === 1) table[unit] = Math.max(folded.charCodeAt(0), SEVERAL + 1)
  else {
    table[unit] = SEVERAL
    several.set(unit, folded)
  }
}

function foldCharacter(character: string): string {
  const plain = character.normalize('NFKD').replace(MARKS, '').normalize('NFC')
  // Upper case first: it joins what has two lower cases (Greek sigma), and makes ss of the German sharp s.
  const folded = plain.toUpperCase().toLowerCase().replace(MARKS, '')
  return folded.length > EXPANSION_MAX ? character : folded
}

/** Folds a surrogate pair; returns how many further units it took. */
function astral(text: string, at: number, sink: Sink): number {
  const point = text.codePointAt(at) ?? 0
  if (point < 0x1_00_00) {
    sink.put(text.charCodeAt(at), at)
    return 0
  }
  if (isInvisible(point)) return 1
  let folded = several.get(point)
  if (folded === undefined && isStyledLetter(point)) {
    folded = foldCharacter(String.fromCodePoint(point))
    several.set(point, folded)
  }
  if (folded === undefined) {
    sink.put(text.charCodeAt(at), at)
    sink.put(text.charCodeAt(at + 1), at)
  } else sink.putAll(folded, at)
  return 1
}

/** Tag characters and the supplementary variation selectors. */
function isInvisible(point: number): boolean {
  return point >= 0xe_00_00 && point <= 0xe_01_ef
}

/** Mathematical alphabets and enclosed letters: the only ranges that are learnt, so that the cache stays small. */
function isStyledLetter(point: number): boolean {
  return (point >= 0x1_d4_00 && point <= 0x1_d7_ff) || (point >= 0x1_f1_00 && point <= 0x1_f1_ff)
}

/** Collects units and their positions in typed arrays; a string built by appending would be slower and larger. */
class Sink {
  #units: Uint16Array
  #positions: Uint32Array
  #length = 0

  constructor(capacity: number) {
    this.#units = new Uint16Array(capacity + EXPANSION_MAX)
    this.#positions = new Uint32Array(capacity + EXPANSION_MAX)
  }

  put(unit: number, position: number): void {
    if (this.#length === this.#units.length) this.#grow()
    this.#units[this.#length] = unit
    this.#positions[this.#length++] = position
  }

  putAll(units: string, position: number): void {
    for (let at = 0; at < units.length; at++) this.put(units.charCodeAt(at), position)
  }

  done(): Folded {
    const positions = this.#positions
    return { text: textOf(this.#units.subarray(0, this.#length)), originOf: (index) => positions[index] ?? 0 }
  }

  #grow(): void {
    const units = new Uint16Array(this.#units.length * 2)
    const positions = new Uint32Array(units.length)
    units.set(this.#units)
    positions.set(this.#positions)
    this.#units = units
    this.#positions = positions
  }
}

/** A lone surrogate becomes U+FFFD, which matches nothing either. */
function textOf(units: Uint16Array): string {
  return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(units)
}
