/** One run of a phase: what its tasks came to, and what its gate said. */

import type { AgentEnd } from './agent.ts'
import type { IsaRevision } from './isa/revision.ts'
import type { GateResult, TaskPlan } from './lifecycle.ts'
import type { Verdict } from './verdict.ts'

/** How a task ended. Texts and outputs are references. */
export type TaskEnd = {
  readonly status: AgentEnd['status']
  readonly attempts: number
  readonly durationMs: number
  readonly output?: string
  /** Of a task that set values: reference of its changes to the ISA. */
  readonly values?: string
  /** Of a failed task: the code is ours or the error's own, the message a reference. */
  readonly error?: { readonly code: string; readonly message: string }
  /** Of a skipped task: a dependency failed, its condition was false, or the phase ended before it could start. */
  readonly because?: 'dependency' | 'condition' | 'phase_ended'
}

export type TaskState = TaskEnd | { readonly status: 'pending' | 'running' }
export type TaskStates = Readonly<Record<string, TaskState>>

/** A review as a phase knows it. */
export type PhaseReview = {
  readonly verdict: Verdict
  readonly auditHash: string
  /** Reference of the whole review. */
  readonly review: string
}

export type Conflict = { readonly id: string; readonly between: readonly string[]; readonly message: string }

/** What the gate answered. `reason` is a reference, and so is the message of each conflict. */
export type GateAnswer = {
  readonly result: GateResult
  readonly loopbackTo?: string
  readonly reason: string | null
  readonly conflicts: readonly Conflict[]
}

export type PhaseOutcome = GateResult | 'HALTED'

/** Why a phase ended as it did, in one word. */
export type PhaseCause =
  | 'gate'
  | 'no_gate'
  | 'approval_required'
  | 'review_denied'
  | 'review_escalated'
  | 'task_failed'
  | 'phase_timeout'
  | 'gate_failed'
  | 'loopback_not_allowed'
  | 'values_failed'
  | 'halted'

export type PhaseResult = {
  readonly phase: string
  /** Counts all phase runs of the project. */
  readonly run: number
  readonly outcome: PhaseOutcome
  readonly cause: PhaseCause
  readonly loopbackTo: string | null
  readonly reason: string | null
  readonly tasks: TaskStates
  /** Tasks that have done something in the world which may have to be undone, in the order in which they ended. */
  readonly begun?: readonly string[]
  readonly review: PhaseReview | null
  readonly conflicts: readonly Conflict[]
  /** The revision its tasks made; null where they set nothing. */
  readonly isa: IsaRevision | null
}

export const isEnd = (state: TaskState | undefined): state is TaskEnd =>
  state !== undefined && state.status !== 'pending' && state.status !== 'running'

/** What others may build on, and a later run need not do again: it succeeded, or its condition left it out. */
const counts = ({ status, because }: TaskEnd): boolean =>
  status === 'succeeded' || (status === 'skipped' && because === 'condition')

export const failed = (state: TaskState | undefined): boolean => isEnd(state) && !counts(state)

/** Every task that may start now: what it depends on has ended, and nothing of it failed. */
export function readyTasks(plan: readonly TaskPlan[], states: TaskStates): readonly TaskPlan[] {
  return plan.filter(
    ({ name, dependsOn }) =>
      states[name]?.status === 'pending' &&
      dependsOn.every((other) => isEnd(states[other]) && !failed(states[other])),
  )
}

const SKIPPED: TaskEnd = { status: 'skipped', attempts: 0, durationMs: 0, because: 'dependency' }

/** The same states with every task skipped whose dependency failed, and theirs in turn. */
export function skipOrphans(plan: readonly TaskPlan[], states: TaskStates): TaskStates {
  const orphans = plan.filter(
    ({ name, dependsOn }) =>
      states[name]?.status === 'pending' && dependsOn.some((other) => failed(states[other])),
  )
  if (orphans.length === 0) return states
  return skipOrphans(plan, { ...states, ...Object.fromEntries(orphans.map(({ name }) => [name, SKIPPED])) })
}

export const setsValues = (states: TaskStates): boolean =>
  Object.values(states).some((state) => 'values' in state && state.values !== undefined)

export const allEnded = (states: TaskStates): boolean => Object.values(states).every(isEnd)

export const criticalFailed = (plan: readonly TaskPlan[], states: TaskStates): boolean =>
  plan.some(({ name, critical }) => critical && failed(states[name]))

function cut(state: TaskState): TaskState {
  if (state.status === 'running') return { status: 'cancelled', attempts: 0, durationMs: 0 }
  return state.status === 'pending' ? { ...SKIPPED, because: 'phase_ended' } : state
}

/** The states of a phase that ended before its tasks did. */
export function cutTasks(states: TaskStates): TaskStates {
  return Object.fromEntries(Object.entries(states).map(([name, state]) => [name, cut(state)]))
}

/** Tasks that ended, of a run that did not: what a later run need not do again. */
export function endedTasks(states: TaskStates): TaskStates {
  return Object.fromEntries(Object.entries(states).filter(([, state]) => isEnd(state) && counts(state)))
}

/** The phase's outcome. A review can only make it stricter: deny excludes PASS, escalate asks a person. */
export function outcomeOf(
  { result, loopbackTo }: Pick<GateAnswer, 'result' | 'loopbackTo'>,
  {
    review,
    needsApproval,
    loopbackTo: allowed,
    hasGate,
  }: {
    readonly review: PhaseReview | null
    readonly needsApproval: boolean
    readonly loopbackTo: readonly string[]
    readonly hasGate: boolean
  },
): { readonly outcome: GateResult; readonly cause: PhaseCause; readonly loopbackTo: string | null } {
  if (result === 'LOOPBACK')
    return loopbackTo !== undefined && allowed.includes(loopbackTo)
      ? { outcome: 'LOOPBACK', cause: 'gate', loopbackTo }
      : { outcome: 'FAIL', cause: 'loopback_not_allowed', loopbackTo: null }
  const ends = (outcome: GateResult, cause: PhaseCause) => ({ outcome, cause, loopbackTo: null })
  if (result === 'FAIL' || result === 'RETRY') return ends(result, 'gate')
  if (review?.verdict === 'deny') return ends('FAIL', 'review_denied')
  if (result === 'APPROVAL_NEEDED') return ends(result, 'gate')
  if (review?.verdict === 'escalate') return ends('APPROVAL_NEEDED', 'review_escalated')
  if (needsApproval) return ends('APPROVAL_NEEDED', 'approval_required')
  return ends('PASS', hasGate ? 'gate' : 'no_gate')
}
