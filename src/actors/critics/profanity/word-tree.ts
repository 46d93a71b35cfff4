/** A tree of words, letter by letter, that reads through disguises while it walks. */

import { meaningOf } from './disguise.ts'

type Node = { readonly next: Map<number, Node>; severity: number | undefined }

const node = (): Node => ({ next: new Map(), severity: undefined })

/** Longer runs are no words. */
export const WORD_MAX = 32

const MASK = 0x2a
/** In words of three letters a masked one could be anything. */
const MASKED_LENGTH_MIN = 4

export class WordTree {
  readonly #root = node()
  #shortest = Infinity
  /** The word under examination, letter by letter, and which of its letters are stretched: used anew by each. */
  readonly #letters = new Uint16Array(WORD_MAX)
  readonly #stretched = new Uint8Array(WORD_MAX)

  /** A folded word. */
  set(word: string, severity: number): void {
    this.#shortest = Math.min(this.#shortest, word.length)
    for (const form of formsOf(word)) this.#nodeOf(form).severity = severity
  }

  remove(word: string): void {
    for (const form of formsOf(word)) this.#nodeOf(form).severity = undefined
  }

  /** The severity of the word that the folded text from `start` to `end` spells; undefined for none. */
  severityOf(text: string, start: number, end: number): number | undefined {
    const length = end - start
    if (length < this.#shortest || length > WORD_MAX) return undefined
    // Most words of a text end here: no word of the tree begins with their first two letters.
    const first = meaningOf(text.charCodeAt(start))
    const second = meaningOf(text.charCodeAt(start + 1))
    const after = this.#root.next.get(first)
    if (after === undefined || (first !== second && !after.next.has(second))) return undefined
    for (let index = 0; index < length; index++)
      this.#letters[index] = meaningOf(text.charCodeAt(start + index))
    const isStretched = this.#markStretches(length)
    // "shiiittt" must not go on towards "shitter": read stretched letters as one before giving up.
    return this.#walk(length, false) ?? (isStretched ? this.#walk(length, true) : undefined)
  }

  /** A letter is stretched when it is one of three or more in a row, but not the first; two are how words are spelt. */
  #markStretches(length: number): boolean {
    let run = 1
    let isAny = false
    for (let index = 1; index < length; index++) {
      const isSame = this.#letters[index] === this.#letters[index - 1] && this.#letters[index] !== MASK
      run = isSame ? run + 1 : 1
      this.#stretched[index] = run >= 3 ? 1 : 0
      // Only the third letter tells that the second was stretched already.
      if (run === 3) this.#stretched[index - 1] = 1
      isAny ||= run >= 3
    }
    return isAny
  }

  #walk(length: number, asOne: boolean): number | undefined {
    let at = this.#root
    for (let index = 0; index < length; index++) {
      const isStretched = index > 0 && this.#stretched[index] === 1
      if (asOne && isStretched) continue
      const next = at.next.get(this.#letters[index] ?? 0)
      if (next !== undefined) at = next
      else if (!isStretched) return undefined
    }
    return at.severity
  }

  #nodeOf(form: string): Node {
    let at = this.#root
    for (let index = 0; index < form.length; index++) {
      const letter = meaningOf(form.charCodeAt(index))
      const next = at.next.get(letter) ?? node()
      at.next.set(letter, next)
      at = next
    }
    return at
  }
}

/** The word itself, and with each inner letter masked: "d*mn", "da*n". */
function formsOf(word: string): string[] {
  const forms = [word]
  if (word.length >= MASKED_LENGTH_MIN)
    for (let at = 1; at < word.length - 1; at++) forms.push(`${word.slice(0, at)}*${word.slice(at + 1)}`)
  return forms
}
