/** Finds the tokens of the token rules. */

import type { Mark } from '../tally.ts'
import { TOKEN_RULES, type TokenRule } from './token-rules.ts'

/** Candidates are found by their first characters (a plain search, fast on anything) and only then matched. */
export function* tokensIn(text: string): Generator<Mark> {
  for (const rule of TOKEN_RULES) for (const start of rule.starts) yield* tokensOf(text, rule, start)
}

function* tokensOf(text: string, { rule, pattern }: TokenRule, first: string): Generator<Mark> {
  for (let start = text.indexOf(first); start >= 0; start = text.indexOf(first, start)) {
    // A key never begins inside a word: "task-force" holds none that begins with "sk-".
    const end = isWordUnit(text.charCodeAt(start - 1)) ? -1 : matchEnd(pattern, text, start)
    if (end > 0 && !isAlphanumeric(text.charCodeAt(end))) yield { rule, start, end }
    start = Math.max(end, start + first.length)
  }
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

function isAlphanumeric(unit: number): boolean {
  const letter = unit | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || (unit >= 0x30 && unit <= 0x39)
}

function isWordUnit(unit: number): boolean {
  return isAlphanumeric(unit) || unit === 0x5f || unit === 0x2d
}
