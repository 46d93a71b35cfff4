/** What a project has done in the world and not undone, kept from what is told on a path and not from what its chart says. */

/* oxlint-disable vitest/no-standalone-expect -- an oracle is asked inside of tests alone */

import { expect } from 'vitest'
import type { LifecyclePlan, PhasePlan } from '../../src/model/lifecycle.ts'
import type { PhaseResult } from '../../src/model/phase.ts'
import type { ApprovalOutcome, Progress } from '../../src/model/project.ts'
import type { SagaOutcome, StepName } from '../../src/model/saga.ts'
import type { Place, Told } from './project-oracle.ts'

type Results = Readonly<Record<string, Pick<PhaseResult, 'run'>>>

/** Where a saga leads, and the results that stay. */
export type Lead = { readonly stays: Results } & (
  | { readonly to: 'CHECKPOINT'; readonly progress: Progress; readonly from: string }
  | { readonly to: 'PHASE'; readonly phase: string; readonly isFresh: boolean }
  | { readonly to: 'FAILED'; readonly because: string }
  | { readonly to: 'CANCELLED' }
)

type Child = { readonly input?: unknown }

const ENDS = ['COMPLETED', 'PLAN_ONLY', 'FAILED', 'CANCELLED']
const isActing = ({ compensates, tasks }: PhasePlan) =>
  compensates || tasks.some((task) => task.compensates ?? task.irreversible)
const named = ({ phase, run, task }: StepName) => `${phase} ${run} ${task ?? '(itself)'}`
const names = (steps: readonly StepName[]) => steps.map(named)

export class SagaLedger {
  readonly #plan: LifecyclePlan
  /** The earliest first. */
  #done: readonly StepName[] = []
  #lost = new Set<number>()
  #asked: readonly StepName[] = []
  #leads: Lead | undefined

  constructor(plan: LifecyclePlan) {
    this.#plan = plan
  }

  /** Where the saga leads that is under way, or is to come, or waits for people. */
  get leads(): Lead | undefined {
    return this.#leads
  }

  /** The lead that this move begins, follows or ends. */
  hear(before: Place, now: Place, told: Told): Lead | undefined {
    if (told.by === 'phase') this.#note(told.result)
    const lead = this.#leads ?? this.#leadOf(before, told)
    if (!this.#leads) this.#lost = new Set()
    this.#leads = lead
    if (!lead) return undefined
    if (told.by === 'phase') expect(now.value).toBe('ROLLING_BACK')
    if (told.by === 'approval' && this.#asked.length > 0) this.#hearPeople(now, told.outcome)
    if (told.by === 'saga') this.#hearEnd(before, now, told.outcome, lead)
    // What is being undone is not cut short by anybody.
    if (told.by === 'person' && before.value === 'ROLLING_BACK') expect(now).toEqual(before)
    return lead
  }

  /** What holds wherever a project stands. */
  standing({ value, context }: Place, [child]: readonly Child[]): void {
    expect(names(context.acted), 'what is done').toEqual(names(this.#done))
    expect(context.undoing !== null).toBe(this.#leads !== undefined)
    const undone = this.#leads ? this.#after(this.#leads.stays).toReversed() : []
    if (value === 'ROLLING_BACK')
      expect(names((child?.input as { steps: readonly StepName[] }).steps), 'what is undone').toEqual(
        names(undone),
      )
    if (value === 'AWAITING_APPROVAL' && this.#leads) {
      expect(child?.input).toMatchObject({ offers: ['APPROVED', 'REJECTED'], phase: context.phase })
      const { failed } = (child?.input as { subject: { failed: readonly StepName[] } }).subject
      expect(names(failed)).toEqual(names(this.#asked))
    }
    if ((value === 'FAILED' || value === 'CANCELLED') && context.reason !== 'irreversible')
      this.#nothingLeft(context.results)
  }

  /** Of runs that did not pass: unless it was said that it cannot be undone. */
  #nothingLeft(results: Results): void {
    expect(names(this.#after(results).filter(({ run }) => !this.#left.has(run)))).toEqual([])
  }

  /** Runs of which something had to stay, and people were told. */
  readonly #left = new Set<number>()

  #note({ phase, run, begun = [] }: PhaseResult): void {
    const plan = this.#planOf(phase)
    const tasks = begun.filter((name) => plan?.tasks.find((task) => task.name === name)?.compensates)
    const own = plan?.compensates ? [{ phase, run, task: null }] : []
    this.#done = [
      ...this.#done.filter((deed) => deed.run !== run),
      ...own,
      ...tasks.map((task) => ({ phase, run, task })),
    ]
  }

  #planOf(phase: string): PhasePlan | undefined {
    return this.#plan.phases.find(({ name }) => name === phase)
  }

  #acts(...phases: readonly string[]): boolean {
    return this.#plan.phases.some((phase) => phases.includes(phase.name) && isActing(phase))
  }

  /** Done since the results that stay. */
  #after(stays: Results): readonly StepName[] {
    return this.#done.filter((deed) => Object.values(stays).every(({ run }) => run < deed.run))
  }

  #leadOf({ value, context }: Place, told: Told): Lead | undefined {
    const { phase, results: stays } = context
    const isLast = context.phasesRun === this.#plan.phasesMax
    if (told.by === 'person') return this.#wished({ value, context }, told)
    if (told.by === 'approval') {
      const anywhere = this.#acts(...this.#plan.phases.map(({ name }) => name))
      if (told.outcome.end !== 'rejected' || !anywhere) return undefined
      if (isLast) return { stays, to: 'FAILED', because: 'phases_max' }
      return this.#acts(phase) ? { stays, to: 'PHASE', phase, isFresh: false } : undefined
    }
    if (told.by === 'saga') return undefined
    const { outcome, loopbackTo } = told.result
    const fails = (because: string): Lead | undefined =>
      this.#acts(phase) ? { stays, to: 'FAILED', because } : undefined
    if (outcome === 'FAIL') return fails('phase_failed')
    if (outcome !== 'RETRY' && outcome !== 'LOOPBACK') return undefined
    if (outcome === 'RETRY' && context.iterations === this.#planOf(phase)?.iterationsMax)
      return fails('iterations_max')
    if (isLast) return fails('phases_max')
    if (outcome === 'RETRY')
      return this.#acts(phase) ? { stays, to: 'PHASE', phase, isFresh: false } : undefined
    return this.#looped(phase, loopbackTo ?? '', stays)
  }

  #looped(from: string, to: string, results: Results): Lead | undefined {
    const order = this.#plan.phases.map(({ name }) => name)
    const over = order.slice(order.indexOf(to), order.indexOf(from) + 1)
    if (!this.#acts(...over)) return undefined
    const kept = Object.entries(results).filter(([name]) => order.indexOf(name) < order.indexOf(to))
    return { stays: Object.fromEntries(kept), to: 'PHASE', phase: to, isFresh: true }
  }

  #wished({ value, context }: Place, told: Extract<Told, { by: 'person' }>): Lead | undefined {
    const isUnderway = value === context.phase
    const rests = ['AWAITING_APPROVAL', 'PAUSED'].includes(value)
    const anywhere = this.#acts(...this.#plan.phases.map(({ name }) => name))
    if (told.type === 'CANCEL' && (rests ? anywhere : isUnderway && this.#acts(context.phase)))
      return { stays: context.results, to: 'CANCELLED' }
    const { progress } = told
    if (told.type !== 'ROLLBACK' || !progress || value === 'CREATED') return undefined
    const isNeeded = this.#after(progress.results).length > 0 || (isUnderway && this.#acts(context.phase))
    return isNeeded ? { stays: progress.results, to: 'CHECKPOINT', progress, from: value } : undefined
  }

  #gone(steps: readonly StepName[]): void {
    const gone = names(steps)
    for (const { run } of steps) this.#lost.add(run)
    this.#done = this.#done.filter((deed) => !gone.includes(named(deed)))
  }

  #hearPeople(now: Place, { end }: ApprovalOutcome): void {
    if (end === 'refused') {
      expect(now).toMatchObject({ value: 'PAUSED', context: { reason: 'approval_timeout' } })
      return
    }
    if (end === 'approved') this.#gone(this.#asked)
    this.#asked = []
    expect(now.value).toBe('ROLLING_BACK')
  }

  #hearEnd(before: Place, now: Place, { end, undone, failed }: SagaOutcome, lead: Lead): void {
    this.#gone(undone)
    this.#asked = failed
    if (end === 'COMPENSATION_FAILED') {
      expect(now).toMatchObject({ value: 'AWAITING_APPROVAL', context: { reason: 'compensation_failed' } })
      return
    }
    const isCut = end === 'IRREVERSIBLE'
    if (isCut) for (const { run } of this.#after(lead.stays)) this.#left.add(run)
    const { results, phase } = before.context
    this.#leads = undefined
    if (lead.to === 'CANCELLED' || lead.to === 'FAILED') {
      const because = lead.to === 'FAILED' ? lead.because : 'by_request'
      expect(now).toMatchObject({ value: lead.to, context: { reason: isCut ? 'irreversible' : because } })
    } else if (!isCut && lead.to === 'PHASE') expect(now).toMatchObject({ value: lead.phase })
    else if (!isCut) expect(now).toMatchObject({ value: 'PAUSED', context: { reason: 'rolled_back' } })
    else {
      const isBack = lead.to === 'CHECKPOINT' && this.#lost.size === 0
      const first = this.#plan.phases.find(({ name }) => this.#lost.has(results[name]?.run ?? 0))?.name
      const at = lead.to === 'CHECKPOINT' ? (first ?? phase) : phase
      expect(now).toMatchObject({
        value: isBack && ENDS.includes(lead.from) ? lead.from : 'PAUSED',
        context: { reason: 'irreversible', phase: at },
      })
      expect(isBack ? now.context.pending : null).toEqual(
        isBack ? before.context.pending : now.context.pending,
      )
      // It goes back as far as something was undone, and no phase counts as done that has lost something.
      for (const result of Object.values(now.context.results)) expect(this.#lost).not.toContain(result.run)
    }
  }
}
