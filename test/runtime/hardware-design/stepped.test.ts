import { describe, expect, it } from 'vitest'
import { defineAgent } from '../../../src/actors/define-agent.ts'
import type { HardwareAgents } from '../../../src/runtime/hardware-design/agents.ts'
import { hardwareDesign } from '../../../src/runtime/hardware-design/hardware-design.ts'
import { ORDER } from './design-events.ts'
import { allAgents, requiredAgents } from './samples.ts'
import { SteppedProject, type SteppedOptions } from './stepped-project.ts'

const INTENT = 'Design a quadcopter for agricultural surveying'

async function runOf(agents: HardwareAgents, options: Partial<SteppedOptions> = {}): Promise<SteppedProject> {
  const project = new SteppedProject(hardwareDesign({ agents }), { intent: INTENT, ...options })
  await project.run()
  return project
}

const runsOf = (project: SteppedProject) => project.saidOf('PHASE_STARTED').map(({ phase }) => phase)
const answersOf = (project: SteppedProject) =>
  // The chart says both as texts.
  project.saidOf('GATE_ANSWERED').map(({ phase, result }) => `${phase as string} ${result as string}`)

const passing = (passedAt: number, more: object = {}) => {
  let runs = 0
  return defineAgent({
    name: 'validation',
    run: () => {
      runs += 1
      return { passed: runs >= passedAt, ...more }
    },
  })
}

describe('a hardware design, stepped purely', () => {
  it('goes through its eight phases to the end', async () => {
    const project = await runOf(allAgents)
    expect(project.state).toBe('COMPLETED')
    expect(runsOf(project)).toEqual(ORDER)
    expect(Object.keys(project.results)).toEqual(ORDER)
  })

  it('waits in plan mode, goes on when approved, and repeats the planning with the feedback when rejected', async () => {
    const heard: unknown[] = []
    const Conversational = defineAgent({
      name: 'conversational',
      run: (view) => {
        heard.push((view as { feedback: { comment: string | null } | null }).feedback?.comment)
        return {}
      },
    })
    const project = await runOf({ ...requiredAgents, Conversational }, { mode: 'plan' })
    expect([project.state, project.project.phase]).toEqual(['AWAITING_APPROVAL', 'PLANNING'])
    await project.decide('REJECTED', 'Need more details')
    expect([project.state, project.project.phase]).toEqual(['AWAITING_APPROVAL', 'PLANNING'])
    expect(Object.keys(project.results)).toEqual(['FEASIBILITY'])
    await project.decide('APPROVED')
    expect(project.state).toBe('COMPLETED')
    expect(heard).toEqual([undefined, 'Need more details'])
  })

  it('ends with its plan when that was all that was wanted', async () => {
    const project = await runOf(requiredAgents, { mode: 'plan' })
    await project.decide('PLAN_ONLY')
    expect(project.state).toBe('PLAN_ONLY')
    expect(Object.keys(project.results)).toEqual(['FEASIBILITY', 'PLANNING'])
  })

  it('repeats the validation until it passes', async () => {
    const project = await runOf({ ...allAgents, Validation: passing(3) })
    expect(answersOf(project).slice(-3)).toEqual(['VALIDATION RETRY', 'VALIDATION RETRY', 'VALIDATION PASS'])
    expect(project.state).toBe('COMPLETED')
  })

  it('fails after three validations', async () => {
    const project = await runOf({ ...allAgents, Validation: passing(4) })
    expect(runsOf(project).filter((phase) => phase === 'VALIDATION').length).toBe(3)
    expect([project.state, project.project.reason]).toEqual(['FAILED', 'phase_failed'])
  })

  it('makes the geometry anew when the validation asks for it', async () => {
    const project = await runOf({ ...allAgents, Validation: passing(2, { changesGeometry: true }) })
    expect(runsOf(project)).toEqual([...ORDER.slice(0, 6), ...ORDER.slice(2)])
    expect(project.state).toBe('COMPLETED')
  })

  it('goes on when an agent fails that is not critical, and finds no conflict in what it did not say', async () => {
    const Thermal = defineAgent({
      name: 'thermal',
      run: () => {
        throw new Error('no solver')
      },
    })
    const project = await runOf({ ...allAgents, Thermal })
    expect(project.state).toBe('COMPLETED')
    expect(project.project.results['MULTI_PHYSICS']?.tasks['Thermal']).toMatchObject({ status: 'failed' })
  })

  it('does not pass what a critical agent could not do', async () => {
    const Validation = defineAgent({ name: 'validation', run: () => ({ passed: 'yes' }) as never })
    const project = await runOf({ ...requiredAgents, Validation })
    expect([project.state, project.project.phase]).toEqual(['FAILED', 'VALIDATION'])
  })

  it('runs conditional tasks only where they belong', async () => {
    const skipped = async (intent: string) => {
      const project = await runOf(allAgents, { intent })
      return project.saidOf('AGENT_SKIPPED').map(({ task }) => task)
    }
    const always = ['Slicer', 'LatticeSynthesis', 'Forensic', 'Optimization']
    expect(await skipped('A bracket')).toEqual(['Topological', 'Fluid', ...always, 'Swarm'])
    expect(await skipped('A drone')).toEqual(['Topological', ...always, 'Swarm'])
    expect(await skipped('A fleet of drones that map the terrain')).toEqual(always)
  })

  it.each([
    [{ process: 'CNC' }, 12, ['Slicer']],
    [{ process: '3D_PRINT' }, 11, ['LatticeSynthesis']],
  ])(
    'slices what is printed and lightens what is too heavy: %o of %s kg for 10',
    async (made, massKg, skipped) => {
      const Manufacturing = defineAgent({ name: 'manufacturing', run: () => made })
      const MassProperties = defineAgent({ name: 'mass', run: () => ({ massKg }) })
      const agents = { ...allAgents, Manufacturing, MassProperties }
      const project = await runOf(agents, { params: { targetMassKg: 10 } })
      const ofPhase = project.saidOf('AGENT_SKIPPED').filter(({ phase }) => phase === 'MANUFACTURING')
      expect(ofPhase.map(({ task }) => task)).toEqual(skipped)
    },
  )
})
