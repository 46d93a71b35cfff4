/** What must hold of a project whatever its chart says of itself: written from the documentation, not from the chart. */

import { expect } from 'vitest'
import type { ApprovalEnd } from '../../src/model/approval.ts'
import type { LifecyclePlan } from '../../src/model/lifecycle.ts'
import type { SagaOutcome } from '../../src/model/saga.ts'
import type { PhaseResult } from '../../src/model/phase.ts'
import type { ApprovalOutcome, Progress, ProjectContext } from '../../src/model/project.ts'
import type { CheckpointParams, ProjectMachine } from '../../src/machines/project.ts'
import type { ReplayOptions } from '../../src/testing/index.ts'
import { SagaLedger, type Lead } from './saga-ledger.ts'

type View = Parameters<NonNullable<ReplayOptions<ProjectMachine>['check']>>[0]

/** A project between two events, in as few words as the rules need. */
export type Place = { readonly value: string; readonly context: ProjectContext }

/** What an event says, whoever sent it. */
export type Told =
  | { readonly by: 'person'; readonly type: string; readonly progress?: Progress | undefined }
  | { readonly by: 'phase'; readonly result: PhaseResult }
  | { readonly by: 'approval'; readonly outcome: ApprovalOutcome }
  | { readonly by: 'saga'; readonly outcome: SagaOutcome }

type Heard = { readonly type: string; readonly output?: unknown; readonly progress?: Progress }

/** The outputs are those that the tests themselves have made. */
function tellOf({ type, output, progress }: Heard): Told {
  if (type === 'xstate.done.actor.phase') return { by: 'phase', result: output as PhaseResult }
  if (type === 'xstate.done.actor.approval') return { by: 'approval', outcome: output as ApprovalOutcome }
  if (type === 'xstate.done.actor.saga') return { by: 'saga', outcome: output as SagaOutcome }
  return { by: 'person', type, progress }
}

const ENDS = ['COMPLETED', 'PLAN_ONLY', 'FAILED', 'CANCELLED']

/** A check for one path. `saved` is what the chart has saved as checkpoints so far. */
export function projectOracle(plan: LifecyclePlan, saved: readonly CheckpointParams[]): (view: View) => void {
  const names = plan.phases.map(({ name }) => name)
  const passed = new Set<number>()
  const ledger = new SagaLedger(plan)
  let before: Place | undefined
  let savedBefore = 0
  let asked: Progress | undefined
  return ({ step, snapshot, children, emitted }) => {
    const now: Place = { value: snapshot.value, context: snapshot.context }
    const facts = emitted.map(({ type }) => type)
    const running = children.filter((child) => child.status === 'running')
    standing(plan, now, running)
    if (before && step) {
      const told = tellOf(step.event)
      if (told.by === 'phase' && told.result.outcome === 'PASS') passed.add(told.result.run)
      if (told.by === 'approval' && told.outcome.end === 'approved' && !ledger.leads)
        passed.add(before.context.pending?.run ?? 0)
      const lead = ledger.leads
      const moved = ledger.hear(before, now, told)
      if (told.by === 'person' && told.type === 'ROLLBACK' && !lead) asked = told.progress
      const move: Move = {
        names,
        plan,
        before,
        now,
        told,
        facts,
        lead: moved,
        wasUndoing: lead !== undefined,
      }
      if (facts.includes('PROJECT_ROLLED_BACK'))
        expect(now).toMatchObject({
          value: 'PAUSED',
          context: { phase: asked?.phase, pending: null, halted: null },
        })
      if (facts.includes('PROJECT_ROLLED_BACK')) expect(now.context.results).toEqual(asked?.results)
      movement(move)
      if (told.by === 'person' && told.type === 'PAUSE' && names.includes(before.value))
        expect(running[0]?.received.at(-1)).toEqual({ type: 'HALT' })
      ledger.standing(now, running)
      expect(facts, `facts of ${before.value} -> ${now.value}`).toEqual(factsOf(move))
      expect(saved.length - savedBefore, 'checkpoints').toBe(entersAfresh(move) ? 1 : 0)
    } else expect(facts).toEqual(['PROJECT_CREATED'])
    for (const name of behind(names, now))
      expect(passed.has(now.context.results[name]?.run ?? 0), `${name} has passed`).toBe(true)
    const last = saved.at(-1)
    if (saved.length > savedBefore)
      expect(last?.saved).toMatchObject({ phase: now.value, results: now.context.results })
    expect(new Set(saved.map(({ id }) => id)).size).toBe(saved.length)
    before = now
    savedBefore = saved.length
  }
}

/** The phases that a project has left behind. */
const behind = (names: readonly string[], { value, context }: Place): readonly string[] =>
  value === 'COMPLETED' ? names : names.slice(0, names.indexOf(context.phase))

/** What holds wherever a project stands. */
function standing(plan: LifecyclePlan, { value, context }: Place, running: View['children']): void {
  const names = plan.phases.map(({ name }) => name)
  const isPhase = names.includes(value)
  const child = isPhase ? 'phase' : { AWAITING_APPROVAL: 'approval', ROLLING_BACK: 'saga' }[value]
  expect(running.map(({ src }) => src)).toEqual(child === undefined ? [] : [child])
  expect(context.phasesRun).toBeLessThanOrEqual(plan.phasesMax)
  const own = plan.phases.find(({ name }) => name === context.phase)
  expect(context.iterations).toBeLessThanOrEqual(own?.iterationsMax ?? 0)
  if (isPhase) {
    expect(context.phase).toBe(value)
    expect(running[0]?.input).toMatchObject({
      plan: { name: value },
      run: context.phasesRun,
      iteration: context.iterations,
    })
    // A phase is under way only where all before it are done.
    for (const earlier of names.slice(0, names.indexOf(value)))
      expect(context.results).toHaveProperty(earlier)
    expect(context.pending).toBeNull()
  }
  if (value === 'COMPLETED') expect(Object.keys(context.results)).toEqual(names)
  if (value === 'AWAITING_APPROVAL' && !context.undoing) {
    expect(running[0]?.input).not.toHaveProperty('offers')
    expect(running[0]?.input).toMatchObject({ phase: context.phase, subject: { run: context.pending?.run } })
    expect(context.pending?.phase).toBe(context.phase)
  }
  reasons({ value, context })
}

function reasons({ value, context: { reason } }: Place): void {
  const allowed: Readonly<Record<string, readonly unknown[]>> = {
    CREATED: [null],
    COMPLETED: [null, 'irreversible'],
    PLAN_ONLY: ['by_request', 'irreversible'],
    CANCELLED: ['by_request', 'irreversible'],
    FAILED: ['phase_failed', 'iterations_max', 'phases_max', 'irreversible'],
    PAUSED: ['by_request', 'approval_timeout', 'rolled_back', 'irreversible'],
  }
  if (allowed[value]) expect(allowed[value]).toContain(reason)
}

type Move = {
  readonly names: readonly string[]
  readonly plan: LifecyclePlan
  readonly before: Place
  readonly now: Place
  readonly told: Told
  readonly facts: readonly string[]
  /** Where the saga leads that has begun, goes on or ends with it. */
  readonly lead: Lead | undefined
  /** Something was being undone before it, or was to be. */
  readonly wasUndoing: boolean
}

/** What holds from one event to the next. */
function movement(move: Move): void {
  const { before, now, told } = move
  expect(now.context.phasesRun).toBeGreaterThanOrEqual(before.context.phasesRun)
  if (began(move)) {
    expect(mayBegin(move), `${before.value} -> ${now.value}`).toBe(now.value)
    const resumes = before.value === 'PAUSED' && before.context.halted !== null
    expect(now.context.phasesRun - before.context.phasesRun).toBe(resumes ? 0 : 1)
    expect(now.context.reason).toBeNull()
  }
  const isTurning = now.value === 'ROLLING_BACK' ? move.lead?.to === 'PHASE' : began(move)
  if (told.by === 'approval' && told.outcome.end === 'rejected' && isTurning && !move.wasUndoing) {
    expect(now.context.results).toEqual(before.context.results)
    expect(now.context.feedback).toEqual({
      from: before.context.phase,
      because: 'REJECTED',
      comment: told.outcome.comment,
      by: told.outcome.by,
      previous: before.context.pending,
    })
  }
  if (told.by === 'phase' && told.result.outcome === 'RETRY' && isTurning) {
    expect(now.context.feedback).toMatchObject({ because: 'RETRY', previous: told.result })
    expect(now.context.iterations).toBe(before.context.iterations + 1)
  }
  if (fails(move)) expect(now.context.reason).toBe(failureOf(move))
  if (ENDS.includes(before.value) && now.value !== before.value)
    expect(told).toMatchObject({ by: 'person', type: 'ROLLBACK' })
}

const isPhase = ({ names }: Move, value: string) => names.includes(value)

/** True when a run of a phase has begun, or goes on after a pause. */
function began(move: Move): boolean {
  const { before, now, told } = move
  if (!isPhase(move, now.value)) return false
  return now.value !== before.value || (told.by === 'phase' && told.result.outcome !== 'HALTED')
}

const acts = ({ plan }: Pick<Move, 'plan'>, phase: string) => {
  const { compensates, tasks = [] } = plan.phases.find(({ name }) => name === phase) ?? {}
  return compensates === true || tasks.some((task) => task.compensates ?? task.irreversible)
}

const next = ({ names }: Move, phase: string) => names[names.indexOf(phase) + 1]

/** The one phase that may begin now; undefined when none may. */
function mayBegin(move: Move): string | undefined {
  const { names, plan, before, told } = move
  const { phase, pending } = before.context
  switch (told.by) {
    case 'person':
      if (told.type === 'START' && before.value === 'CREATED') return names[0]
      return told.type === 'RESUME' && before.value === 'PAUSED' && !pending ? phase : undefined
    case 'phase': {
      const { outcome, loopbackTo } = told.result
      const own = plan.phases.find(({ name }) => name === phase)
      // What it has done is undone before it is done again, or anything is that it has gone back over.
      if (move.lead || (acts(move, phase) && outcome !== 'PASS')) return undefined
      if (outcome === 'PASS') return next(move, phase)
      if (outcome === 'RETRY') return phase
      return outcome === 'LOOPBACK' && own?.loopbackTo.includes(loopbackTo ?? '')
        ? (loopbackTo ?? '')
        : undefined
    }
    case 'approval':
      if (move.wasUndoing) return undefined
      if (told.outcome.end === 'approved') return next(move, phase)
      if (acts(move, phase)) return undefined
      return told.outcome.end === 'rejected' ? phase : undefined
    case 'saga':
      return move.lead?.to === 'PHASE' && told.outcome.end === 'COMPENSATED' ? move.lead.phase : undefined
  }
}

/** A checkpoint is taken where a phase begins from new ground: not when the same one is tried again. */
function entersAfresh(move: Move): boolean {
  const { told } = move
  if (!began(move)) return false
  if (told.by === 'phase') return told.result.outcome !== 'RETRY'
  if (told.by === 'approval') return told.outcome.end === 'approved'
  if (told.by === 'saga') return move.lead?.to === 'PHASE' && move.lead.isFresh
  return told.by === 'person' && told.type === 'START'
}

/** It comes to FAILED at once: nothing is undone before. */
const fails = ({ before, now, told }: Move) =>
  now.value === 'FAILED' && before.value !== 'FAILED' && told.by !== 'saga'

/** It is to come to FAILED once all is undone. */
const isToFail = ({ now, lead, wasUndoing }: Move) =>
  now.value === 'ROLLING_BACK' && !wasUndoing && lead?.to === 'FAILED'

function failureOf({ told, before, plan }: Move): string {
  if (told.by !== 'phase') return 'phases_max'
  if (told.result.outcome === 'FAIL') return 'phase_failed'
  const { iterationsMax } = plan.phases.find(({ name }) => name === before.context.phase) ?? {}
  const isLastTry = told.result.outcome === 'RETRY' && before.context.iterations === iterationsMax
  return isLastTry ? 'iterations_max' : 'phases_max'
}

/** Every fact of a move, in order. A move that the project is silent about is told by the child it starts or stops. */
function factsOf(move: Move): readonly string[] {
  const { now, told, lead } = move
  const failed = fails(move) || isToFail(move)
  const because = isToFail(move) && lead?.to === 'FAILED' ? lead.because : failureOf(move)
  const isLimit = failed && because !== 'phase_failed'
  const end = [...(isLimit ? ['LIMIT_REACHED'] : []), ...(fails(move) ? ['PROJECT_FAILED'] : [])]
  switch (told.by) {
    case 'person':
      return wishFacts(move, told.type, end)
    case 'phase':
      // Halted because somebody wants it elsewhere: its own chart tells of that.
      if (move.wasUndoing) return []
      return [...phaseFacts(told.result.outcome, failed), ...end, ...arrival(move)]
    case 'approval':
      if (move.wasUndoing) return now.value === 'PAUSED' ? ['PROJECT_PAUSED'] : []
      return [...approvalFacts(told.outcome.end, failed), ...end, ...arrival(move)]
    case 'saga':
      return sagaFacts(move, told.outcome)
  }
}

/** The saga itself tells of its steps. */
function sagaFacts({ now, lead }: Move, { end }: SagaOutcome): readonly string[] {
  if (end === 'COMPENSATION_FAILED') return []
  if (lead?.to === 'CANCELLED' || lead?.to === 'FAILED') return [`PROJECT_${lead.to}`]
  if (now.value !== 'PAUSED') return []
  return end === 'IRREVERSIBLE' ? ['PROJECT_PAUSED'] : ['PROJECT_ROLLED_BACK', 'PROJECT_PAUSED']
}

const arrival = ({ now }: Move): readonly string[] =>
  ({ COMPLETED: ['PROJECT_COMPLETED'], PLAN_ONLY: ['PROJECT_PLANNED'], PAUSED: ['PROJECT_PAUSED'] })[
    now.value
  ] ?? []

function phaseFacts(outcome: PhaseResult['outcome'], failed: boolean): readonly string[] {
  if (outcome === 'PASS') return ['PHASE_COMPLETED']
  if (failed) return ['PHASE_FAILED']
  return { RETRY: ['PHASE_RETRYING'], LOOPBACK: ['PHASE_LOOPED_BACK'] }[outcome as string] ?? []
}

function approvalFacts(end: ApprovalEnd, failed: boolean): readonly string[] {
  if (end === 'approved' || end === 'plan_only') return ['PHASE_COMPLETED']
  if (end === 'refused') return []
  return [failed ? 'PHASE_FAILED' : 'PHASE_RETRYING']
}

function wishFacts(move: Move, type: string, end: readonly string[]): readonly string[] {
  const { before, now } = move
  // A phase under way is told to halt, and is not left before it has.
  if (now.value === before.value && now.value !== 'PAUSED') return []
  // Nobody leads it elsewhere before what could not be undone is settled.
  if (move.wasUndoing && (type === 'CANCEL' || type === 'ROLLBACK')) return []
  const withdrawn = before.value === 'AWAITING_APPROVAL' ? ['APPROVAL_WITHDRAWN'] : []
  switch (type) {
    case 'START':
      return before.value === 'CREATED' ? ['PROJECT_STARTED'] : []
    case 'CANCEL':
      return now.value === 'ROLLING_BACK' ? withdrawn : [...withdrawn, 'PROJECT_CANCELLED']
    case 'PAUSE':
      return before.value === 'PAUSED' ? [] : [...withdrawn, 'PROJECT_PAUSED']
    case 'ROLLBACK':
      if (before.value === 'ROLLING_BACK') return []
      return now.value === 'PAUSED' ? [...withdrawn, 'PROJECT_ROLLED_BACK', 'PROJECT_PAUSED'] : withdrawn
    default:
      return end.length > 0 ? end : ['PROJECT_RESUMED']
  }
}
