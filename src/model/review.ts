/** A review: the one result of putting an answer before a panel. */

import { hashOf } from './canonical.ts'
import type { CriticResult, EndStatus, TimeoutScope } from './critic-result.ts'
import type { CriticInput } from './review-input.ts'
import type { Stage } from './stages.ts'
import type { Decision, VerdictRules } from './verdict.ts'

/** Why unfinished critics were ended before their time. */
export type Cut =
  | { readonly as: 'timeout'; readonly scope: 'stage' | 'review' }
  | { readonly as: 'cancelled'; readonly reason: string }
  | { readonly as: 'skipped' }
  | { readonly as: 'rejected'; readonly reason: string }

export type StageSummary = {
  readonly stage: Stage
  /** Critics by how they ended. */
  readonly ends: Readonly<Partial<Record<EndStatus, number>>>
  /** From the start of the stage to its end; 0 for a stage that was never reached. */
  readonly durationMs: number
  readonly cut?: Cut['as']
  readonly timeoutScope?: TimeoutScope
}

export type ReviewCost = {
  /** Weight of all attempts that were made. */
  readonly spent: number
  /** Weight of the critics that did not have to run: gated, skipped, answered from the cache. */
  readonly saved: number
  /** Weight of running every critic once. */
  readonly total: number
  /** What the findings say they spent, in the critics' own unit of money, and in tokens. */
  readonly money: number
  readonly tokens: number
}

export type Review<
  Results extends Readonly<Record<string, CriticResult>> = Readonly<Record<string, CriticResult>>,
> = Decision & {
  readonly id: string
  readonly critics: Results
  readonly stages: readonly StageSummary[]
  readonly cost: ReviewCost
  readonly durationMs: number
  /** Present when the review was cut short. */
  readonly cut?: Cut
  /** SHA-256 of what was decided and on what grounds; computed when first read. Equal in every process. */
  readonly auditHash: string
}

/** What the audit hash covers: no times, ids, attempts or looked-at values. */
export function auditHashOf(
  input: CriticInput,
  results: readonly CriticResult[],
  decision: Decision,
  rules: VerdictRules,
): string {
  const { prompt, response, context } = input
  return hashOf({
    input: { prompt, response, context },
    rules,
    verdict: decision.verdict,
    reasons: decision.reasons,
    dissent: decision.dissent,
    escalation: decision.escalation,
    critics: results.toSorted(byName).map(groundsOf),
  })
}

/** By name, not by place in the plan: a priority is no ground of a decision. */
const byName = (a: CriticResult, b: CriticResult) => (a.critic < b.critic ? -1 : 1)

function groundsOf(result: CriticResult): object {
  const { critic, stage, status, finding, degraded, error, gating, skipping, validationErrors } = result
  return {
    critic,
    stage,
    status,
    // What an evaluation cost is no ground of a decision either, and differs from run to run.
    finding: finding && { ...finding, spent: undefined },
    degraded,
    error: error?.code,
    gating: gating && { reason: gating.reason, riskTier: gating.riskTier },
    skipping,
    validationErrors,
  }
}
