import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import type { Saying } from '../../src/model/fact.ts'
import type { LifecyclePlan } from '../../src/model/lifecycle.ts'
import type { ProjectContext } from '../../src/model/project.ts'
import {
  projectMachine,
  type CheckpointParams,
  type ProjectEvent,
  type ProjectMachine,
} from '../../src/machines/project.ts'
import { childLogOf } from '../../src/testing/child-log.ts'
import {
  coverageOf,
  doneEvent,
  lintMachine,
  pathsOf,
  replay,
  type Coverage,
} from '../../src/testing/index.ts'
import { mutantOf } from './mutant.ts'
import { phaseResult } from './plans.ts'
import { eventsIn, input, plan, seen, type ProjectPathEvent } from './project-events.ts'
import { projectOracle } from './project-oracle.ts'

const machine = projectMachine(plan)

const pathsThrough = (chart: ProjectMachine) =>
  pathsOf(chart, { input, events: eventsIn, serializeContext: seen })

type Path = ReturnType<typeof pathsThrough>[number]

/** Replays one path with the rules of `of` in force. */
function follow(path: Path, chart: ProjectMachine, of: LifecyclePlan, coverage?: Coverage): void {
  const saved: CheckpointParams[] = []
  const watched = chart.provide({
    actions: {
      saveCheckpoint: (_, params) => {
        saved.push(params)
      },
    },
  })
  replay(path, watched, { check: projectOracle(of, saved), ...(coverage && { inspect: coverage.inspect }) })
}

describe('the project chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(machine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    const coverage = coverageOf(machine)
    for (const path of pathsThrough(machine)) follow(path, machine, plan, coverage)
    coverage.assertComplete()
  })

  it('has as many paths as when they were last counted by hand', () => {
    expect(pathsThrough(machine).length).toMatchInlineSnapshot(`3633`)
  })

  const actorAfter = (...events: readonly ProjectPathEvent[]) => {
    const said: Saying[] = []
    const actor = createActor(machine.provide({ actors: childLogOf(machine).actors }), { input })
    actor.start()
    actor.on('*', (fact) => said.push(fact))
    // XState's own events are accepted too, whether or not the type lists them.
    for (const event of events) actor.send(event as ProjectEvent)
    return { context: actor.getSnapshot().context, value: actor.getSnapshot().value, said }
  }

  it('tells of a conflict when it is found and when it is gone, once each and phase by phase', () => {
    const conflict = (id: string) => ({ id, between: ['a', 'b'], message: `ref:${id}` })
    const { said, context } = actorAfter(
      { type: 'START' },
      doneEvent(
        'phase',
        phaseResult('DRAFT', 1, 'RETRY', { conflicts: [conflict('mass'), conflict('heat')] }),
      ),
      doneEvent(
        'phase',
        phaseResult('DRAFT', 2, 'PASS', { conflicts: [conflict('heat'), conflict('cost')] }),
      ),
      doneEvent(
        'phase',
        phaseResult('PLAN', 3, 'LOOPBACK', { loopbackTo: 'DRAFT', conflicts: [conflict('heat')] }),
      ),
      doneEvent('phase', phaseResult('DRAFT', 4, 'PASS')),
    )
    const told = said.filter(({ type }) => type.startsWith('CONFLICT'))
    expect(told.map(({ type, payload }) => [type, Object(payload).phase, Object(payload).id])).toEqual([
      ['CONFLICT_DETECTED', 'DRAFT', 'mass'],
      ['CONFLICT_DETECTED', 'DRAFT', 'heat'],
      ['CONFLICT_DETECTED', 'DRAFT', 'cost'],
      ['CONFLICT_RESOLVED', 'DRAFT', 'mass'],
      ['CONFLICT_DETECTED', 'PLAN', 'heat'],
      ['CONFLICT_RESOLVED', 'DRAFT', 'heat'],
      ['CONFLICT_RESOLVED', 'DRAFT', 'cost'],
    ])
    expect(context.conflicts).toEqual(['PLAN:heat'])
  })

  it('goes on after a pause with what was done before it, under the same number', () => {
    const done = { status: 'succeeded', attempts: 1, durationMs: 5, output: 'ref:done' } as const
    const cut = { status: 'cancelled', attempts: 0, durationMs: 0 } as const
    const log = childLogOf(machine)
    const actor = createActor(machine.provide({ actors: log.actors }), { input }).start()
    actor.send({ type: 'START' })
    actor.send(doneEvent('phase', phaseResult('DRAFT', 1, 'HALTED', { tasks: { done, cut } })))
    actor.send({ type: 'RESUME' })
    expect(log.children.at(-1)).toMatchObject({
      status: 'running',
      input: { run: 1, iteration: 1, kept: { done } },
    })
    actor.send(doneEvent('phase', phaseResult('DRAFT', 1, 'RETRY')))
    expect(log.children.at(-1)).toMatchObject({
      status: 'running',
      input: { run: 2, iteration: 2, kept: {} },
    })
  })
})

describe('a project chart with a fault is caught by the rules', () => {
  /** What the rules say of the first path that breaks one. */
  const faultIn = (mutant: ProjectMachine): string => {
    for (const path of pathsThrough(mutant))
      try {
        follow(path, mutant, plan)
      } catch (error) {
        return String(error)
      }
    return 'none'
  }

  const approvalEnds = ['states', 'AWAITING_APPROVAL', 'invoke', 'onDone']

  it('when a phase is retried once too often', () => {
    const iterationsLeft = ({ context }: { context: ProjectContext }) => context.iterations <= 2
    expect(faultIn(machine.provide({ guards: { iterationsLeft } }))).toMatch(/the check says/)
  })

  it('when one run more than the most is begun', () => {
    const phasesLeft = ({ context }: { context: ProjectContext }) => context.phasesRun <= plan.phasesMax
    expect(faultIn(machine.provide({ guards: { phasesLeft } }))).toMatch(/the check says/)
  })

  it('when a phase that nobody approved in time goes on', () => {
    expect(faultIn(mutantOf(machine, [...approvalEnds, 0, 'target'], 'BUILD'))).toMatch(/the check says/)
  })

  it('when a pause is a way around an approval', () => {
    const awaitsApproval = () => false
    expect(faultIn(machine.provide({ guards: { awaitsApproval } }))).toMatch(/the check says/)
  })

  it('when a rejection forgets what was said', () => {
    const actions = ['noteApproval', 'sayPhaseRetrying']
    expect(faultIn(mutantOf(machine, [...approvalEnds, 5, 'actions'], actions))).toMatch(/the check says/)
  })

  it('when a rollback restores nothing', () => {
    expect(faultIn(machine.provide({ actions: { restore: () => {} } }))).toMatch(/the check says/)
  })

  it('when a plan forgets its order', () => {
    const [draft, middle, build] = plan.phases
    const disordered = projectMachine({ ...plan, phases: [draft!, build!, middle!] })
    expect(faultIn(disordered)).toMatch(/the check says/)
  })
})
