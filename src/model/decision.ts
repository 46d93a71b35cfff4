/** The decision of a review: the verdict over the results of a plan's critics. */

import type { CriticResult } from './critic-result.ts'
import type { Plan } from './plan.ts'
import { contributionsOf, decide, type Decision, type Standing, type VerdictRules } from './verdict.ts'

/** Every result is of a critic of the plan; should one not be, it counts in full. */
const everyone: Standing = { domain: 'risk', required: true }

/** Decides on what has settled so far. */
export function decisionOf(
  { critics, positions }: Plan,
  results: readonly CriticResult[],
  rules: VerdictRules,
): Decision {
  const standingOf = (critic: string): Standing => critics[positions[critic] ?? -1] ?? everyone
  return decide(contributionsOf(results, standingOf, rules), rules)
}
