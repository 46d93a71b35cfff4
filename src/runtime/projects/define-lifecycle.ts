/** defineLifecycle: reads the phases, plans them, and builds the chart. */

import { z } from 'zod'
import { projectMachine } from '../../machines/project.ts'
import { retriesMax, timeoutMs } from '../../model/agent.ts'
import { Requirement } from '../../model/approval.ts'
import { StagecraftError } from '../../model/errors.ts'
import { PROJECT_STATES, type LifecyclePlan, type PhasePlan, type TaskPlan } from '../../model/lifecycle.ts'
import { LIMITS } from '../../model/limits.ts'
import { Name } from '../../model/name.ts'
import { fn } from '../../model/function-schema.ts'
import type { Lifecycle, LifecycleDefinition, PhaseDefinition, Task, TaskDefinition } from './lifecycle.ts'

const Task = z.strictObject({
  name: Name.optional(),
  agent: z.looseObject({ name: Name, run: fn, settings: z.looseObject({}) }, 'must be made by defineAgent'),
  input: fn.optional(),
  dependsOn: z.array(z.string()).default([]),
  critical: z.boolean().default(false),
  timeoutMs: timeoutMs.optional(),
  retriesMax: retriesMax.optional(),
  when: fn.optional(),
  compensate: fn.optional(),
  irreversible: z.literal(true).optional(),
})

const Phase = z.strictObject({
  name: Name,
  description: z.string().default(''),
  tasks: z.array(Task).max(LIMITS.tasksMax).default([]),
  gate: fn.optional(),
  loopbackTo: z.array(z.string()).default([]),
  approval: z.looseObject({ when: z.enum(['always', 'on_request']).default('always') }).optional(),
  review: z.union([z.string(), z.strictObject({ panel: z.string(), input: fn })]).optional(),
  conflicts: fn.optional(),
  timeoutMs: z.number().min(1).optional(),
  iterationsMax: z.int().min(1).max(LIMITS.phasesMax).default(LIMITS.iterationsMax),
  compensate: fn.optional(),
})

const Definition = z.strictObject({
  name: Name,
  version: z.int().min(1).default(1),
  phases: z.array(Phase).min(1, 'needs at least one phase').max(LIMITS.phasesMax),
  phasesMax: z.int().min(1).default(LIMITS.phasesMax),
  units: z.record(z.string(), z.string()).default({}),
})

/** Types a task's `input` by its agent. */
export function defineTask<Input, Output>(task: TaskDefinition<Input, Output>): Task {
  return task
}

/**
 * Defines a lifecycle: any list of phases becomes one statechart whose states are the phases and AWAITING_APPROVAL.
 * Throws `lifecycle.invalid` for unknown, duplicate or circular names and for numbers out of range.
 */
export function defineLifecycle<const PhaseName extends string>(
  definition: LifecycleDefinition<PhaseName>,
): Lifecycle<PhaseName> {
  const plan = planOf(definition)
  const phases = Object.fromEntries(
    definition.phases.map((phase) => [phase.name, Object.freeze({ ...phase })]),
  )
  return Object.freeze({
    name: plan.name,
    version: plan.version,
    plan,
    machine: projectMachine(plan),
    // Every phase of the definition is there under its own name.
    phases: Object.freeze(phases) as unknown as Readonly<Record<PhaseName, PhaseDefinition>>,
  })
}

function planOf(definition: LifecycleDefinition): LifecyclePlan {
  const parsed = Definition.safeParse(definition)
  if (!parsed.success)
    refuse(
      definition,
      parsed.error.issues.map((issue) => `${issue.path.join('.') || 'definition'}: ${issue.message}`),
    )
  const { name, version, phases, phasesMax, units } = parsed.data
  const plan = { name, version, phasesMax, units, phases: phases.map(phasePlan) }
  const problems = [
    ...namingProblems(plan),
    ...plan.phases.flatMap((phase, index) => phaseProblems(plan, phase, index)),
  ]
  if (problems.length > 0) refuse(definition, problems)
  return plan
}

function refuse(definition: unknown, problems: readonly string[]): never {
  throw new StagecraftError(
    'lifecycle.invalid',
    `The definition of lifecycle ${JSON.stringify(Object(definition).name)} is not valid: ${problems.join('; ')}.`,
  )
}

function phasePlan(phase: z.infer<typeof Phase>): PhasePlan {
  const { when, ...requires } = phase.approval ?? { when: 'always' as const }
  const read = Requirement.safeParse(requires)
  if (!read.success)
    refuse(
      { name: phase.name },
      read.error.issues.map((issue) => `approval.${issue.path.join('.')}: ${issue.message}`),
    )
  return {
    name: phase.name,
    description: phase.description,
    tasks: phase.tasks.map(taskPlan),
    hasGate: phase.gate !== undefined,
    detects: phase.conflicts !== undefined,
    loopbackTo: phase.loopbackTo,
    approval: phase.approval ? { when, requires: read.data } : null,
    review: typeof phase.review === 'string' ? phase.review : (phase.review?.panel ?? null),
    timeoutMs: phase.timeoutMs ?? null,
    iterationsMax: phase.iterationsMax,
    compensates: phase.compensate !== undefined,
  }
}

function taskPlan(task: z.infer<typeof Task>): TaskPlan {
  // Read by the schema above to be an agent of ours.
  const { settings } = task.agent as unknown as Task['agent']
  return {
    name: task.name ?? task.agent.name,
    agent: task.agent.name,
    dependsOn: task.dependsOn,
    critical: task.critical,
    timeoutMs: task.timeoutMs ?? settings.timeoutMs,
    retriesMax: task.retriesMax ?? settings.retry.retriesMax,
    conditional: task.when !== undefined,
    ...(task.compensate && { compensates: true }),
    ...(task.irreversible && { irreversible: true }),
  }
}

const duplicates = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index)

function namingProblems({ phases }: LifecyclePlan): readonly string[] {
  const names = phases.map(({ name }) => name)
  const taken: readonly string[] = PROJECT_STATES
  return [
    ...duplicates(names).map((name) => `two phases have the name "${name}"`),
    ...names
      .filter((name) => taken.includes(name))
      .map((name) => `"${name}" is a state of every project, no phase`),
  ]
}

function phaseProblems({ phases }: LifecyclePlan, phase: PhasePlan, index: number): readonly string[] {
  const reachable = phases.slice(0, index + 1).map(({ name }) => name)
  const tasks = phase.tasks.map(({ name }) => name)
  const circle = circleIn(phase.tasks)
  return [
    ...phase.loopbackTo
      .filter((name) => !reachable.includes(name))
      .map(
        (name) => `phase "${phase.name}" cannot loop back to "${name}"; it can to ${reachable.join(', ')}`,
      ),
    ...duplicates(tasks).map((name) => `two tasks of phase "${phase.name}" have the name "${name}"`),
    ...phase.tasks.flatMap(({ name, dependsOn }) =>
      dependsOn
        .filter((other) => !tasks.includes(other))
        .map(
          (other) =>
            `task "${name}" of phase "${phase.name}" depends on "${other}", which is not a task of it`,
        ),
    ),
    ...(circle ? [`Circular dependency in phase "${phase.name}": ${circle.join(' -> ')}`] : []),
  ]
}

/** The first circle of dependencies, its first name again at its end. */
function circleIn(tasks: readonly TaskPlan[]): readonly string[] | undefined {
  const dependsOn = new Map(tasks.map((task) => [task.name, task.dependsOn]))
  const cleared = new Set<string>()
  const walk = (name: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name]
    if (cleared.has(name)) return undefined
    for (const other of dependsOn.get(name) ?? []) {
      const circle = walk(other, [...way, name])
      if (circle) return circle
    }
    cleared.add(name)
    return undefined
  }
  for (const { name } of tasks) {
    const circle = walk(name, [])
    if (circle) return circle
  }
  return undefined
}
