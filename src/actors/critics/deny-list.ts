/** The deny-list critic: does a text use a word, a phrase or a pattern that it must not? */

import { z } from 'zod'
import type { Critic, Evaluate } from '../../model/critic.ts'
import { builtInCritic, type BuiltIn, type CriticOptions } from './built-in-critic.ts'
import { fold, foldWord } from './fold.ts'
import { Look, textsOf, type LookedAt } from './look.ts'
import { PhraseTree } from './phrase-tree.ts'
import { placeOf, Tally } from './tally.ts'
import { wordsOf } from './words.ts'

const Severity = z.number().min(0).max(3)
const Rule = z.string().min(1)
const isPattern = z.instanceof(RegExp)

const Own = z
  .strictObject({
    /** Words and phrases, found as whole words, whatever their case, diacritics and width. */
    words: z
      .array(
        z
          .union([
            z.string(),
            z.strictObject({ text: z.string(), rule: Rule.optional(), severity: Severity.optional() }),
          ])
          .refine((word) => wordsOf(foldWord(typeof word === 'string' ? word : word.text)).length > 0, {
            error: 'must hold a letter or a digit; use patterns for anything else',
          }),
      )
      .default([]),
    /**
     * Regular expressions, used as they are on the text as it is. A pattern such as `(a+)+$` takes exponential time
     * on hostile text and stops the whole process while it does; no timeout can interrupt it. Prefer bounded
     * quantifiers, and no quantifier inside another.
     */
    patterns: z
      .array(
        z.union([
          isPattern,
          z.strictObject({ pattern: isPattern, rule: Rule.optional(), severity: Severity.optional() }),
        ]),
      )
      .default([]),
    severity: Severity.default(2),
    look: Look.default('response'),
  })
  .refine(({ words, patterns }) => words.length + patterns.length > 0, {
    error: 'at least one word or pattern is needed',
  })

export type DenyListOptions = z.input<typeof Own>

const kind: BuiltIn<typeof Own> = {
  defaults: { name: 'deny_list', stage: 'FAST_CRITICS', priority: 3, domain: 'operations' },
  own: Own,
  work: (own) => denyListWork(own),
}

/**
 * Finds denied words and phrases (`deny_list.word`) and patterns (`deny_list.pattern`), of severity 2; each may carry
 * a rule and a severity of its own. In scripts without spaces, such as Chinese, a phrase is found anywhere. Messages
 * name the entry of the list by its number, not the text that matched.
 */
export function denyListCritic<
  const Name extends string = 'deny_list',
  const DependsOn extends string = never,
>(options: DenyListOptions & CriticOptions<Name, DependsOn>): Critic<NoInfer<Name>, NoInfer<DependsOn>> {
  return builtInCritic(kind, options)
}

type Entry = { readonly rule: string; readonly severity: number; readonly label: string }

function denyListWork(own: z.output<typeof Own>): Evaluate {
  const words = new PhraseTree<Entry>()
  own.words.forEach((word, index) => {
    const { text, rule, severity } = typeof word === 'string' ? { text: word } : word
    const entry = {
      rule: rule ?? 'deny_list.word',
      severity: severity ?? own.severity,
      label: `word ${index + 1} of the list`,
    }
    words.add(wordsOf(foldWord(text)), entry)
  })
  const patterns = own.patterns.map((given, index) => {
    const { pattern, rule, severity } = given instanceof RegExp ? { pattern: given } : given
    const entry = {
      rule: rule ?? 'deny_list.pattern',
      severity: severity ?? own.severity,
      label: `pattern ${index + 1} of the list`,
    }
    return { entry, pattern: globally(pattern) }
  })
  return (input) => {
    const tally = new Tally()
    for (const looked of textsOf(input, own.look)) {
      if (own.words.length > 0) tallyWords(tally, words, looked)
      for (const { entry, pattern } of patterns)
        for (const { index } of looked.text.matchAll(pattern)) record(tally, entry, index, looked.where)
    }
    return tally.finding({
      clean: 'Nothing on the deny list was found.',
      broken: 'Entries of the deny list were found',
    })
  }
}

function tallyWords(tally: Tally, words: PhraseTree<Entry>, { text, where }: LookedAt): void {
  const folded = fold(text)
  words.find(folded.text, (entry, start) => record(tally, entry, folded.originOf(start), where))
}

function record(tally: Tally, entry: Entry, start: number, where: string): void {
  tally.add(entry.rule, entry.severity, () => `${entry.label} ${placeOf(start, where)}`)
}

/** Every match, from anywhere: the flags that change what the pattern means stay. */
function globally(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, [...new Set(`${pattern.flags.replace('y', '')}g`)].join(''))
}
