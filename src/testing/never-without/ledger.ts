/** The ledger: who has rightly agreed to what, kept from what people did and not from what the charts make of it. */

import { DEFAULT_REQUIREMENT, type Requirement } from '../../model/approval.ts'
import { hashOf } from '../../model/canonical.ts'
import type { Saying } from '../../model/fact.ts'
import type { LifecyclePlan } from '../../model/lifecycle.ts'
import type { PhaseResult } from '../../model/phase.ts'
import { subjectOf } from '../../model/progress.ts'

/** What is asked, as APPROVAL_REQUESTED says it. */
export type Question = {
  readonly approval: string
  readonly version: number
  readonly phase: string
  readonly subjectHash: string
  readonly deadlineAt: number
}

export type Ledger = {
  /** Asked last; it may be settled by now. */
  readonly question: Question | null
  /** Who has agreed to it: everyone once, everyone eligible, in time, and for exactly this version and subject. */
  readonly agreed: readonly string[]
  /** Hashes of what as many people as it takes have agreed to. */
  readonly approved: readonly string[]
  /** Runs whose gate or panel has asked for people. */
  readonly asked: readonly string[]
}

export const NOTHING_AGREED: Ledger = { question: null, agreed: [], approved: [], asked: [] }

export const runName = (phase: string, run: number): string => `${phase} ${run}`

/** What a phase asks of people, as its plan says. */
export const requirementOf = ({ phases }: LifecyclePlan, phase: string): Requirement =>
  phases.find(({ name }) => name === phase)?.approval?.requires ?? DEFAULT_REQUIREMENT

/** Somebody who may do so agrees to the question. */
export function agree(plan: LifecyclePlan, ledger: Ledger, person: string): Ledger {
  const { question, approved } = ledger
  if (!question) return ledger
  const { quorum } = requirementOf(plan, question.phase)
  // More than enough is not told apart from enough.
  if (ledger.agreed.length >= quorum) return ledger
  const agreed = [...ledger.agreed, person]
  const isEnough = agreed.length >= quorum
  return { ...ledger, agreed, approved: isEnough ? [...approved, question.subjectHash] : approved }
}

/** The gate or the panel of a run asks for people. */
export const ask = (ledger: Ledger, run: string): Ledger => ({ ...ledger, asked: [...ledger.asked, run] })

/** A new question begins with nobody agreed, and a run that is done again has not asked yet. */
export function note(ledger: Ledger, { type, payload }: Saying): Ledger {
  switch (type) {
    case 'APPROVAL_REQUESTED':
      // The chart of an approval says what it asks, whoever has made the chart.
      return { ...ledger, question: payload as Question, agreed: [] }
    case 'APPROVAL_WITHDRAWN':
    case 'APPROVAL_TIMEOUT':
      return { ...ledger, agreed: [] }
    case 'PHASE_STARTED': {
      const { phase, run } = payload as { readonly phase: string; readonly run: number }
      return { ...ledger, asked: ledger.asked.filter((asked) => asked !== runName(phase, run)) }
    }
    default:
      return ledger
  }
}

/** True where going on takes people. */
export const needsApproval = (plan: LifecyclePlan, { asked }: Ledger, { phase, run }: PhaseResult): boolean =>
  plan.phases.find(({ name }) => name === phase)?.approval?.when === 'always' ||
  asked.includes(runName(phase, run))

/** Checkpoints hold on to their results, so a hash is mostly asked for again. */
const hashes = new WeakMap<PhaseResult, string>()

/** True when enough people have agreed to exactly this result. */
export function isApproved({ approved }: Ledger, result: PhaseResult): boolean {
  if (approved.length === 0) return false
  const hash = hashes.get(result) ?? hashOf(subjectOf(result))
  hashes.set(result, hash)
  return approved.includes(hash)
}
