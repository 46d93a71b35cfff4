/** Finds promises that no honest adviser makes: guaranteed returns, investments without risk. */

import { defineCritic, type Finding } from 'stagecraft'
import { isDenied, sentencesOf } from './sentences.ts'

const promises = [
  {
    rule: 'finance.guaranteed_returns',
    severity: 3,
    pattern: /\bguaranteed? (?:returns?|profits?|gains?|income)/i,
  },
  { rule: 'finance.no_loss', severity: 3, pattern: /\b(?:you )?(?:cannot|can't|can not) lose\b/i },
  { rule: 'finance.riskless', severity: 2, pattern: /\brisk[- ]free\b|\bwithout any risk\b/i },
  {
    rule: 'finance.multiplied',
    severity: 2,
    pattern: /\bwill (?:double|triple) your (?:money|savings|bonus)\b/i,
  },
] as const

/** Denies an answer that guarantees a profit. "There are no guaranteed returns" is the opposite, and passes. */
export const financePromises = defineCritic({
  name: 'finance_promises',
  stage: 'CORE_ANALYSIS',
  priority: 2,
  domain: 'risk',
  evaluate: ({ response }): Finding => {
    const violations = sentencesOf(response).flatMap((sentence) =>
      promises.flatMap(({ rule, severity, pattern }) => {
        const found = pattern.exec(sentence)
        return found && !isDenied(sentence, found.index) ? [{ rule, severity, message: sentence }] : []
      }),
    )
    if (violations.length === 0) return { severity: 0, violations }
    return {
      violations,
      justification: 'The answer promises what no investment can promise.',
      mitigation: 'Say that the value can fall, and name no certain return.',
    }
  },
})
