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
    input: hashable({ prompt, response, context }),
    rules: hashable(rules),
    verdict: decision.verdict,
    reasons: hashable(decision.reasons),
    dissent: hashable(decision.dissent),
    escalation: hashable(decision.escalation),
    critics: results.map(
      ({ critic, stage, status, finding, degraded, error, gating, skipping, validationErrors }) =>
        hashable({
          critic,
          stage,
          status,
          finding: finding && withoutSpending(finding),
          degraded,
          error: error?.code,
          gating: gating && { reason: gating.reason, riskTier: gating.riskTier },
          skipping,
          validationErrors,
        }),
    ),
  })
}

/** What an evaluation cost is no ground of a decision, and differs from run to run. */
function withoutSpending(finding: object): object {
  return { ...finding, spent: undefined }
}

/** A text cut in the middle of a character ends in half of it (a lone surrogate), which RFC 8785 refuses: escape it. */
const wellFormed = (text: string) => (/\p{Surrogate}/u.test(text) ? JSON.stringify(text) : text)

/** Makes any data hashable: what JSON has no word for is written as text, so that equal values stay equal. */
function hashable(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return wellFormed(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : hashable(item)))
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof Map) return { map: [...value].map(hashable) }
  if (value instanceof Set) return { set: [...value].map(hashable) }
  if (value instanceof RegExp) return String(value)
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)]
  if (ArrayBuffer.isView(value)) return [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [wellFormed(key), hashable(item)]),
  )
}
