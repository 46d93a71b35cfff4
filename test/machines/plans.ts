/** Plans of lifecycles and results of phases for testing charts. */

import { DEFAULT_REQUIREMENT, type Requirement } from '../../src/model/approval.ts'
import type { LifecyclePlan, PhasePlan, TaskPlan } from '../../src/model/lifecycle.ts'
import type { PhaseOutcome, PhaseResult } from '../../src/model/phase.ts'

export const taskPlan = (name: string, over: Partial<TaskPlan> = {}): TaskPlan => ({
  name,
  agent: `${name}-agent`,
  dependsOn: [],
  critical: false,
  timeoutMs: 1_000,
  retriesMax: 0,
  conditional: false,
  ...over,
})

export const phasePlan = (name: string, over: Partial<PhasePlan> = {}): PhasePlan => ({
  name,
  description: '',
  tasks: [],
  hasGate: true,
  detects: false,
  loopbackTo: [],
  approval: null,
  review: null,
  timeoutMs: null,
  iterationsMax: 2,
  compensates: false,
  ...over,
})

export const always = (requires: Partial<Requirement> = {}): PhasePlan['approval'] => ({
  when: 'always',
  requires: { ...DEFAULT_REQUIREMENT, ...requires },
})

export const lifecyclePlan = (phases: readonly PhasePlan[], phasesMax: number): LifecyclePlan => ({
  name: 'demo',
  version: 1,
  units: {},
  phases,
  phasesMax,
})

export const phaseResult = (
  phase: string,
  run: number,
  outcome: PhaseOutcome,
  over: Partial<PhaseResult> = {},
): PhaseResult => ({
  phase,
  run,
  outcome,
  cause: outcome === 'HALTED' ? 'halted' : 'gate',
  loopbackTo: null,
  reason: null,
  tasks: { work: { status: 'succeeded', attempts: 1, durationMs: 5, output: `ref:${phase}-${run}` } },
  review: null,
  conflicts: [],
  isa: null,
  ...over,
})
