/** Looks up the sources of an answer whose claims are uncertain. Expensive, so it runs ON_UNCERTAINTY. */

import { defineCritic, type Finding } from 'stagecraft'

/** The sources this house can look up. A real desk would ask a library; the example carries its own shelf. */
const shelf = new Set([
  'the lancet',
  'the cochrane database of systematic reviews',
  'the british medical journal',
])

const papers = /\b[A-Z][a-z]+ et al\.? \(\d{4}\)/g
const cases = /\b[A-Z][a-z]+ v\. [A-Z][a-z]+(?: [A-Z][a-z]+)*/g
const journals = /\b(?:study|review|paper|trial) in ((?:the|The) (?:[A-Z][a-z]+(?: of(?= [A-Z]))? ?)+)/g

/** Escalates when a cited source is on no shelf: it may well be invented. */
export const factCheck = defineCritic({
  name: 'fact_check',
  stage: 'DEEP_ANALYSIS',
  policy: 'ON_UNCERTAINTY',
  domain: 'truth',
  cost: 15,
  limits: { ratePerSecond: 500, burst: 100 },
  evaluate: ({ response }): Finding => {
    const named = [...response.matchAll(journals)].map(([, journal = '']) => journal.trim())
    const unknown = [
      ...(response.match(papers) ?? []),
      ...(response.match(cases) ?? []),
      ...named.filter((journal) => !shelf.has(journal.toLowerCase())),
    ]
    if (unknown.length === 0)
      return { severity: 0, uncertainty: 0.1, justification: 'Every source was found.' }
    return {
      violations: unknown.map((source) => ({
        rule: 'truth.source_not_found',
        severity: 1.2,
        message: source,
      })),
      uncertainty: 0.8,
      justification: `Not found on any shelf: ${unknown.join('; ')}.`,
      mitigation: 'Name a source that can be looked up, or drop the claim.',
    }
  },
})
