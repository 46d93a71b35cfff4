import { describe, expect, it } from 'vitest'
import { createActor, initialTransition, transition } from 'xstate'
import type { Saying } from '../../src/model/fact.ts'
import { PROJECT_STATES, type LifecyclePlan } from '../../src/model/lifecycle.ts'
import type { ProjectContext } from '../../src/model/project.ts'
import {
  projectMachine,
  type CheckpointParams,
  type ProjectEvent,
  type ProjectMachine,
} from '../../src/machines/project.ts'
import { childLogOf } from '../../src/testing/child-log.ts'
import { describeValue, toPathState } from '../../src/testing/machine-path.ts'
import {
  coverageOf,
  doneEvent,
  lintMachine,
  pathsOf,
  replay,
  seededRandom,
  type Coverage,
} from '../../src/testing/index.ts'
import { sameOnPaths } from '../compile/same-on-paths.ts'
import { mutantOf } from './mutant.ts'
import { phaseResult } from './plans.ts'
import { eventsOf, freePlan, input, plan, seen, shortPlan, type ProjectPathEvent } from './project-events.ts'
import { projectOracle } from './project-oracle.ts'

const machine = projectMachine(plan)
const short = projectMachine(shortPlan)
const free = projectMachine(freePlan)

const pathsThrough = (chart: ProjectMachine) =>
  pathsOf(chart, { input, events: eventsOf(shortPlan), serializeContext: seen })

const paths = pathsThrough(short)

type Path = (typeof paths)[number]

const STEPS_MAX = 40

/** A walk goes everywhere, and comes back. */
function walkThrough(chart: ProjectMachine, of: LifecyclePlan, seed: number): Path {
  const random = seededRandom(seed)
  const see = (context: unknown) => context
  let [snapshot] = initialTransition(chart, input)
  const start = toPathState(snapshot, see)
  const steps: Path['steps'][number][] = []
  for (const events = eventsOf(of); steps.length < STEPS_MAX;) {
    const event = random.pick(events(snapshot))
    // XState's own events are accepted too, whether or not the type lists them.
    ;[snapshot] = transition(chart, snapshot, event as ProjectEvent)
    steps.push({ event, ...toPathState(snapshot, see) })
  }
  const final = toPathState(snapshot, see)
  return { description: `walk ${seed}`, input, start, steps, final, serializeContext: see }
}

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
    const coverage = coverageOf(short)
    for (const path of paths) follow(path, short, shortPlan, coverage)
    coverage.assertComplete()
  })

  it.each([
    ['where much is to be undone', plan],
    ['where nothing is', freePlan],
  ])('keeps its rules on walks by chance through three phases, %s', (_, of) => {
    const visited = new Set<string>()
    const chart = projectMachine(of)
    for (let seed = 1; seed <= 150; seed += 1) {
      const path = walkThrough(chart, of, seed)
      for (const { value } of path.steps) visited.add(describeValue(value))
      follow(path, chart, of)
    }
    const everywhere = [...of.phases.map(({ name }) => name), ...PROJECT_STATES].filter(
      (state) => of === plan || state !== 'ROLLING_BACK',
    )
    expect([...visited].toSorted()).toEqual(everywhere.toSorted())
  })

  it('does the same compiled', () => {
    sameOnPaths(short, paths, 20)
    for (let seed = 1; seed <= 5; seed += 1) sameOnPaths(machine, [walkThrough(machine, plan, seed)])
  })

  it('has as many paths as when they were last counted by hand', () => {
    expect(paths.length).toMatchInlineSnapshot(`3091`)
  })

  const actorAfter = (...events: readonly ProjectPathEvent[]) => {
    const said: Saying[] = []
    const actor = createActor(free.provide({ actors: childLogOf(free).actors }), { input })
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
    const log = childLogOf(free)
    const actor = createActor(free.provide({ actors: log.actors }), { input }).start()
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
        follow(path, mutant, shortPlan)
      } catch (error) {
        return String(error)
      }
    return 'none'
  }

  const approvalEnds = ['states', 'AWAITING_APPROVAL', 'invoke', 'onDone']

  it('when a phase is retried once too often', () => {
    const iterationsLeft = ({ context }: { context: ProjectContext }) => context.iterations <= 2
    expect(faultIn(short.provide({ guards: { iterationsLeft } }))).toMatch(/the check says/)
  })

  it('when one run more than the most is begun', () => {
    const phasesLeft = ({ context }: { context: ProjectContext }) => context.phasesRun <= shortPlan.phasesMax
    expect(faultIn(short.provide({ guards: { phasesLeft } }))).toMatch(/the check says/)
  })

  it('when a phase that nobody approved in time goes on', () => {
    expect(faultIn(mutantOf(short, [...approvalEnds, 0, 'target'], 'COMPLETED'))).toMatch(/the check says/)
  })

  it('when a pause is a way around an approval', () => {
    const awaitsApproval = () => false
    expect(faultIn(short.provide({ guards: { awaitsApproval } }))).toMatch(/the check says/)
  })

  it('when a rejection forgets what was said', () => {
    expect(faultIn(short.provide({ actions: { turnBackRejected: () => {} } }))).toMatch(/the check says/)
  })

  it('when a rollback restores nothing', () => {
    expect(faultIn(short.provide({ actions: { restore: () => {} } }))).toMatch(/the check says/)
  })

  it('when a plan forgets its order', () => {
    const disordered = projectMachine({ ...shortPlan, phases: shortPlan.phases.toReversed() })
    expect(faultIn(disordered)).toMatch(/the check says/)
  })

  it('when a phase that failed is not undone', () => {
    const place = ['states', 'DRAFT', 'invoke', 'onDone', 2, 'target']
    expect(faultIn(mutantOf(short, place, 'FAILED'))).toMatch(/the check says/)
  })

  it('when what a run has done is forgotten', () => {
    expect(faultIn(short.provide({ actions: { haveActed: () => {} } }))).toMatch(/the check says/)
  })

  it('when what was undone would be undone again', () => {
    expect(faultIn(short.provide({ actions: { noteSaga: () => {} } }))).toMatch(/the check says/)
  })

  it('when the word of people who have undone something by hand counts for nothing', () => {
    expect(faultIn(short.provide({ actions: { noteHelp: () => {} } }))).toMatch(/the check says/)
  })

  it('when a wish cuts the undoing short', () => {
    const state: unknown = short.config.states?.ROLLING_BACK
    const cut = { ...Object(state), on: { CANCEL: 'CANCELLED' } }
    expect(faultIn(mutantOf(short, ['states', 'ROLLING_BACK'], cut))).toMatch(/the check says/)
  })

  it('when a project that could not be undone is led elsewhere', () => {
    const place = ['states', 'PAUSED', 'on', 'CANCEL', 'guard']
    expect(faultIn(mutantOf(short, place, undefined))).toMatch(/the check says/)
  })

  it('when nobody says that something cannot be undone', () => {
    const ends = ['states', 'ROLLING_BACK', 'invoke', 'onDone']
    // The end of a saga that had to stop, as if it had not.
    expect(faultIn(mutantOf(short, [...ends, 7, 'guard'], () => false))).toMatch(/the check says/)
  })
})
