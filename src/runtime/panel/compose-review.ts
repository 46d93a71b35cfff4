/** Composes the review from what the chart ended with. */

import type { ReviewOutput } from '../../machines/review.ts'
import type { CriticResult } from '../../model/critic-result.ts'
import { decisionOf } from '../../model/decision.ts'
import type { Plan } from '../../model/plan.ts'
import { auditHashOf, type Cut, type Review, type ReviewCost, type StageSummary } from '../../model/review.ts'
import type { CriticInput } from '../../model/review-input.ts'
import type { Decision, VerdictRules } from '../../model/verdict.ts'

/** A review as a value; its audit hash is computed when it is first read, and is part of its JSON. */
class ReviewRecord implements Review {
  readonly id: string
  readonly verdict: Decision['verdict']
  readonly reasons: Decision['reasons']
  readonly dissent: Decision['dissent']
  readonly escalation: Decision['escalation']
  readonly critics: Readonly<Record<string, CriticResult>>
  readonly stages: readonly StageSummary[]
  readonly cost: ReviewCost
  readonly durationMs: number
  declare readonly cut?: Cut
  readonly #input: CriticInput
  readonly #output: ReviewOutput
  readonly #rules: VerdictRules
  #auditHash: string | undefined

  constructor(input: CriticInput, output: ReviewOutput, decision: Decision, rules: VerdictRules) {
    this.id = input.id
    this.verdict = decision.verdict
    this.reasons = decision.reasons
    this.dissent = decision.dissent
    this.escalation = decision.escalation
    this.critics = byName(output.results)
    this.stages = output.stages
    this.cost = costOf(output.results)
    this.durationMs = output.durationMs
    if (output.cut) this.cut = output.cut
    this.#input = input
    this.#output = output
    this.#rules = rules
  }

  get auditHash(): string {
    this.#auditHash ??= auditHashOf(this.#input, this.#output.results, this, this.#rules)
    return this.#auditHash
  }

  toJSON(): object {
    return Object.assign({}, this, { auditHash: this.auditHash })
  }
}

export function composeReview(
  plan: Plan,
  input: CriticInput,
  output: ReviewOutput,
  rules: VerdictRules,
): Review {
  const decision = decisionOf(plan, output.results, rules)
  return new ReviewRecord(input, output, decision, rules)
}

function byName(results: readonly CriticResult[]): Readonly<Record<string, CriticResult>> {
  const critics: Record<string, CriticResult> = {}
  for (let at = 0; at < results.length; at += 1) {
    const result = results[at] as CriticResult
    critics[result.critic] = result
  }
  return critics
}

function costOf(results: readonly CriticResult[]): ReviewCost {
  const cost = { spent: 0, saved: 0, total: 0, money: 0, tokens: 0 }
  for (const result of results) {
    cost.spent += result.cost.spent
    cost.saved += result.cost.saved
    cost.total += result.cost.weight
    if (result.fromCache) continue
    cost.money += result.finding?.spent?.money ?? 0
    cost.tokens += result.finding?.spent?.tokens ?? 0
  }
  return cost
}
