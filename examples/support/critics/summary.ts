/** Sums up what the critics before it found, for the person who reads the queue. Adds nothing to the verdict. */

import { defineCritic, type Finding } from 'stagecraft'

const heads = [
  'secrets',
  'personal_data',
  'finance_promises',
  'dosage',
  'fairness',
  'claims',
  'code_safety',
] as const

export const summary = defineCritic({
  name: 'summary',
  stage: 'POST_PROCESSING',
  dependsOn: heads,
  required: false,
  domain: 'operations',
  evaluate: (_input, { prior }): Finding => {
    const lines = heads.flatMap((head) => {
      const violations = prior[head].violations ?? []
      const rules = violations.map((violation) =>
        typeof violation === 'string' ? violation : violation.rule,
      )
      return rules.length > 0 ? [`${head}: ${[...new Set(rules)].join(', ')}`] : []
    })
    const justification = lines.length > 0 ? lines.join('; ') : 'Nothing was found.'
    return { severity: 0, score: lines.length, justification }
  },
})
