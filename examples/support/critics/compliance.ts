/** Asks for a notice of risk where a finance answer recommends an investment. Runs in the finance domain only. */

import { defineCritic, type Finding } from 'stagecraft'

const product = /\b(?:fund|stocks?|shares?|etf|bonds?|crypto|gold|plan|index)\b/i
const recommends =
  /\b(?:I recommend|you should (?:buy|invest|put)|put (?:it|your|the)|buy (?:some|as many))\b/i
const notice =
  /\b(?:capital is at risk|can (?:fall|go down|lose)|not financial advice|may fall|past performance)\b/i

export const compliance = defineCritic({
  name: 'compliance',
  stage: 'CORE_ANALYSIS',
  priority: 5,
  domain: 'rights',
  policy: { when: ({ context }) => context.domain === 'finance' },
  cost: 3,
  evaluate: ({ response }): Finding => {
    if (!product.test(response) || !recommends.test(response) || notice.test(response)) return { severity: 0 }
    return {
      violations: [{ rule: 'finance.no_risk_notice', severity: 1.5 }],
      justification: 'An investment is recommended without a word about its risk.',
      mitigation: 'Add that the capital is at risk and that this is no financial advice.',
    }
  },
})
