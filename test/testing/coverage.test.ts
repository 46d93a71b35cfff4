import { describe, expect, it } from 'vitest'
import { createActor, createMachine, setup, type AnyStateMachine, type InspectionEvent } from 'xstate'
import {
  afterEvent,
  coverageOf,
  doneEvent,
  errorEvent,
  pathsOf,
  replay,
  steppingClock,
} from '../../src/testing/index.ts'
import { counterMachine, crewMachine, workerMachine } from './machines.ts'
import { workerEvents } from './worker-events.ts'

const input = { retriesMax: 1 }

describe('coverage', () => {
  it('is complete when every path of a machine was replayed', () => {
    const coverage = coverageOf(workerMachine)
    for (const path of pathsOf(workerMachine, { input, events: workerEvents })) {
      replay(path, workerMachine, { inspect: coverage.inspect })
    }
    expect(coverage.report()).toMatchObject({
      complete: true,
      states: { missing: [] },
      transitions: { missing: [] },
    })
    expect(() => coverage.assertComplete()).not.toThrow()
  })

  it('counts every state but the root, and every transition by source, event and index', () => {
    const { states, transitions } = coverageOf(workerMachine).report()
    expect(states.missing).toEqual(
      ['pending', 'working', 'retrying', 'success', 'invalid', 'error', 'timeout', 'cancelled'].map(
        (key) => `worker.${key}`,
      ),
    )
    expect(transitions.missing).toEqual([
      'worker|CANCEL|0',
      'worker.pending|START|0',
      'worker.working|xstate.done.actor.work|0',
      'worker.working|xstate.done.actor.work|1',
      'worker.working|xstate.error.actor.work|0',
      'worker.working|xstate.error.actor.work|1',
      'worker.working|xstate.after.timeout.worker.working|0',
      'worker.retrying|xstate.after.pause.worker.retrying|0',
    ])
  })

  it('reports a missing transition by name, with its target and guard', () => {
    const coverage = coverageOf(workerMachine)
    const events = workerEvents.filter((event) => event.type !== 'xstate.after.timeout.worker.working')
    for (const path of pathsOf(workerMachine, { input, events })) {
      replay(path, workerMachine, { inspect: coverage.inspect })
    }
    expect(() => coverage.assertComplete()).toThrow(
      expect.objectContaining({
        code: 'testing.coverage',
        message:
          '"worker" is not covered as asked:\n- missing: state worker.timeout\n' +
          '- missing: transition worker.working|xstate.after.timeout.worker.working|0 → #worker.timeout',
      }),
    )
    const except = ['worker.timeout', 'worker.working|xstate.after.timeout.worker.working|0']
    expect(() => coverage.assertComplete({ except })).not.toThrow()
    expect(() => coverageOf(workerMachine).assertComplete()).toThrow(
      /done\.actor\.work\|0 → #worker\.success if isGood/,
    )
  })

  it('refuses an exception that was covered, or does not exist', () => {
    const coverage = coverageOf(counterMachine)
    const actor = createActor(counterMachine, { inspect: coverage.inspect }).start()
    actor.send({ type: 'AGAIN' })
    actor.send({ type: 'END' })
    expect(() => coverage.assertComplete({ except: ['counter.high', 'counter.nowhere'] })).toThrow(
      /covered, so take it out of `except`: counter\.high\n.*no such state or transition: counter\.nowhere/,
    )
  })

  it('sees always transitions, and an initial state that is left at once', () => {
    const coverage = coverageOf(counterMachine)
    createActor(counterMachine, { inspect: coverage.inspect }).start()
    expect(coverage.report()).toEqual({
      states: { covered: ['counter.entry', 'counter.counting', 'counter.high'], missing: ['counter.ended'] },
      transitions: {
        covered: ['counter.entry|(always)|0', 'counter.counting|(always)|0', 'counter.counting|(always)|1'],
        missing: ['counter.high|AGAIN|0', 'counter.high|END|0'],
      },
      complete: false,
    })
  })

  it('does not take the initial state of a restored actor for entered', () => {
    const coverage = coverageOf(counterMachine)
    const snapshot = createActor(counterMachine).getPersistedSnapshot()
    createActor(counterMachine, { snapshot, inspect: coverage.inspect }).start()
    expect(coverage.report().states.covered).toEqual(['counter.high'])
  })

  it('counts children in a larger system for their own machine, and only for that', () => {
    const [crew, worker] = [coverageOf(crewMachine), coverageOf(workerMachine)]
    const clock = steppingClock()
    const inspect = (event: InspectionEvent) => {
      crew.inspect(event)
      worker.inspect(event)
    }
    const actor = createActor(crewMachine, { clock, inspect }).start()
    const { first, second } = actor.getSnapshot().children as Record<
      string,
      { send: (event: { type: 'START' }) => void }
    >
    first?.send({ type: 'START' })
    second?.send({ type: 'START' })
    clock.advance(1_000)
    expect(actor.getSnapshot().status).toBe('done')
    expect(worker.report().states.covered).toEqual(['worker.pending', 'worker.working', 'worker.timeout'])
    expect(crew.report().transitions.covered).toEqual([
      'crew.running|xstate.done.actor.*|0',
      'crew.running|xstate.done.actor.*|1',
    ])
  })

  it('completes a parent from the events of its children', () => {
    const coverage = coverageOf(crewMachine)
    const events = ['first', 'second'].flatMap((id) => [
      doneEvent(id, { end: 'success', retries: 0 }),
      errorEvent(id, { message: 'down' }),
    ])
    for (const path of pathsOf(crewMachine, { events: [...events, { type: 'CUT' }] })) {
      replay(path, crewMachine, { inspect: coverage.inspect })
    }
    expect(coverage.report().complete).toBe(true)
  })

  it('knows a machine that a factory makes anew by its id, and an anonymous one by its config', () => {
    const make = (id?: string) =>
      createMachine({ ...(id && { id }), initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } })
    const hear = (watched: AnyStateMachine, run: AnyStateMachine) => {
      const coverage = coverageOf(watched)
      createActor(run, { inspect: coverage.inspect }).start()
      return coverage.report().states.covered.length
    }
    const anonymous = make()
    expect(hear(make('same'), make('same'))).toBe(1)
    expect(hear(make('one'), make('other'))).toBe(0)
    expect(hear(anonymous, anonymous.provide({}))).toBe(1)
    expect(hear(anonymous, make())).toBe(0)
  })

  it('counts the root of a machine without states', () => {
    expect(coverageOf(createMachine({ id: 'flat', on: { GO: {} } })).report().states.missing).toEqual([
      'flat',
    ])
  })

  it('leaves out history states, which are never active', () => {
    const machine = setup({}).createMachine({
      id: 'book',
      initial: 'open',
      states: { open: {}, last: { type: 'history' } },
    })
    expect(coverageOf(machine).report().states.missing).toEqual(['book.open'])
  })

  it('never throws at what it is told', () => {
    const { inspect, report } = coverageOf(workerMachine)
    const broken = { type: '@xstate.microstep', snapshot: { machine: workerMachine, value: 'x' } }
    // @ts-expect-error a broken event is the point
    expect(() => inspect(broken)).not.toThrow()
    expect(report().states.covered).toEqual([])
  })

  it('sees the delay of a state elapse on the clock', () => {
    const coverage = coverageOf(workerMachine)
    const clock = steppingClock()
    const actor = createActor(workerMachine, { input, clock, inspect: coverage.inspect }).start()
    actor.send({ type: 'START' })
    clock.advance(1_000)
    const { type } = afterEvent('timeout', 'worker.working')
    expect(coverage.report().transitions.covered).toContain(`worker.working|${type}|0`)
  })
})
