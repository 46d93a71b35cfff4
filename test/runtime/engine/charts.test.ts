import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign, emit, sendTo, setup, type AnyStateMachine } from 'xstate'
import { port } from '../../../src/machines/port.ts'
import {
  NO_CHARTS,
  ROOT,
  slotOf,
  stepCharts,
  type Charts,
  type Stepped,
} from '../../../src/runtime/engine/charts.ts'
import { decide, decideFirst } from '../../../src/runtime/engine/decide.ts'
import { lifecyclePlan, phasePlan } from '../../machines/plans.ts'
import { projectMachine } from '../../../src/machines/project.ts'
import { phaseMachine } from '../../../src/machines/phase.ts'
import {
  answer,
  begin,
  causesIn,
  decideBy,
  done,
  endOf,
  settle,
  step,
  steppingAt,
  verdict,
  wish,
  type Walk,
} from './walk.ts'

/** A way through whatever may happen, by chance. */
const walks = fc.noBias(fc.array(fc.nat(), { minLength: 10, maxLength: 50 })).map((picks) => {
  let walk = step(begin(), wish('START'))
  for (const pick of picks) {
    const causes = causesIn(walk)
    walk = step(walk, causes[pick % causes.length]!)
  }
  return walk
})

const anyWalk = (check: (walk: Walk) => void) => fc.assert(fc.property(walks, check), { numRuns: 60 })
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const types = ({ sayings }: Pick<Stepped, 'sayings'>) => sayings.map(({ type }) => type)

describe('the charts of a project, however it goes', () => {
  it('come to every kind of place on walks by chance, or what follows would say little', () => {
    const places = new Set(
      fc.sample(walks, { numRuns: 150, seed: 1 }).flatMap(({ steps }) => steps.map(({ state }) => state)),
    )
    for (const state of ['PLAN', 'AWAITING_APPROVAL', 'PAUSED', 'ROLLING_BACK', 'FAILED', 'COMPLETED'])
      expect(places).toContain(state)
  })

  it('open every command under a key of its own', () => {
    anyWalk(({ steps }) => {
      const keys = steps.flatMap(({ opens }) => opens.map(({ key }) => key))
      expect(new Set(keys).size).toBe(keys.length)
    })
  })

  it('come to the same again from the same causes, keys and all, also from what a store gave back', () => {
    anyWalk(({ steps }) => {
      for (const { cause, seq, before, ...stepped } of steps) {
        expect(stepCharts(before, cause, steppingAt(seq))).toEqual(stepped)
        expect(copy(stepCharts(copy(before), copy(cause), steppingAt(seq)))).toEqual(copy(stepped))
      }
    })
  })

  it('are JSON and nothing else', () => {
    anyWalk(({ steps }) => {
      for (const { charts, opens } of steps) expect(copy({ charts, opens })).toEqual({ charts, opens })
    })
  })

  it('owe exactly what was opened and not closed yet, each to a chart that is there', () => {
    anyWalk(({ charts, open }) => {
      const slots = open.map(({ address, id, key }) => [slotOf(address, id), key])
      expect(charts.open).toEqual(Object.fromEntries(slots))
      for (const { address } of open) expect(Object.keys(charts.charts)).toContain(address)
      for (const address of Object.keys(charts.charts))
        if (address !== ROOT)
          expect(charts.charts).toHaveProperty([address.slice(0, address.lastIndexOf('/'))])
    })
  })

  it('close only what an earlier step has opened, and once', () => {
    anyWalk(({ steps }) => {
      const open = new Set<string>()
      for (const { opens, closes } of steps) {
        for (const key of closes) expect(open.delete(key), key).toBe(true)
        for (const { key } of opens) open.add(key)
      }
    })
  })

  it('say where the outermost one stands, whether or not the step has touched it', () => {
    anyWalk(({ steps }) => {
      for (const { charts, state, ended } of steps) {
        expect(charts.charts[ROOT]?.snapshot).toMatchObject({ value: state })
        expect(ended).toBe(['COMPLETED', 'PLAN_ONLY', 'FAILED', 'CANCELLED'].includes(state))
      }
    })
  })

  it('say something whenever the project comes to stand elsewhere, unless it is to be undone first', () => {
    anyWalk(({ steps }) => {
      let before = ''
      for (const { state, sayings } of steps) {
        const isSilent = sayings.length === 0
        expect(isSilent && state !== before && state !== 'ROLLING_BACK', `${before} -> ${state}`).toBe(false)
        before = state
      }
    })
  })
})

describe('a step', () => {
  const started = () => step(begin(), wish('START'))
  const tasksDone = () =>
    settle(settle(settle(started(), 'task.left', done), 'task.right', done), 'task.both', done)
  const reviewed = () => settle(tasksDone(), 'review', verdict('allow'))
  const asked = () =>
    settle(settle(settle(reviewed(), 'gate', answer('PASS')), 'task.plan', done), 'gate', answer('PASS'))
  const last = ({ steps }: Walk) => steps.at(-1)!
  const slots = ({ charts }: Walk) => Object.keys(charts.open)

  it('starts the chart of a child, and opens what has no chart as work', () => {
    const { opens, charts } = last(started())
    expect(Object.keys(charts.charts)).toEqual(['root', 'root/phase'])
    expect(opens.map(({ id, kind, address }) => [id, kind, address])).toEqual([
      ['xstate.after.phaseTimeout.phase.underway', 'timer', 'root/phase'],
      ['task.left', 'work', 'root/phase'],
      ['task.right', 'work', 'root/phase'],
    ])
    expect(opens[0]).toMatchObject({ dueAt: last(started()).seq * 10 + 1_000 })
    expect(opens[1]).toMatchObject({ source: 'task', input: { phase: 'DRAFT', run: 1, task: 'left' } })
  })

  it('tells of the parent before the child it starts, and of the child before what its end leads to', () => {
    expect(types(last(started()))).toEqual(['PROJECT_STARTED', 'CHECKPOINT_CREATED', 'PHASE_STARTED'])
    expect(types(last(settle(reviewed(), 'gate', answer('PASS'))))).toEqual([
      'GATE_ANSWERED',
      'PHASE_COMPLETED',
      'CHECKPOINT_CREATED',
      'PHASE_STARTED',
    ])
    expect(types(last(asked()))).toEqual(['GATE_ANSWERED', 'APPROVAL_REQUESTED'])
  })

  it('gives the output of a child that ends to its parent, and forgets the child', () => {
    const walk = step(step(asked(), decideBy('ref:ana', 'APPROVED')), decideBy('ref:ben', 'APPROVED'))
    expect(types(last(walk)).slice(0, 2)).toEqual(['APPROVAL_RECEIVED', 'PHASE_COMPLETED'])
    // BUILD has nothing to do, so it begins and ends in the same step.
    expect(last(walk).state).toBe('COMPLETED')
    expect(Object.keys(walk.charts.charts)).toEqual(['root'])
    expect(walk.open).toEqual([])
  })

  it('takes an event down to a child and what comes of it up again: a pause leaves nothing open', () => {
    const walk = step(settle(started(), 'task.left', done), wish('PAUSE'))
    expect(types(last(walk))).toEqual(['AGENT_CANCELLED', 'PHASE_HALTED', 'PROJECT_PAUSED'])
    expect(Object.keys(walk.charts.charts)).toEqual(['root'])
    expect(walk.open).toEqual([])
    const resumed = step(walk, wish('RESUME'))
    expect(slots(resumed)).toEqual([
      'root/phase xstate.after.phaseTimeout.phase.underway',
      'root/phase task.right',
    ])
  })

  it('removes a child with everything it has open', () => {
    const before = started()
    const cancelled = step(before, wish('CANCEL'))
    expect([...last(cancelled).closes].toSorted()).toEqual(before.open.map(({ key }) => key).toSorted())
    expect(Object.keys(cancelled.charts.charts)).toEqual(['root'])
    expect(cancelled.charts.open).toEqual({})
  })

  it('stops the other tasks when a critical one fails', () => {
    const before = started()
    const failed = settle(before, 'task.right', { status: 'failed', attempts: 1, durationMs: 1 })
    expect(last(failed).state).toBe('FAILED')
    expect(last(failed).closes).toHaveLength(3)
    expect(types(last(failed))).toEqual([
      'AGENT_FAILED',
      'AGENT_SKIPPED',
      'AGENT_CANCELLED',
      'PHASE_FAILED',
      'PROJECT_FAILED',
    ])
  })

  it('takes no notice of what comes to an address that is gone', () => {
    const before = started()
    const [, task] = before.open
    const gone = step(before, wish('CANCEL'))
    for (const cause of [
      endOf(task!, done),
      decideBy('ref:ana', 'APPROVED'),
      { ...wish('HALT'), to: 'root/a/b' },
    ]) {
      const { charts, sayings, opens, closes, state } = last(step(gone, cause))
      expect({ charts, sayings, opens, closes, state }).toEqual({
        charts: gone.charts,
        sayings: [],
        opens: [],
        closes: [],
        state: 'CANCELLED',
      })
    }
  })

  it('begins a phase anew under new keys', () => {
    const before = reviewed()
    const again = settle(before, 'gate', answer('RETRY'))
    const firstKeys = started().open.map(({ key }) => key)
    expect(again.open.map(({ id }) => id)).toEqual(started().open.map(({ id }) => id))
    for (const { key } of again.open) expect(firstKeys).not.toContain(key)
    expect(again.charts.charts['root/phase']?.snapshot).toMatchObject({ context: { run: 2, iteration: 2 } })
  })

  it('goes through phases that have nothing to do at once', () => {
    const plan = lifecyclePlan(
      ['A', 'B', 'C'].map((name) => phasePlan(name, { hasGate: false })),
      9,
    )
    const machines: Record<string, AnyStateMachine> = { project: projectMachine(plan), phase: phaseMachine }
    const stepping = { ...steppingAt(1), machineOf: (source: string) => machines[source] }
    const first = stepCharts(NO_CHARTS, begin().steps[0]!.cause, stepping)
    const { state, sayings } = stepCharts(first.charts, wish('START'), { ...stepping, seq: 2 })
    expect(state).toBe('COMPLETED')
    expect(types({ sayings }).filter((type) => type === 'PHASE_STARTED')).toHaveLength(3)
  })
})

describe('a chart of its own', () => {
  const base = setup({
    types: { events: {} as { type: 'GO' | 'BACK' | 'STEP' }, emitted: {} as { type: string } },
    actors: { work: port<undefined, number>('work') },
    delays: { soon: 500, never: Infinity },
    actions: { say: emit({ type: 'SAID' }), custom: () => {} },
  })
  const stepping = (machine: AnyStateMachine, seq: number) => ({
    journal: 'demo',
    seq,
    at: 1_000,
    machineOf: (source: string) => (source === 'own' ? machine : undefined),
  })
  const first = (machine: AnyStateMachine): Stepped =>
    stepCharts(
      NO_CHARTS,
      { to: ROOT, event: { type: 'xstate.init', source: 'own', input: {} }, settles: null },
      stepping(machine, 1),
    )
  const then = (machine: AnyStateMachine, charts: Charts, type: string, settles: string | null = null) =>
    stepCharts(charts, { to: ROOT, event: { type }, settles }, stepping(machine, 2))

  it('never shows what is opened and closed within one step', () => {
    const machine = base.createMachine({
      id: 'own',
      initial: 'idle',
      states: {
        idle: { on: { GO: 'brief' } },
        brief: { invoke: { src: 'work', id: 'work' }, after: { soon: 'idle' }, always: 'kept' },
        kept: { invoke: { src: 'work', id: 'work' } },
      },
    })
    const { charts } = first(machine)
    const { opens, closes, charts: after } = then(machine, charts, 'GO')
    expect(opens.map(({ id, kind }) => [id, kind])).toEqual([['work', 'work']])
    expect(closes).toEqual([])
    expect(Object.values(after.open)).toEqual(opens.map(({ key }) => key))
  })

  it('arms a timer at its absolute time, disarms it when it is left, and arms none that would never fire', () => {
    const machine = base.createMachine({
      id: 'own',
      initial: 'waiting',
      states: { waiting: { after: { soon: 'idle', never: 'idle' }, on: { GO: 'idle' } }, idle: {} },
    })
    const { charts, opens } = first(machine)
    expect(opens).toMatchObject([
      { kind: 'timer', dueAt: 1_500, event: { type: 'xstate.after.soon.own.waiting' } },
    ])
    const left = then(machine, charts, 'GO')
    expect(left.closes).toEqual(opens.map(({ key }) => key))
    const fired = then(machine, charts, 'xstate.after.soon.own.waiting', opens[0]!.id)
    expect([fired.state, fired.closes]).toEqual(['idle', left.closes])
  })

  it('replaces what it opens again under the same id', () => {
    const machine = base.createMachine({
      id: 'own',
      initial: 'busy',
      states: {
        busy: { invoke: { src: 'work', id: 'work' }, on: { STEP: { target: 'busy', reenter: true } } },
      },
    })
    const { charts, opens } = first(machine)
    const again = then(machine, charts, 'STEP')
    expect(again.closes).toEqual(opens.map(({ key }) => key))
    expect(again.opens).toHaveLength(1)
    expect(again.charts.open).toEqual({ 'root work': again.opens[0]!.key })
  })

  it('is refused when it asks for what cannot be recorded', () => {
    const refused = (machine: AnyStateMachine) => {
      const { snapshot } = decideFirst(machine, {})
      expect(() => decide(machine, snapshot, { type: 'GO' })).toThrow(
        expect.objectContaining({
          code: 'lifecycle.invalid',
          message: expect.stringMatching(/action "custom"/),
        }),
      )
    }
    const inA = { id: 'own', initial: 'a' } as const
    refused(base.createMachine({ ...inA, states: { a: { on: { GO: { actions: 'custom' } } } } }))
    refused(
      base.createMachine({ ...inA, states: { a: { on: { GO: 'b' } }, b: { entry: ['say', 'custom'] } } }),
    )
    const atOnce = base.createMachine({ ...inA, states: { a: { entry: 'custom' } } })
    expect(() => decideFirst(atOnce, {})).toThrow(/cannot perform/)
  })

  it('says what its guards and actions throw, and nothing has happened', () => {
    const machine = setup({
      types: { events: {} as { type: 'GO' | 'STEP' } },
      guards: {
        broken: () => {
          throw new Error('the guard is broken')
        },
      },
      actions: {
        fall: assign(() => {
          throw new Error('the action is broken')
        }),
      },
    }).createMachine({
      id: 'own',
      initial: 'a',
      states: { a: { on: { GO: { guard: 'broken', target: 'b' }, STEP: { actions: 'fall' } } }, b: {} },
    })
    const { charts } = first(machine)
    const before = copy(charts)
    expect(() => then(machine, charts, 'GO')).toThrow(/the guard is broken/)
    expect(() => then(machine, charts, 'STEP')).toThrow(/the action is broken/)
    expect(charts).toEqual(before)
  })

  it('names a state inside another in dots', () => {
    const machine = base.createMachine({
      id: 'own',
      initial: 'a',
      states: { a: { initial: 'b', states: { b: { initial: 'c', states: { c: {} } } } } },
    })
    expect(first(machine).state).toBe('a.b.c')
  })

  it('speaks to its children in the order in which it does', () => {
    const child = setup({
      types: { events: {} as { type: 'ONE' | 'TWO' }, emitted: {} as { type: string } },
      actions: { sayOne: emit({ type: 'HEARD_ONE' }), sayTwo: emit({ type: 'HEARD_TWO' }) },
    }).createMachine({
      id: 'child',
      initial: 'open',
      states: { open: { on: { ONE: { actions: 'sayOne' }, TWO: { actions: 'sayTwo' } } } },
    })
    const parent = setup({
      types: { events: {} as { type: 'GO' }, emitted: {} as { type: string } },
      actors: { child },
      actions: {
        one: sendTo('child', { type: 'ONE' }),
        two: sendTo('child', { type: 'TWO' }),
        say: emit({ type: 'SAID' }),
      },
    }).createMachine({
      id: 'own',
      initial: 'open',
      states: {
        open: { invoke: { src: 'child', id: 'child' }, on: { GO: { actions: ['two', 'one', 'say'] } } },
      },
    })
    const machines: Record<string, AnyStateMachine> = { own: parent, child }
    const both = { ...stepping(parent, 1), machineOf: (source: string) => machines[source] }
    const started = stepCharts(
      NO_CHARTS,
      { to: ROOT, event: { type: 'xstate.init', source: 'own', input: {} }, settles: null },
      both,
    )
    const spoken = stepCharts(started.charts, { to: ROOT, event: { type: 'GO' }, settles: null }, both)
    expect(types(spoken)).toEqual(['SAID', 'HEARD_TWO', 'HEARD_ONE'])
  })
})
