/** The plan of a lifecycle: its phases as plain data, from which its statechart is built. */

import type { Requirement } from './approval.ts'

export const GATE_RESULTS = ['PASS', 'FAIL', 'RETRY', 'APPROVAL_NEEDED', 'LOOPBACK'] as const
export type GateResult = (typeof GATE_RESULTS)[number]

export const MODES = ['execute', 'plan'] as const
export type Mode = (typeof MODES)[number]

/** States of every project beside its phases. No phase may have such a name. */
export const PROJECT_STATES = [
  'CREATED',
  'AWAITING_APPROVAL',
  'PAUSED',
  'ROLLING_BACK',
  'COMPLETED',
  'PLAN_ONLY',
  'FAILED',
  'CANCELLED',
] as const
export type ProjectState = (typeof PROJECT_STATES)[number]

/** A project that got here goes on only by a rollback. */
export const ENDS = [
  'COMPLETED',
  'PLAN_ONLY',
  'FAILED',
  'CANCELLED',
] as const satisfies readonly ProjectState[]
export type ProjectEnd = (typeof ENDS)[number]

export type TaskPlan = {
  readonly name: string
  readonly agent: string
  /** Tasks of the same phase. */
  readonly dependsOn: readonly string[]
  /** True: its failure fails the phase. */
  readonly critical: boolean
  /** One attempt. */
  readonly timeoutMs: number
  readonly retriesMax: number
  /** True: a condition says whether it runs. */
  readonly conditional: boolean
  /** It can be undone. Left out where it cannot, so that plans without keep their hash; and so is the next. */
  readonly compensates?: true
  /** Once it has succeeded it stays done, and so does what led to it. */
  readonly irreversible?: true
}

export type PhasePlan = {
  readonly name: string
  readonly description: string
  readonly tasks: readonly TaskPlan[]
  /** False: the phase passes once its tasks are done. */
  readonly hasGate: boolean
  /** True: rules look for conflicts between what the tasks made. */
  readonly detects: boolean
  /** Phases its gate may go back to. */
  readonly loopbackTo: readonly string[]
  /** `always`: passing is never enough. `on_request`: when the gate or the panel asks. */
  readonly approval: { readonly when: 'always' | 'on_request'; readonly requires: Requirement } | null
  /** The panel its output is put before. */
  readonly review: string | null
  /** One run of the phase; null for no bound. */
  readonly timeoutMs: number | null
  /** Runs of the phase in a row, the first included. */
  readonly iterationsMax: number
  /** True: the phase itself can be undone, beside its tasks. */
  readonly compensates: boolean
}

/** True when a run of the phase may do something in the world that is to be undone, or never can be. */
export const acts = ({ compensates, tasks }: PhasePlan): boolean =>
  compensates || tasks.some((task) => task.compensates === true || task.irreversible === true)

export type LifecyclePlan = {
  readonly name: string
  readonly version: number
  readonly phases: readonly PhasePlan[]
  /** Units of its own, by name, each made of others. */
  readonly units: Readonly<Record<string, string>>
  /** Phase runs of one project altogether. */
  readonly phasesMax: number
}

/** The phase after this one; undefined after the last. */
export function nextPhase(plan: LifecyclePlan, phase: string): string | undefined {
  return plan.phases[plan.phases.findIndex(({ name }) => name === phase) + 1]?.name
}

/** The phase before this one; undefined before the first. */
export function previousPhase(plan: LifecyclePlan, phase: string): string | undefined {
  return plan.phases[plan.phases.findIndex(({ name }) => name === phase) - 1]?.name
}
