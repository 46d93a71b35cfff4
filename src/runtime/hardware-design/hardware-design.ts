/** hardwareDesign: the lifecycle of a thing that is designed, made and bought, for agents of one's own. */

import { StagecraftError } from '../../model/errors.ts'
import type { RequirementOptions } from '../../model/approval.ts'
import { defineLifecycle } from '../projects/define-lifecycle.ts'
import type { Lifecycle, PhaseDefinition, PhaseView, TaskDefinition } from '../projects/lifecycle.ts'
import {
  OPTIONAL_AGENTS,
  REQUIRED_AGENTS,
  type HardwareAgent,
  type HardwareAgents,
  type HardwareView,
} from './agents.ts'
import { environmentIn } from './conditions.ts'
import { conflictsIn } from './conflicts.ts'
import { feasibilityGate } from './feasibility-gate.ts'
import { HARDWARE_OUTPUTS, type KnownOutputs } from './outputs.ts'
import { Budget } from './params.ts'
import { HARDWARE_PHASES, type HardwarePhase } from './phases.ts'
import { planningGate } from './planning-gate.ts'
import { HARDWARE_TASKS, type HardwareTask } from './tasks.ts'
import { validationGate } from './validation-gate.ts'

export type HardwareDesignOptions = {
  readonly agents: HardwareAgents
  /** In the currency of the cost estimate; a project's `params.budget` comes before it. Default none. */
  readonly budget?: number
  /** Who approves the plan of a project in plan mode, or what a panel escalates there. */
  readonly approval?: RequirementOptions
  /** Raise it when other agents are given: they make another plan. Default 1. */
  readonly version?: number
  /** Phase runs of one project altogether; default 100. */
  readonly phasesMax?: number
  /** What single phases have beside their own tasks: tasks of yours after those, a panel, a bound in time, how to undo them. */
  readonly phases?: { readonly [Name in HardwarePhase]?: PhaseOptions }
}

export type PhaseOptions = Pick<PhaseDefinition, 'tasks' | 'review' | 'timeoutMs' | 'compensate'>

/**
 * The eight phases of a hardware design, with their tasks, conditions and gates.
 * Throws `lifecycle.invalid` with every required agent that is missing, and for unknown names and numbers out of range.
 */
export function hardwareDesign(options: HardwareDesignOptions): Lifecycle<HardwarePhase> {
  const problems = problemsOf(options)
  if (problems.length > 0)
    throw new StagecraftError('lifecycle.invalid', `This is no hardware design: ${problems.join('; ')}.`)
  const { agents, version, phasesMax, phases = {} } = options
  return defineLifecycle<HardwarePhase>({
    name: 'hardware-design',
    ...(version !== undefined && { version }),
    ...(phasesMax !== undefined && { phasesMax }),
    phases: HARDWARE_PHASES.map(({ name, description }) => ({
      ...phases[name],
      name,
      description,
      tasks: [...tasksOf(HARDWARE_TASKS[name], agents), ...(phases[name]?.tasks ?? [])],
      ...particulars(name, options),
    })),
  })
}

/** What one phase has and others do not. */
function particulars(
  name: HardwarePhase,
  { budget, approval }: HardwareDesignOptions,
): Partial<PhaseDefinition<HardwarePhase>> {
  switch (name) {
    case 'FEASIBILITY':
      return { gate: (view) => feasibilityGate(view, { budget }) }
    case 'PLANNING':
      return { gate: planningGate, approval: { ...approval, when: 'on_request' } }
    case 'MULTI_PHYSICS':
      return { conflicts: conflictsIn }
    case 'VALIDATION':
      return { gate: validationGate, loopbackTo: ['GEOMETRY_KERNEL'] }
    default:
      return {}
  }
}

function tasksOf(rows: readonly HardwareTask[], agents: HardwareAgents): readonly TaskDefinition[] {
  const given = rows.filter((row) => isGiven(agents[row.agent]))
  return given.map(({ agent: name, timeoutMs, critical, dependsOn, when }) => {
    // Only rows whose agent is given are left.
    const agent = agents[name] as HardwareAgent
    const known = name in HARDWARE_OUTPUTS ? HARDWARE_OUTPUTS[name as keyof KnownOutputs] : undefined
    const definition = {
      name,
      agent: { ...agent, output: agent.output ?? known },
      input: withEnvironment,
      critical,
      timeoutMs,
      dependsOn: dependsOn.filter((other) => given.some((row) => row.agent === other)),
      ...(when && { when }),
    }
    // What an agent takes is checked by its own schema when it runs; here nobody needs to know the type.
    return definition as unknown as TaskDefinition
  })
}

const withEnvironment = (view: PhaseView): HardwareView => ({ ...view, environment: environmentIn(view) })

const isGiven = (agent: unknown): boolean => agent !== undefined && agent !== null

function problemsOf({ agents, budget, phases }: HardwareDesignOptions): readonly string[] {
  const given = Object.entries(Object(agents) as object)
  const missing = REQUIRED_AGENTS.filter(
    (name) => !given.some(([key, agent]) => key === name && isGiven(agent)),
  )
  const known: readonly string[] = [...REQUIRED_AGENTS, ...OPTIONAL_AGENTS]
  const unknown = given.map(([name]) => name).filter((name) => !known.includes(name))
  const names: readonly string[] = HARDWARE_PHASES.map(({ name }) => name)
  const elsewhere = Object.keys(phases ?? {}).filter((name) => !names.includes(name))
  return [
    ...(missing.length > 0 ? [`it lacks the agents ${missing.join(', ')}`] : []),
    ...(unknown.length > 0
      ? [`it has no task for ${unknown.join(', ')}; there are ${known.join(', ')}`]
      : []),
    ...(elsewhere.length > 0 ? [`it has no phase ${elsewhere.join(', ')}`] : []),
    ...(budget === undefined || Budget.safeParse(budget).success ? [] : ['budget must be a number above 0']),
  ]
}
