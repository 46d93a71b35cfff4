/** Measures the tone of an answer, through a service that is down on its first call for every fifth answer. */

import { defineCritic, type Finding } from 'stagecraft'

const dismissive =
  /\b(?:calm down|as I already told you|obviously|read the manual|that is your problem|stop asking)\b/gi

/** The outage is scripted, so that every run of the example shows the same retries. */
function callToneService(id: string, attempt: number): void {
  const number = Number(/\d+$/.exec(id)?.[0])
  if (attempt === 1 && number % 5 === 0) throw new Error('The tone service answered 503 Service Unavailable.')
}

export const tone = defineCritic({
  name: 'tone',
  stage: 'FAST_CRITICS',
  priority: 7,
  domain: 'operations',
  required: false,
  retry: { retriesMax: 2, backoff: { baseMs: 5, factor: 2, maxMs: 20 } },
  evaluate: ({ id, response }, { attempt }): Finding => {
    callToneService(id, attempt)
    const words = response.match(/\p{L}+/gu) ?? []
    const shouted = words.filter((word) => word.length > 4 && word === word.toUpperCase()).length
    const phrases = response.match(dismissive)?.length ?? 0
    const rudeness = Math.min(1, phrases / 3 + (3 * shouted) / Math.max(10, words.length))
    if (rudeness <= 0.5) return { severity: 0, score: rudeness }
    return {
      violations: [{ rule: 'tone.dismissive', severity: 1 }],
      score: rudeness,
      justification: 'The answer talks down to the person.',
    }
  },
})
