/** The profanity critic: does a text swear? */

import { z } from 'zod'
import type { Critic, Evaluate } from '../../model/critic.ts'
import { builtInCritic, type BuiltIn, type CriticOptions } from './built-in-critic.ts'
import { fold, foldWord } from './fold.ts'
import { Look, textsOf, type LookedAt } from './look.ts'
import { refuseBeyond } from './peer-text.ts'
import { isLetter, isPart } from './profanity/disguise.ts'
import { obscenityIn } from './profanity/obscenity.ts'
import { builtInProfanity, GRADE_SEVERITY } from './profanity/word-list.ts'
import { WORD_MAX, WordTree } from './profanity/word-tree.ts'
import { placeOf, Tally } from './tally.ts'

/** How many single letters can be a word, and what may stand between two of them. */
const SPELLED = { lettersMin: 3, lettersMax: 20, gapMax: 2 }

const Word = z.string().max(WORD_MAX).regex(/^\S+$/, 'must be one word')
const Severity = z.number().min(0).max(3)

const Own = z.strictObject({
  /** Further words (no phrases: those are for the deny list), of severity 1.5 or their own. */
  words: z.array(z.union([Word, z.strictObject({ text: Word, severity: Severity })])).default([]),
  /** Words that may be used. */
  allow: z.array(Word).default([]),
  /** Asks the obscenity library too (its English preset, severity 1.5). Needs obscenity. */
  obscenity: z.boolean().default(false),
  look: Look.default('response'),
})

export type ProfanityOptions = z.input<typeof Own>

const kind: BuiltIn<typeof Own> = {
  defaults: { name: 'profanity', stage: 'FAST_CRITICS', priority: 4, domain: 'operations' },
  own: Own,
  work: (own, name) => profanityWork(own, name),
}

/**
 * Finds swear words, as whole words only ("Scunthorpe" is a town), also in the usual disguises: signs for letters,
 * stretched or spaced letters, one masked letter, other alphabets. Rule `profanity.word`, severity 0.5 (mild), 1.5
 * (strong) or 2.5 (slurs). The list is English and small; hatred without swear words is not found. With `obscenity`,
 * a text of more than 65,536 characters is an error.
 */
export function profanityCritic<
  const Name extends string = 'profanity',
  const DependsOn extends string = never,
>(
  options: ProfanityOptions & CriticOptions<Name, DependsOn> = {},
): Critic<NoInfer<Name>, NoInfer<DependsOn>> {
  return builtInCritic(kind, options)
}

type Report = (severity: number, start: number) => void

function profanityWork(own: z.output<typeof Own>, name: string): Evaluate {
  const words = wordTreeOf(own)
  const allowed = new Set(own.allow.map(foldWord))
  const said = { clean: 'No profanity was found.', broken: 'Profanity was found' }
  return (input) => {
    const tally = new Tally()
    const texts = textsOf(input, own.look)
    for (const { where, text } of texts) findWords(text, words, reportTo(tally, where))
    if (!own.obscenity) return tally.finding(said)
    const second = texts.map((looked) =>
      askObscenity(looked, name, { allowed, words }, reportTo(tally, looked.where)),
    )
    return Promise.all(second).then(() => tally.finding(said))
  }
}

function reportTo(tally: Tally, where: string): Report {
  return (severity, start) =>
    tally.add('profanity.word', severity, () => `a profane word ${placeOf(start, where)}`)
}

function wordTreeOf({ words, allow }: z.output<typeof Own>): WordTree {
  const tree = new WordTree()
  for (const [word, grade] of builtInProfanity()) tree.set(word, GRADE_SEVERITY[grade])
  for (const word of words)
    if (typeof word === 'string') tree.set(foldWord(word), GRADE_SEVERITY.strong)
    else tree.set(foldWord(word.text), word.severity)
  for (const word of allow) tree.remove(foldWord(word))
  return tree
}

/** Looks at every run of letters and of signs that stand for letters, and at single letters with small gaps together. */
function findWords(text: string, words: WordTree, report: Report): void {
  const { text: folded, originOf } = fold(text)
  const spelled = new Spelled(words, (severity, start) => report(severity, originOf(start)))
  for (let at = 0; at < folded.length; at++) {
    if (!isPart(folded.charCodeAt(at))) continue
    const start = at
    while (at < folded.length && isPart(folded.charCodeAt(at))) at++
    if (at - start === 1) spelled.add(folded.charAt(start), start)
    else {
      spelled.end()
      const severity = severityOf(folded, start, at, words)
      if (severity !== undefined) report(severity, originOf(start))
    }
  }
  spelled.end()
}

/** A sign at an end is punctuation ("what!") or the last letter of the word ("a$$"): each reading is tried. */
function severityOf(folded: string, start: number, end: number, words: WordTree): number | undefined {
  let from = start
  let to = end
  while (from < to && !isLetter(folded.charCodeAt(from))) from++
  while (to > from && !isLetter(folded.charCodeAt(to - 1))) to--
  if (from === to) return undefined
  const bare = words.severityOf(folded, from, to)
  if (bare !== undefined || (from === start && to === end)) return bare
  const whole = words.severityOf(folded, start, end)
  if (whole !== undefined || from === start || to === end) return whole
  return words.severityOf(folded, start, to) ?? words.severityOf(folded, from, end)
}

/** Letters that stand alone, "d a m n", read together. */
class Spelled {
  readonly #words: WordTree
  readonly #report: Report
  #letters = ''
  #start = 0
  #last = 0

  constructor(words: WordTree, report: Report) {
    this.#words = words
    this.#report = report
  }

  add(letter: string, at: number): void {
    if (at - this.#last - 1 > SPELLED.gapMax) this.end()
    if (this.#letters === '') this.#start = at
    // One letter too many is kept, to know that there were more.
    if (this.#letters.length <= SPELLED.lettersMax) this.#letters += letter
    this.#last = at
  }

  end(): void {
    const letters = this.#letters
    this.#letters = ''
    if (letters.length < SPELLED.lettersMin || letters.length > SPELLED.lettersMax) return
    const severity = severityOf(letters, 0, letters.length, this.#words)
    if (severity !== undefined) this.#report(severity, this.#start)
  }
}

type Known = { readonly allowed: ReadonlySet<string>; readonly words: WordTree }

/** What our own list has found is not reported again. */
async function askObscenity(
  { text }: LookedAt,
  name: string,
  { allowed, words }: Known,
  report: Report,
): Promise<void> {
  refuseBeyond(text, name)
  for (const { start, end } of await obscenityIn(text, `critic "${name}"`)) {
    const word = foldWord(wordAround(text, start, end))
    if (!allowed.has(word) && severityOf(word, 0, word.length, words) === undefined)
      report(GRADE_SEVERITY.strong, start)
  }
}

/** The library matches inside words; what is allowed, or known to us, are whole words. */
function wordAround(text: string, start: number, end: number): string {
  let from = start
  let to = end
  while (from > 0 && start - from < WORD_MAX && isPart(text.charCodeAt(from - 1))) from--
  while (to < text.length && to - end < WORD_MAX && isPart(text.charCodeAt(to))) to++
  return text.slice(from, to)
}
