import { describe, expect, it } from 'vitest'
import { assign, createMachine, raise, sendParent, setup } from 'xstate'
import { doneEvent, pathsOf } from '../../src/testing/index.ts'
import { counterMachine, crewMachine, growingMachine, workerMachine } from './machines.ts'
import { workerEvents } from './worker-events.ts'

describe('generated paths', () => {
  it('hold one path per transition, and the one without events', () => {
    const paths = pathsOf(workerMachine, { input: { retriesMax: 1 }, events: workerEvents })
    expect(paths.map((path) => path.description)).toMatchInlineSnapshot(`
      [
        "pending",
        "pending —START→ working",
        "pending —CANCEL→ cancelled (done)",
        "pending —START→ working —START→ working",
        "pending —START→ working —CANCEL→ cancelled (done)",
        "pending —START→ working —xstate.done.actor.work {"output":{"good":true}}→ success (done)",
        "pending —START→ working —xstate.done.actor.work {"output":{"good":false}}→ invalid (done)",
        "pending —START→ working —xstate.error.actor.work {"error":{"message":"down"}}→ retrying",
        "pending —START→ working —xstate.after.timeout.worker.working→ timeout (done)",
        "pending —START→ working —xstate.error.actor.work {"error":{"message":"down"}}→ retrying —START→ retrying",
        "pending —START→ working —xstate.error.actor.work {"error":{"message":"down"}}→ retrying —CANCEL→ cancelled (done)",
        "pending —START→ working —xstate.error.actor.work {"error":{"message":"down"}}→ retrying —xstate.after.pause.worker.retrying→ working",
        "pending —START→ working —xstate.error.actor.work {"error":{"message":"down"}}→ retrying —xstate.after.pause.worker.retrying→ working —START→ working",
        "pending —START→ working —xstate.error.actor.work {"error":{"message":"down"}}→ retrying —xstate.after.pause.worker.retrying→ working —CANCEL→ cancelled (done)",
        "pending —START→ working —xstate.error.actor.work {"error":{"message":"down"}}→ retrying —xstate.after.pause.worker.retrying→ working —xstate.done.actor.work {"output":{"good":true}}→ success (done)",
        "pending —START→ working —xstate.error.actor.work {"error":{"message":"down"}}→ retrying —xstate.after.pause.worker.retrying→ working —xstate.done.actor.work {"output":{"good":false}}→ invalid (done)",
        "pending —START→ working —xstate.error.actor.work {"error":{"message":"down"}}→ retrying —xstate.after.pause.worker.retrying→ working —xstate.error.actor.work {"error":{"message":"down"}}→ error (done)",
        "pending —START→ working —xstate.error.actor.work {"error":{"message":"down"}}→ retrying —xstate.after.pause.worker.retrying→ working —xstate.after.timeout.worker.working→ timeout (done)",
      ]
    `)
  })

  it('remember the input, every state on the way, and the output', () => {
    const paths = pathsOf(workerMachine, { input: { retriesMax: 0 }, events: workerEvents })
    expect(paths.find((path) => path.final.value === 'success')).toMatchObject({
      input: { retriesMax: 0 },
      start: { value: 'pending', status: 'active', context: { retriesMax: 0, retries: 0 } },
      steps: [
        { event: { type: 'START' }, value: 'working', status: 'active' },
        { value: 'success', status: 'done' },
      ],
      final: { value: 'success', status: 'done', output: { end: 'success', retries: 0 } },
    })
  })

  it('end in final states, although the root still names events', () => {
    for (const { steps } of pathsOf(workerMachine, { input: { retriesMax: 2 }, events: workerEvents })) {
      expect(steps.slice(0, -1).every((step) => step.status === 'active')).toBe(true)
    }
  })

  it('cover self loops with edges, and never loop when simple', () => {
    const options = { events: [{ type: 'AGAIN' }, { type: 'END' }] } as const
    expect(pathsOf(counterMachine, options).map((path) => path.description)).toEqual([
      'high',
      'high —AGAIN→ high',
      'high —END→ ended (done)',
    ])
    expect(
      pathsOf(counterMachine, { ...options, strategy: 'simple' }).map((path) => path.description),
    ).toEqual(['high', 'high —END→ ended (done)'])
  })

  it('take every way that visits no state twice when simple', () => {
    const paths = pathsOf(workerMachine, {
      input: { retriesMax: 2 },
      events: workerEvents,
      strategy: 'simple',
    })
    const ends = paths.filter((path) => path.final.status === 'done')
    // One attempt can end in 4 ways besides a retry and a pause in 1; the last attempt has one more way, error.
    expect(ends.length).toBe(1 + 3 * 4 + 2 + 1)
    expect(new Set(paths.map((path) => path.description)).size).toBe(paths.length)
  })

  it('offer the events of a child only while it is there, and hear it by wildcard', () => {
    const events = ['first', 'second'].map((id) => doneEvent(id, { end: 'success', retries: 0 }))
    const paths = pathsOf(crewMachine, { events, strategy: 'simple' })
    expect(paths.map((path) => path.final.context)).toEqual([
      { open: ['first', 'second'], ends: {} },
      { open: ['second'], ends: { first: 'success' } },
      { open: [], ends: { first: 'success', second: 'success' } },
      { open: ['first'], ends: { second: 'success' } },
      { open: [], ends: { first: 'success', second: 'success' } },
    ])
  })

  it('ask a function for the events of each state', () => {
    const asked: unknown[] = []
    const paths = pathsOf(counterMachine, {
      events: (snapshot) => {
        asked.push(snapshot.value)
        return [{ type: 'END' }]
      },
    })
    expect(asked).toEqual(['high'])
    expect(paths).toHaveLength(2)
  })

  it('stop where they are told to', () => {
    const paths = pathsOf(workerMachine, {
      input: { retriesMax: 1 },
      events: workerEvents,
      stopWhen: (snapshot) => snapshot.matches('working'),
    })
    expect(paths.map((path) => path.final.value)).toEqual(['pending', 'working', 'cancelled'])
  })

  it('are refused beyond the limit, with the number of states and what to do', () => {
    expect(() => pathsOf(growingMachine, { events: [{ type: 'MORE' }], limit: 50 })).toThrow(
      expect.objectContaining({
        code: 'testing.path_limit',
        message: expect.stringMatching(/51 were found.*\{"count":50\}.*serializeContext.*limit/),
      }),
    )
  })

  it('are refused beyond the limit when there are too many simple ones', () => {
    const switches = ['a', 'b', 'c', 'd'].map((key) => [
      key,
      { initial: 'off', states: { off: { on: { [key]: 'on' } }, on: { on: { [key]: 'off' } } } },
    ])
    const machine = createMachine({ type: 'parallel', states: Object.fromEntries(switches) })
    const events = ['a', 'b', 'c', 'd'].map((type) => ({ type }))
    expect(() => pathsOf(machine, { events, strategy: 'simple', limit: 100 })).toThrow(
      expect.objectContaining({
        code: 'testing.path_limit',
        message: expect.stringContaining('More than 100 simple paths through 16 states'),
      }),
    )
    expect(pathsOf(machine, { events })).toHaveLength(16 * 4 + 1)
  })

  it('are finite when an unbounded context is projected', () => {
    const paths = pathsOf(growingMachine, {
      events: [{ type: 'MORE' }],
      serializeContext: (context) => Math.min(context.count, 3),
    })
    expect(paths.map((path) => path.final.context)).toEqual([0, 1, 2, 3, 3])
  })

  it('tell states apart by their history', () => {
    const machine = setup({ types: {} as { events: { type: 'NEXT' | 'LEAVE' | 'BACK' } } }).createMachine({
      id: 'book',
      initial: 'open',
      states: {
        open: {
          initial: 'one',
          on: { LEAVE: 'away' },
          states: { one: { on: { NEXT: 'two' } }, two: {}, last: { type: 'history' } },
        },
        away: { on: { BACK: 'open.last' } },
      },
    })
    const paths = pathsOf(machine, { events: [{ type: 'NEXT' }, { type: 'LEAVE' }, { type: 'BACK' }] })
    expect(paths.map((path) => path.description)).toContain(
      'open.one —NEXT→ open.two —LEAVE→ away —BACK→ open.two',
    )
  })

  it('write parallel states side by side', () => {
    const region = { initial: 'off', states: { off: {}, on: {} } }
    const machine = setup({}).createMachine({ type: 'parallel', states: { left: region, right: region } })
    expect(pathsOf(machine, { events: [] })[0]?.description).toBe('(left.off & right.off)')
  })

  it('say where a machine throws, and on which event', () => {
    const events = [{ type: 'START' }, { ...doneEvent('work', undefined) }] as const
    // @ts-expect-error an answer without `good` is the mistake under test
    expect(() => pathsOf(workerMachine, { input: { retriesMax: 0 }, events })).toThrow(
      expect.objectContaining({
        code: 'testing.machine',
        message: expect.stringMatching(/"worker" throws when working receives xstate\.done\.actor\.work/),
        cause: expect.any(Error),
      }),
    )
  })

  it('do not pass over an error of the first step', () => {
    const machine = setup({ actions: { tell: sendParent({ type: 'HELLO' }) } }).createMachine({
      id: 'orphan',
      entry: 'tell',
    })
    expect(() => pathsOf(machine, { events: [] })).toThrow(/"orphan" throws when it starts/)
  })

  it('check the types of events and input', () => {
    const machine = setup({ types: {} as { events: { type: 'GO' }; context: object } }).createMachine({
      context: {},
      entry: [raise({ type: 'GO' }), assign({})],
    })
    // @ts-expect-error the machine knows no such event
    pathsOf(machine, { events: [{ type: 'STOP' }] })
    // @ts-expect-error the worker needs an input
    expect(() => pathsOf(workerMachine, { events: [] })).toThrow(/"worker" throws when it starts/)
  })
})
