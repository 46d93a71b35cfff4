/** The length critic: is the answer as long as it should be? */

import { z } from 'zod'
import type { Critic, Evaluate } from '../../model/critic.ts'
import { builtInCritic, type BuiltIn, type CriticOptions } from './built-in-critic.ts'
import { Look, textsOf } from './look.ts'
import { Tally } from './tally.ts'

const bound = z.number().int().min(0).optional()

const Own = z
  .strictObject({
    /** Characters are Unicode code points: an emoji of one code point counts once. */
    minChars: bound,
    maxChars: bound,
    /** Words are what stands between white space, so these two mean little in Chinese or Thai. */
    minWords: bound,
    maxWords: bound,
    severity: z.number().min(0).max(3).default(1),
    look: Look.default('response'),
  })
  .refine(
    ({ minChars, maxChars, minWords, maxWords }) =>
      [minChars, maxChars, minWords, maxWords].some(Number.isInteger),
    {
      error: 'at least one of minChars, maxChars, minWords and maxWords is needed',
    },
  )
  .refine(({ minChars = 0, maxChars = Infinity }) => minChars <= maxChars, {
    error: 'minChars is above maxChars',
  })
  .refine(({ minWords = 0, maxWords = Infinity }) => minWords <= maxWords, {
    error: 'minWords is above maxWords',
  })

export type LengthOptions = z.input<typeof Own>

const kind: BuiltIn<typeof Own> = {
  defaults: { name: 'length', stage: 'PRE_VALIDATION', priority: 3, domain: 'operations' },
  own: Own,
  work: (own) => lengthWork(own),
}

/**
 * Finds answers that are too short or too long. At least one bound is needed; each is inclusive.
 * Rules: `length.too_short`, `length.too_long`, `length.too_few_words`, `length.too_many_words`, of severity 1.
 */
export function lengthCritic<const Name extends string = 'length', const DependsOn extends string = never>(
  options: LengthOptions & CriticOptions<Name, DependsOn>,
): Critic<NoInfer<Name>, NoInfer<DependsOn>> {
  return builtInCritic(kind, options)
}

function lengthWork({
  minChars,
  maxChars,
  minWords,
  maxWords,
  severity,
  look,
}: z.output<typeof Own>): Evaluate {
  return (input) => {
    const tally = new Tally()
    const compare = (where: string, unit: string, count: number, rules: Rules) => {
      if (rules.min !== undefined && count < rules.min)
        tally.add(rules.below, severity, () => `the ${where} has ${count} ${unit}, fewer than ${rules.min}`)
      if (rules.max !== undefined && count > rules.max)
        tally.add(rules.above, severity, () => `the ${where} has ${count} ${unit}, more than ${rules.max}`)
    }
    const chars = { min: minChars, max: maxChars, below: 'length.too_short', above: 'length.too_long' }
    const words = {
      min: minWords,
      max: maxWords,
      below: 'length.too_few_words',
      above: 'length.too_many_words',
    }
    for (const { where, text } of textsOf(input, look)) {
      compare(where, 'characters', countCharacters(text), chars)
      if (minWords !== undefined || maxWords !== undefined) compare(where, 'words', countWords(text), words)
    }
    return tally.finding({ clean: 'The length is within its bounds.', broken: 'The length is out of bounds' })
  }
}

type Rules = { min: number | undefined; max: number | undefined; below: string; above: string }

function countCharacters(text: string): number {
  let count = text.length
  for (let at = 0; at + 1 < text.length; at++)
    if ((text.charCodeAt(at) & 0xfc_00) === 0xd8_00 && (text.charCodeAt(at + 1) & 0xfc_00) === 0xdc_00) {
      count--
      at++
    }
  return count
}

function countWords(text: string): number {
  let count = 0
  let inside = false
  for (let at = 0; at < text.length; at++) {
    const blank = isBlank(text.charCodeAt(at))
    if (!blank && !inside) count++
    inside = !blank
  }
  return count
}

function isBlank(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
  return unit >= 0x85 && /\s|\u0085/.test(String.fromCharCode(unit))
}
