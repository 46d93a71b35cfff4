/** What one review says of one critic. */

import type { Finding } from './finding.ts'
import type { Stage } from './stages.ts'

/** How a critic can end; exactly one of these. */
export const END_STATUSES = [
  'success',
  'invalid',
  'error',
  'timeout',
  'gated',
  'skipped',
  'rejected',
  'cancelled',
] as const
export type EndStatus = (typeof END_STATUSES)[number]

/** What a critic can be doing before it ends. */
export const LIVE_STATUSES = [
  'pending',
  'queued',
  'rate_limited',
  'running',
  'retrying',
  'recovering',
] as const
export type LiveStatus = (typeof LIVE_STATUSES)[number]

/** Which limit of time fired. */
export type TimeoutScope = 'attempt' | 'queue' | 'stage' | 'review'

export type CriticError = {
  /** `error`, `timeout`, `invalid`, `rejected`, `cancelled`, with what it was after a dot: `timeout.attempt`. */
  readonly code: string
  readonly name: string
  readonly message: string
}

/** One settled critic, as a gate looks at it. */
export type Looked = {
  readonly critic: string
  readonly status: EndStatus
  readonly severity?: number
  readonly violations?: number
  readonly uncertainty?: number
}

export type Gating = {
  /** `no_prior_violations`, `risk_tier_not_high`, `no_high_uncertainty`, `conditional_policy_not_met`, `policy_evaluation_error: …` */
  readonly reason: string
  /** The critics the gate looked at, and what it saw. */
  readonly looked: readonly Looked[]
  readonly riskTier?: string
  /** Weight that was not spent, and the critic's average time so far in milliseconds (0 before its first run). */
  readonly saved: { readonly cost: number; readonly ms: number }
}

export type Skipping = {
  readonly reason: 'dependency_without_finding' | 'verdict_settled'
  /** The first dependency, in the order of `dependsOn`, that has no finding. */
  readonly dependency?: string
  /** True when a dependency ended in trouble, so that this critic counts as missing too. */
  readonly trouble: boolean
}

export type CriticResult<F extends Finding = Finding> = {
  readonly critic: string
  readonly stage: Stage
  readonly priority: number
  readonly status: EndStatus
  readonly finding?: F
  /** True when the finding is a substitute from the failure hook. */
  readonly degraded?: boolean
  readonly fromCache?: boolean
  readonly error?: CriticError
  readonly gating?: Gating
  readonly skipping?: Skipping
  readonly validationErrors?: readonly string[]
  /** Calls of `evaluate` that were made. */
  readonly attempts: number
  readonly retryCount: number
  /** Time spent waiting for permits. */
  readonly queueMs: number
  /** Time spent in `evaluate`, all attempts together. */
  readonly executionMs: number
  /** From the start of its stage to its end, everything included. */
  readonly durationMs: number
  /** `spent` is the weight of all attempts; `saved` is the weight of a critic that did not have to run. */
  readonly cost: { readonly weight: number; readonly spent: number; readonly saved: number }
}

/**
 * Ended in trouble: what it would have said is not known. A skip counts when trouble caused it, and so does a gate shut
 * by a condition that threw.
 */
export function inTrouble(result: Pick<CriticResult, 'status' | 'skipping' | 'gating'>): boolean {
  switch (result.status) {
    case 'error':
    case 'timeout':
    case 'invalid':
    case 'rejected':
      return true
    case 'skipped':
      return result.skipping?.trouble ?? false
    case 'gated':
      return result.gating?.reason.startsWith('policy_evaluation_error') ?? false
    default:
      return false
  }
}
