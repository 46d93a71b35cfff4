/** A random lifecycle, made real: its plan from the specification, its work from the simulated world. */

import { defineAgent, defineLifecycle, type Lifecycle } from '../../src/runtime/index.ts'
import type { PhaseDefinition, TaskDefinition } from '../../src/runtime/index.ts'
import type { LifecycleSpec, PhaseSpec, TaskSpec } from './project-plan.ts'
import type { Work } from './project-work.ts'

export const PANEL = 'tone'

export const lifecycleOf = ({ name, phases, phasesMax }: LifecycleSpec, work: Work): Lifecycle =>
  defineLifecycle({ name, phasesMax, phases: phases.map((phase) => phaseOf(phase, work)) })

function phaseOf(phase: PhaseSpec, work: Work): PhaseDefinition {
  const { name, loopbackTo, approval, timeoutMs, iterationsMax } = phase
  return {
    name,
    loopbackTo,
    iterationsMax,
    tasks: phase.tasks.map((task) => taskOf(task, phase, work)),
    ...(phase.hasGate && { gate: () => work.gate(phase) }),
    ...(phase.detects && { conflicts: () => work.conflicts() }),
    ...(approval && { approval: { when: approval.when, ...approval.requires } }),
    ...(phase.review === 'panel' && { review: PANEL }),
    ...(phase.review === 'panel with input' && {
      review: { panel: PANEL, input: (view) => work.reviewInput(view) },
    }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(phase.compensates && { compensate: ({ key }) => work.compensate(key) }),
  }
}

function taskOf(task: TaskSpec, phase: PhaseSpec, work: Work): TaskDefinition {
  const { name, dependsOn, critical, timeoutMs, retriesMax, baseMs } = task
  return {
    name,
    dependsOn,
    critical,
    timeoutMs,
    retriesMax,
    agent: defineAgent({
      name: `${name}-agent`,
      retry: { backoff: { baseMs } },
      run: (given, context) => work.agent(task, given, context),
    }),
    ...(task.isConditional && { when: () => work.condition(phase) }),
    ...(task.compensates && { compensate: ({ key }) => work.compensate(key) }),
    ...(task.isIrreversible && { irreversible: true as const }),
    ...(task.hasInput && { input: (view) => work.input(phase, view) as never }),
  }
}
