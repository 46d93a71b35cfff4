/** Says how uncertain the claims of an answer are: sources nobody can look up here, numbers without a source, hedges. */

import { defineCritic, type Finding } from 'stagecraft'
import { sentencesOf } from './sentences.ts'

const citation =
  /\b[A-Z][a-z]+ et al\.? \((\d{4})\)|\b(?:study|review|paper|trial) in (?:the |The )[A-Z]|\b[A-Z][a-z]+ v\. [A-Z]/
const exactShare = /\b\d+(?:\.\d+)?\s?%/
const hedge = /\b(?:I think|probably|perhaps|as far as I remember|reportedly|it is said|some say)\b/i
const certain = /\b(?:proven?|settled|confirmed|showed that|found the same)\b/i

/**
 * Uncertainty 0 to 1. A citation alone is enough to have the sources looked up (above 0.7); whether they exist is
 * the business of `fact_check`.
 */
export const claims = defineCritic({
  name: 'claims',
  stage: 'CORE_ANALYSIS',
  priority: 4,
  domain: 'truth',
  evaluate: ({ response }): Finding => {
    const weights = sentencesOf(response).map((sentence) => {
      const cited = citation.test(sentence)
      if (cited) return 0.75 + (exactShare.test(sentence) || certain.test(sentence) ? 0.1 : 0)
      return hedge.test(sentence) ? 0.3 : 0
    })
    // Independent doubts: one minus the chance that every sentence holds, rounded to hundredths.
    const uncertainty =
      Math.round(100 * (1 - weights.reduce((holds, weight) => holds * (1 - weight), 1))) / 100
    return {
      severity: 0,
      uncertainty,
      justification: uncertainty > 0.7 ? 'The answer leans on sources.' : 'Few claims.',
    }
  },
})
