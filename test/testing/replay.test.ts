import { describe, expect, it } from 'vitest'
import { assign, createMachine, emit, fromCallback, fromPromise, sendTo, setup } from 'xstate'
import { doneEvent, pathsOf, replay, steppingClock } from '../../src/testing/index.ts'
import { counterMachine, crewMachine, workerMachine } from './machines.ts'
import { workerEvents } from './worker-events.ts'

const input = { retriesMax: 1 }
const paths = pathsOf(workerMachine, { input, events: workerEvents })
const pathTo = (value: string) => {
  const path = paths.find((candidate) => candidate.final.value === value)
  if (!path) throw new Error(`no path to ${value}`)
  return path
}

describe('a replay', () => {
  it.each(paths.map((path) => [path.description, path] as const))('follows %s', (_, path) => {
    const { snapshot } = replay(path, workerMachine)
    expect(snapshot.value).toEqual(path.final.value)
  })

  it('shows every step to a check, with children and timers', () => {
    const seen: unknown[] = []
    replay(pathTo('retrying'), workerMachine, {
      check: ({ number, step, snapshot, children, timers }) => {
        seen.push([
          number,
          step?.event.type,
          snapshot.value,
          children.map(({ id, status }) => [id, status]),
          timers,
        ])
      },
    })
    expect(seen).toEqual([
      [0, undefined, 'pending', [], []],
      [1, 'START', 'working', [['work', 'running']], [1_000]],
      [2, 'xstate.error.actor.work', 'retrying', [['work', 'stopped']], [100]],
    ])
  })

  it('shows what each step emitted, the start included', () => {
    const machine = setup({
      types: {} as { events: { type: 'GO' | 'WAIT' }; emitted: { type: 'began' | 'went' } },
      actions: { sayBegan: emit({ type: 'began' }), sayWent: emit({ type: 'went' }) },
    }).createMachine({
      id: 'speaker',
      initial: 'first',
      states: {
        first: { entry: 'sayBegan', on: { GO: { target: 'second', actions: 'sayWent' }, WAIT: {} } },
        second: { type: 'final', entry: 'sayBegan' },
      },
    })
    const said = pathsOf(machine, { events: [{ type: 'WAIT' }, { type: 'GO' }] }).map((path) => {
      const steps: string[][] = []
      replay(path, machine, { check: ({ emitted }) => steps.push(emitted.map(({ type }) => type)) })
      return steps
    })
    expect(said).toEqual([[['began']], [['began'], []], [['began'], ['went', 'began']]])
  })

  it('keeps a record of inert children: source, input, events and stop', () => {
    const machine = setup({
      types: {} as { events: { type: 'ASK' } | { type: 'LEAVE' } },
      actors: {
        helper: fromPromise<number, { for: string }>(() => Promise.reject(new Error('must never run'))),
      },
      actions: { ask: sendTo('one', { type: 'QUESTION' }) },
    }).createMachine({
      id: 'asker',
      initial: 'asking',
      states: {
        asking: {
          invoke: { id: 'one', src: 'helper', input: { for: 'ana' } },
          on: { ASK: { actions: 'ask' }, LEAVE: 'left' },
        },
        left: {},
      },
    })
    const [, ask] = pathsOf(machine, { events: [{ type: 'ASK' }, { type: 'LEAVE' }] })
    expect(ask && replay(ask, machine).children).toEqual([
      {
        id: 'one',
        src: 'helper',
        input: { for: 'ana' },
        status: 'stopped',
        received: [{ type: 'QUESTION' }],
      },
    ])
  })

  it('spawns children by name without running them', () => {
    const events = ['first', 'second'].map((id) => doneEvent(id, { end: 'success', retries: 0 }))
    const inputs = pathsOf(crewMachine, { events }).map((path) =>
      replay(path, crewMachine).children.map((c) => c.input),
    )
    expect(new Set(inputs.map(String)).size).toBe(1)
    expect(inputs[0]).toEqual([{ retriesMax: 0 }, { retriesMax: 1 }])
  })

  it('uses the actors it is given', () => {
    let started = 0
    const work = fromCallback(() => {
      started += 1
    })
    const { children } = replay(pathTo('working'), workerMachine, { actors: { work } })
    expect([started, children]).toEqual([1, []])
  })

  it('leaves the actor running when asked, until it is stopped', () => {
    const clock = steppingClock()
    const { actor, children, timers, stop } = replay(pathTo('working'), workerMachine, {
      clock,
      keepRunning: true,
    })
    expect([timers, children[0]?.status]).toEqual([[1_000], 'running'])
    clock.advance(1_000)
    expect(actor.getSnapshot()).toMatchObject({ value: 'timeout', status: 'done' })
    stop()
    expect([clock.armed, children[0]?.status]).toEqual([[], 'stopped'])
  })

  it('follows a path that ends in error, without an uncaught exception', () => {
    const machine = createMachine({ id: 'frail', entry: [], invoke: { id: 'gone', src: 'missing' } })
    const provided = machine.provide({ actors: { missing: fromPromise(async () => {}) } })
    const events = [{ type: 'xstate.error.actor.gone', error: { message: 'down' }, actorId: 'gone' }]
    const path = pathsOf(provided, { events }).at(-1)
    expect(path && replay(path, provided).snapshot).toMatchObject({
      status: 'error',
      error: { message: 'down' },
    })
  })
})

describe('a replay that must fail', () => {
  const failing = (machine: typeof workerMachine) =>
    paths.flatMap((path) => {
      try {
        replay(path, machine)
        return []
      } catch (error) {
        return [error]
      }
    })

  it('finds a guard that was changed', () => {
    const mutant = workerMachine.provide({
      guards: { mayRetry: ({ context }) => context.retries <= context.retriesMax },
    })
    expect(failing(mutant)[0]).toMatchObject({
      code: 'testing.replay',
      message:
        'after step 4 of 4, xstate.error.actor.work {"error":{"message":"down"}}, the machine is not where the path says\n' +
        '  status: expected "done", found "active"\n' +
        '  value: expected "error", found "retrying"\n' +
        '  context: expected {"retries":1,"retriesMax":1}, found {"retries":2,"retriesMax":1}\n' +
        '  output: expected {"end":"error","retries":1}, found undefined\n' +
        `  path: ${pathTo('error').description}`,
    })
  })

  it('finds an assignment that was changed', () => {
    const mutant = workerMachine.provide({ actions: { countRetry: assign({ retries: 7 }) } })
    expect(failing(mutant)).not.toEqual([])
  })

  it('finds a transition that was taken away, and one that was bent', () => {
    const { working } = workerMachine.config.states ?? {}
    const mutantOf = (after: object) =>
      // A mutant is no longer of the machine's type, which is what makes it one.
      createMachine(
        {
          ...workerMachine.config,
          states: { ...workerMachine.config.states, working: { ...working, after } },
        } as unknown as typeof workerMachine.config,
        workerMachine.implementations,
      ) as unknown as typeof workerMachine
    expect(failing(mutantOf({ timeout: 'timeout' }))).toEqual([])
    // The delay elapses in two states: in the first attempt and in the second.
    expect(failing(mutantOf({}))).toHaveLength(2)
    expect(failing(mutantOf({ timeout: 'error' }))).toHaveLength(2)
  })

  it('names the action that threw as the cause', () => {
    const machine = setup({
      types: {} as { events: { type: 'GO' } },
      actions: {
        explode: () => {
          throw new Error('bang')
        },
      },
    }).createMachine({ id: 'bomb', on: { GO: { actions: 'explode' } } })
    const path = pathsOf(machine, { events: [{ type: 'GO' }] }).at(-1)
    expect(() => path && replay(path, machine)).toThrow(
      expect.objectContaining({
        code: 'testing.replay',
        cause: expect.objectContaining({ message: 'bang' }),
      }),
    )
  })

  it('says which step a check refused, and stops the actor', () => {
    const clock = steppingClock()
    const check = ({ number }: { number: number }) => {
      if (number === 1) throw new Error('not like this')
    }
    expect(() => replay(pathTo('retrying'), workerMachine, { check, clock })).toThrow(
      /after step 1 of 2, START, the check says: not like this\n {2}path: pending —START→ working/,
    )
    expect(clock.armed).toEqual([])
  })

  it('finds a timer that outlives the machine', () => {
    const clock = steppingClock()
    const machine = setup({ actions: { leak: () => void clock.setTimeout(() => {}, 5) } }).createMachine({
      id: 'leaky',
      entry: 'leak',
    })
    const [path] = pathsOf(machine, { events: [] })
    expect(() => path && replay(path, machine, { clock })).toThrow(/1 timers are still armed/)
  })

  it('looks at the context through the projection of the path', () => {
    const [path] = pathsOf(counterMachine, { events: [], serializeContext: ({ armed }) => ({ armed }) })
    const twice = counterMachine.provide({
      actions: { count: assign({ count: ({ context }) => context.count + 2 }) },
    })
    expect(path && replay(path, twice).snapshot.context.count).toBe(4)
  })
})
