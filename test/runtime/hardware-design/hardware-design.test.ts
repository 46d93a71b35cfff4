import { describe, expect, it } from 'vitest'
import { defineAgent } from '../../../src/actors/define-agent.ts'
import { isStagecraftError } from '../../../src/model/errors.ts'
import { nextPhase, previousPhase, type PhasePlan } from '../../../src/model/lifecycle.ts'
import {
  OPTIONAL_AGENTS,
  REQUIRED_AGENTS,
  type HardwareAgents,
} from '../../../src/runtime/hardware-design/agents.ts'
import { hardwareDesign } from '../../../src/runtime/hardware-design/hardware-design.ts'
import { HARDWARE_PHASES } from '../../../src/runtime/hardware-design/phases.ts'
import { allAgents, requiredAgents, viewOf } from './samples.ts'

const { plan } = hardwareDesign({ agents: allAgents })

/** Seconds; `*` critical, `?` conditional, then what it depends on. */
const inWords = ({ tasks }: PhasePlan) =>
  tasks.map(({ name, timeoutMs, critical, conditional, dependsOn }) =>
    [`${name}${critical ? '*' : ''}${conditional ? '?' : ''}`, timeoutMs / 1_000, ...dependsOn].join(' '),
  )

/** Milliseconds of the longest way through the tasks. */
function longestWay({ tasks }: PhasePlan): number {
  const endOf = (name: string): number => {
    const task = tasks.find((one) => one.name === name)
    return (task?.timeoutMs ?? 0) + Math.max(0, ...(task?.dependsOn ?? []).map(endOf))
  }
  return Math.max(...tasks.map(({ name }) => endOf(name)))
}

const codeOf = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    return isStagecraftError(error) ? error.code : error
  }
}

describe('the plan of a hardware design', () => {
  it('has the eight phases with their tasks, timeouts, conditions and dependencies', () => {
    expect(plan.name).toBe('hardware-design')
    expect(plan.phases.map((phase) => [phase.name, ...inWords(phase)])).toEqual([
      ['FEASIBILITY', 'GeometryEstimator* 15', 'CostEstimator 15'],
      [
        'PLANNING',
        'Conversational* 20',
        'Environment 15',
        'Topological? 15',
        'Document 45 Conversational Environment Topological',
      ],
      [
        'GEOMETRY_KERNEL',
        'Designer* 25',
        'Geometry* 60 Designer',
        'MassProperties 30 Geometry',
        'Structural 45 Geometry',
        'Fluid? 60 Geometry',
      ],
      [
        'MULTI_PHYSICS',
        'Thermal 60',
        'Structural 60',
        'Electronics 45',
        'Material 20',
        'Chemistry 20',
        'Physics 60',
      ],
      [
        'MANUFACTURING',
        'Manufacturing* 60',
        'Slicer? 45 Manufacturing',
        'LatticeSynthesis? 90 Manufacturing',
      ],
      [
        'VALIDATION',
        'Surrogate 20',
        'Validation* 60',
        'Forensic? 30 Validation',
        'Optimization? 90 Validation',
      ],
      ['SOURCING', 'Component 60', 'DevOps 30', 'Swarm? 45'],
      ['DOCUMENTATION', 'Document 60', 'Review 30 Document'],
    ])
  })

  it('starts at least four tasks of the physics at once', () => {
    const physics = plan.phases.find(({ name }) => name === 'MULTI_PHYSICS')
    expect(physics?.tasks.filter(({ dependsOn }) => dependsOn.length === 0).length).toBeGreaterThanOrEqual(5)
  })

  it('has gates, an approval, conflicts and a way back where they belong, and nowhere else', () => {
    const having = (has: (phase: PhasePlan) => boolean) => plan.phases.filter(has).map(({ name }) => name)
    expect(having(({ hasGate }) => hasGate)).toEqual(['FEASIBILITY', 'PLANNING', 'VALIDATION'])
    expect(having(({ approval }) => approval !== null)).toEqual(['PLANNING'])
    expect(having(({ detects }) => detects)).toEqual(['MULTI_PHYSICS'])
    expect(having(({ loopbackTo }) => loopbackTo.length > 0)).toEqual(['VALIDATION'])
    expect(plan.phases[5]?.loopbackTo).toEqual(['GEOMETRY_KERNEL'])
    expect(plan.phases[1]?.approval?.when).toBe('on_request')
    expect(plan.phases.map(({ iterationsMax }) => iterationsMax)).toEqual(Array.from({ length: 8 }, () => 3))
    expect(plan.phasesMax).toBe(100)
  })

  it('leaves out tasks whose agent is not given, also as dependencies', () => {
    const least = hardwareDesign({ agents: requiredAgents }).plan
    expect(least.phases.map(inWords)).toEqual([
      ['GeometryEstimator* 15'],
      ['Conversational* 20'],
      ['Designer* 25', 'Geometry* 60 Designer'],
      [],
      ['Manufacturing* 60'],
      ['Validation* 60'],
      [],
      [],
    ])
    const { Document } = allAgents
    const { phases } = hardwareDesign({ agents: { ...requiredAgents, Document, Fluid: undefined } }).plan
    expect(inWords(phases[1]!)).toEqual(['Conversational* 20', 'Document 45 Conversational'])
  })

  it('has tasks of the user’s own after those of a phase', () => {
    const agent = defineAgent({ name: 'Book', run: () => ({}) })
    const tasks = [{ agent, dependsOn: ['Manufacturing'], critical: true }]
    const design = hardwareDesign({ agents: requiredAgents, phases: { MANUFACTURING: { tasks } } })
    const manufacturing = design.plan.phases.find(({ name }) => name === 'MANUFACTURING')
    expect(manufacturing && inWords(manufacturing)).toEqual(['Manufacturing* 60', 'Book* 30 Manufacturing'])
  })

  it('requires exactly the agents of critical tasks, and knows all others', () => {
    const tasks = plan.phases.flatMap((phase) => phase.tasks)
    const critical = tasks.filter((task) => task.critical).map(({ name }) => name)
    expect(critical.toSorted()).toEqual([...REQUIRED_AGENTS].toSorted())
    const others = new Set(tasks.filter((task) => !task.critical).map(({ name }) => name))
    expect([...others].toSorted()).toEqual([...OPTIONAL_AGENTS].toSorted())
  })

  it('knows what comes next and what came before', () => {
    expect(nextPhase(plan, 'FEASIBILITY')).toBe('PLANNING')
    expect(nextPhase(plan, 'PLANNING')).toBe('GEOMETRY_KERNEL')
    expect(nextPhase(plan, 'DOCUMENTATION')).toBeUndefined()
    expect(previousPhase(plan, 'PLANNING')).toBe('FEASIBILITY')
    expect(previousPhase(plan, 'FEASIBILITY')).toBeUndefined()
  })
})

describe('what people are told of the phases', () => {
  it('is complete, and agrees with the plan', () => {
    expect(HARDWARE_PHASES.map(({ name, hasGate, estimatedMs }) => [name, hasGate, estimatedMs])).toEqual(
      plan.phases.map((phase) => [phase.name, phase.hasGate, longestWay(phase)]),
    )
    for (const phase of HARDWARE_PHASES)
      for (const text of [phase.title, phase.description, phase.icon]) expect(text).not.toBe('')
    expect(new Set(HARDWARE_PHASES.map(({ icon }) => icon)).size).toBe(8)
  })
})

describe('the options of a hardware design', () => {
  it('are refused with every required agent that is missing', () => {
    const { Designer: _, Validation: __, ...agents } = requiredAgents
    // @ts-expect-error the type asks for them too
    const make = () => hardwareDesign({ agents })
    expect(make).toThrow('This is no hardware design: it lacks the agents Designer, Validation.')
    expect(codeOf(make)).toBe('lifecycle.invalid')
    for (const nothing of [undefined, null, {}, 7])
      expect(() => hardwareDesign({ agents: nothing as unknown as HardwareAgents })).toThrow(
        REQUIRED_AGENTS.join(', '),
      )
  })

  it('are refused with names and numbers that mean nothing', () => {
    // @ts-expect-error misspelt
    expect(() => hardwareDesign({ agents: { ...requiredAgents, Fluids: allAgents.Fluid } })).toThrow(
      'no task for Fluids',
    )
    // @ts-expect-error misspelt
    expect(() => hardwareDesign({ agents: requiredAgents, phases: { PHYSICS: {} } })).toThrow(
      'no phase PHYSICS',
    )
    for (const budget of [0, -1, Number.NaN, Infinity])
      expect(() => hardwareDesign({ agents: requiredAgents, budget })).toThrow('budget')
    for (const numbers of [{ version: 0 }, { phasesMax: 0.5 }, { approval: { quorum: 0 } }])
      expect(codeOf(() => hardwareDesign({ agents: requiredAgents, ...numbers }))).toBe('lifecycle.invalid')
    const agents = { ...requiredAgents, Fluid: { name: 'fluid' } } as unknown as HardwareAgents
    expect(() => hardwareDesign({ agents })).toThrow('run: must be a function')
    for (const nothing of [null, undefined]) {
      const nobody = { ...requiredAgents, Fluid: nothing, Geometry: nothing } as unknown as HardwareAgents
      expect(() => hardwareDesign({ agents: nobody })).toThrow('it lacks the agents Geometry.')
    }
  })

  it('type what an agent returns', () => {
    const validation = defineAgent({ name: 'v', run: () => ({ passed: 'yes' }) })
    // @ts-expect-error passed is a boolean
    hardwareDesign({ agents: { ...requiredAgents, Validation: validation } })
    const better = defineAgent({ name: 'v', run: () => ({ passed: true, mood: 'good' }) })
    expect(hardwareDesign({ agents: { ...requiredAgents, Validation: better } }).plan.version).toBe(1)
  })

  it('reach the plan', () => {
    const made = hardwareDesign({
      agents: requiredAgents,
      version: 3,
      phasesMax: 20,
      approval: { quorum: 2, separation: true },
      phases: { PLANNING: { review: 'design' }, SOURCING: { timeoutMs: 5_000, compensate: () => {} } },
    }).plan
    expect([made.version, made.phasesMax]).toEqual([3, 20])
    expect(made.phases[1]).toMatchObject({
      review: 'design',
      approval: { when: 'on_request', requires: { quorum: 2, separation: true } },
    })
    expect(made.phases[6]).toMatchObject({ timeoutMs: 5_000, compensates: true })
  })

  it('hold an agent without a schema of its own to what is read of it', () => {
    const tasks = hardwareDesign({ agents: allAgents }).phases.VALIDATION.tasks ?? []
    const validation = tasks.find(({ name }) => name === 'Validation')?.agent
    expect(validation?.output?.['~standard'].validate({ passed: 1 })).toHaveProperty('issues')
    expect(validation?.output?.['~standard'].validate({ passed: true, more: 1 })).toEqual({
      value: { passed: true, more: 1 },
    })
    expect(tasks.find(({ name }) => name === 'Forensic')?.agent.output).toBeUndefined()
  })

  it('give each agent the environment beside its view', async () => {
    const [task] = hardwareDesign({ agents: allAgents }).phases.GEOMETRY_KERNEL.tasks ?? []
    const view = viewOf({ intent: 'A submarine' })
    expect(await task?.input?.(view)).toEqual({ ...view, environment: 'EARTH_MARINE' })
  })
})
