/** Differences that were found by looking for them: small scenes, played by XState, by lean actors, and by a mixture. */

import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  assign,
  cancel,
  createActor as createXStateActor,
  createMachine,
  enqueueActions,
  fromCallback,
  fromPromise as xstateFromPromise,
  raise,
  sendTo,
  spawnChild,
  type AnyActorRef,
  type AnyStateMachine,
  type InspectionEvent,
} from 'xstate'
import { compile, createActor, fromPromise } from '../../src/compile/index.ts'

type Stage = {
  readonly create: typeof createXStateActor
  readonly step: <T extends AnyStateMachine>(machine: T) => T
  readonly say: (...words: unknown[]) => void
}

/** What a scene says, and what may be asked of its actors, is the same on every stage. */
function expectSame(scene: (stage: Stage) => void): void {
  const heard = (create: typeof createXStateActor, step: Stage['step']) => {
    const said: string[] = []
    scene({ create, step, say: (...words) => said.push(words.map(String).join(' ')) })
    return said
  }
  const expected = heard(createXStateActor, (machine) => machine)
  expect(expected.length, 'a scene in which nothing is said').toBeGreaterThan(0)
  expect(heard(createActor, compile)).toEqual(expected)
  expect(heard(createXStateActor, compile)).toEqual(expected)
}

const silent = { error: () => {} }

/** What an inspector says of actions. */
const actionsOf = (say: Stage['say']) => (event: InspectionEvent) => {
  if (event.type === '@xstate.action') say('action', event.action.type)
}

describe('implementations', () => {
  it('may be replaced as a whole, as @xstate/react does', () =>
    expectSame(({ create, step, say }) => {
      const doing = (word: string) => ({
        actions: { act: () => say(word) },
        guards: { may: () => (say(`${word}?`), true) },
      })
      const machine = step(createMachine({ on: { A: { guard: 'may', actions: 'act' } } }, doing('old')))
      const actor = create(machine).start()
      actor.send({ type: 'A' })
      const { logic } = actor as unknown as { logic: { implementations: unknown } }
      logic.implementations = machine.provide(doing('new') as object).implementations
      actor.send({ type: 'A' })
    }))

  it('that are none are met when they are to be done, not before', () =>
    expectSame(({ create, step, say }) => {
      const machine = createMachine(
        {
          initial: 'a',
          states: {
            a: { exit: () => say('exit'), on: { A: { target: 'b', actions: 'odd' } } },
            b: {},
          },
        },
        { actions: { odd: 'text' } } as object,
      )
      const actor = create(step(machine))
      actor.subscribe({ error: () => say('error') })
      actor.start()
      actor.send({ type: 'A' })
    }))
})

describe('names in a system', () => {
  it('are free again when an actor has failed whose child had one', () =>
    expectSame(({ create, step, say }) => {
      const grandchild = spawnChild(createMachine({}), { id: 'gc', systemId: 'gc' })
      const fails = () => {
        throw new Error('boom')
      }
      const child = step(createMachine({ entry: grandchild, on: { BOOM: { actions: fails } } }))
      const parent = createMachine({
        initial: 'on',
        states: {
          on: {
            invoke: { id: 'c', src: child, onError: 'off' },
            on: { BOOM: { actions: sendTo('c', { type: 'BOOM' }) } },
          },
          off: { on: { AGAIN: 'on' } },
        },
      })
      const actor = create(step(parent)).start()
      const look = () => say(actor.getSnapshot().value, actor.system.get('gc') !== undefined)
      look()
      for (const type of ['BOOM', 'AGAIN', 'BOOM']) {
        actor.send({ type })
        look()
      }
      actor.stop()
      look()
    }))

  it('can be looked up by functions that were taken out of it', () =>
    expectSame(({ create, step, say }) => {
      const entry = ({ system: { get, getAll } }: { system: AnyActorRef['system'] }) =>
        say(get('root') !== undefined, Object.keys(getAll()))
      create(step(createMachine({ entry })), { systemId: 'root' }).start()
    }))
})

describe('an inspector', () => {
  it('that comes before the start sees the first actions', () =>
    expectSame(({ create, step, say }) => {
      const machine = createMachine({
        entry: [() => {}, raise({ type: 'LATER' }, { delay: 5 }), spawnChild(fromCallback(() => {}))],
        invoke: { src: step(createMachine({ entry: () => {} })) },
      })
      const actor = create(step(machine))
      actor.system.inspect(actionsOf(say))
      actor.start()
      actor.stop()
    }))

  it('that comes with the first action sees the next', () =>
    expectSame(({ create, step, say }) => {
      const look = ({ system }: { system: AnyActorRef['system'] }) => system.inspect(actionsOf(say))
      const machine = createMachine({ entry: [look, () => {}, raise({ type: 'LATER' }, { delay: 5 })] })
      create(step(machine)).start().stop()
    }))

  it('that comes in an assignment or a guard sees the rest of the step', () =>
    expectSame(({ create, step, say }) => {
      const look = ({ system }: { system: AnyActorRef['system'] }) => {
        system.inspect(actionsOf(say))
        return {}
      }
      const machine = createMachine({
        context: {},
        on: { A: { actions: [assign(look), () => {}, raise({ type: 'B' })] }, B: { actions: () => {} } },
      })
      create(step(machine)).start().send({ type: 'A' })
    }))
})

describe('an actor', () => {
  it('takes a spy in the place of its send', () =>
    expectSame(({ create, step, say }) => {
      const actor = create(step(createMachine({})))
      actor.send = ({ type }) => say('sent', type)
      actor.send({ type: 'A' })
    }))

  it('works behind a proxy, as stores make them', () =>
    expectSame(({ create, step, say }) => {
      const machine = createMachine({ initial: 'a', states: { a: { on: { A: 'b' } }, b: {} } })
      const actor = new Proxy(create(step(machine)), {})
      actor.subscribe(({ value }) => say(value))
      actor.start()
      actor.send({ type: 'A' })
      actor.stop()
      say(actor.getSnapshot().status, typeof actor.sessionId)
    }))

  it('has the options it was given, once', () =>
    expectSame(({ create, step, say }) => {
      const { options } = create(step(createMachine({})), { input: { a: 1 }, id: 'it' })
      const actor = create(step(createMachine({})), { input: 1 })
      say(JSON.stringify(options), Object.keys(options).toSorted(), actor.options === actor.options)
    }))

  it('says what is wrong with an event that is a text', () =>
    expectSame(({ create, step, say }) => {
      const actor = create(step(createMachine({})))
      actor.subscribe(silent)
      actor.start()
      try {
        actor.send('FOO' as never)
      } catch (error) {
        say(String(error))
      }
      say(actor.getSnapshot().status)
    }))

  const listening = (say: Stage['say']) =>
    createMachine({ on: { A: { actions: () => say('A') }, B: { actions: () => say('B') } } })

  it('that is stopped before its start keeps the first event for another', () =>
    expectSame(({ create, step, say }) => {
      const actor = create(step(listening(say)))
      actor.send({ type: 'A' })
      actor.send({ type: 'B' })
      actor.stop()
      say('stopped')
      actor.start()
    }))

  it('that is stopped while it starts does the first of what waits', () =>
    expectSame(({ create, step, say }) => {
      const actor = create(step(listening(say)))
      actor.send({ type: 'A' })
      actor.send({ type: 'B' })
      actor.subscribe(({ status }) => {
        say(status)
        actor.stop()
      })
      actor.start()
      say(actor.getSnapshot().status)
    }))

  it('that is started again when it completes is ready at once', () =>
    expectSame(({ create, step, say }) => {
      const actor = create(step(listening(say)))
      let times = 0
      actor.subscribe({
        complete: () => {
          if (times++ > 0) return
          actor.start()
          actor.send({ type: 'A' })
          say('sent')
        },
      })
      actor.start()
      actor.stop()
    }))
})

describe('what is written in an odd way', () => {
  it('does the same: an event named *', () =>
    expectSame(({ create, step, say }) => {
      const actor = create(step(createMachine({ on: { '*': { actions: ({ event }) => say(event.type) } } })))
      actor.subscribe({ error: (error) => say(String(error)) })
      actor.start()
      actor.send({ type: 'A' })
      actor.send({ type: '*' })
      say(actor.getSnapshot().status)
    }))

  it('does the same: enqueueing by what is enqueued, or for another', () =>
    expectSame(({ create, step, say }) => {
      let kept: unknown
      const machine = createMachine({
        on: {
          A: {
            actions: enqueueActions(({ enqueue }) => {
              enqueue(() => enqueue(() => say('by what is enqueued')))
              enqueue(() => say('in order'))
            }),
          },
          B: {
            actions: [
              enqueueActions(({ enqueue }) => {
                kept = enqueue
              }),
              enqueueActions(({ enqueue }) => {
                ;(kept as (action: () => void) => void)(() => say('for another'))
                enqueue(() => say('own'))
              }),
            ],
          },
        },
      })
      const actor = create(step(machine)).start()
      for (const type of ['A', 'B', 'A']) actor.send({ type })
    }))

  it('does the same: a guard that throws null', () =>
    expectSame(({ create, step, say }) => {
      const guard = () => {
        throw null
      }
      const actor = create(step(createMachine({ on: { A: { guard } } })))
      actor.subscribe({ error: (error) => say(String(error)) })
      actor.start()
      actor.send({ type: 'A' })
    }))

  it('does the same: spawning with null, and behind the back of an assignment', () =>
    expectSame(({ create, step, say }) => {
      type Leaked = (logic: unknown, options?: unknown) => AnyActorRef
      const kept: { spawn?: Leaked } = {}
      const logic = fromCallback(() => {})
      const machine = createMachine({
        context: {},
        on: {
          A: {
            actions: [
              assign(({ spawn }) => {
                const leaked = spawn as unknown as Leaked
                leaked(logic, null)
                kept.spawn = leaked
                return {}
              }),
              () => kept.spawn?.(logic, { id: 'leaked' }),
              assign({}),
            ],
          },
        },
      })
      const actor = create(step(machine)).start()
      actor.send({ type: 'A' })
      say(actor.getSnapshot().status)
      say(Object.keys(actor.getSnapshot().children).map((id) => id.replace(/^x:\d+$/, 'x')))
    }))

  it('does the same: a context with a property that changes its prototype', () =>
    expectSame(({ create, step, say }) => {
      const context = JSON.parse('{ "__proto__": { "p": 1 }, "n": 0 }') as { n: number; p?: number }
      const actor = create(step(createMachine({ context, on: { A: { actions: assign({ n: 1 }) } } }))).start()
      actor.send({ type: 'A' })
      const { context: after } = actor.getSnapshot()
      say(Object.keys(after), after.p)
    }))
})

describe('delayed events', () => {
  /** Says what it is asked for. */
  const clockOf = (say: Stage['say'], ids: (count: number) => unknown) => {
    let count = 0
    return {
      setTimeout: (_: () => void, ms: number) => {
        say('set', ms)
        return ids((count += 1)) as never
      },
      clearTimeout: (id: unknown) => say('clear', id),
    }
  }
  const later = (id: string | number, delay: number) => raise({ type: 'LATER' }, { id: id as string, delay })

  it('are cleared in the order in which they were scheduled', () =>
    expectSame(({ create, step, say }) => {
      const clock = clockOf(say, (count) => count)
      create(step(createMachine({ entry: [later('a', 1), later('b', 2), later('c', 3)] })), { clock })
        .start()
        .stop()
    }))

  it('are not cleared on a clock that gives them no id', () =>
    expectSame(({ create, step, say }) => {
      const clock = clockOf(say, () => undefined)
      create(step(createMachine({ entry: later('a', 1) })), { clock })
        .start()
        .stop()
    }))

  it('may be cancelled by a text for a number', () =>
    expectSame(({ create, step, say }) => {
      const clock = clockOf(say, (count) => count)
      const machine = createMachine({ entry: later(1, 5), on: { A: { actions: cancel('1') } } })
      create(step(machine), { clock }).start().send({ type: 'A' })
    }))

  it('that take over an id are what is told of', () =>
    expectSame(({ create, step, say }) => {
      const clock = clockOf(say, (count) => count)
      const machine = createMachine({
        entry: [later('same', 5), later('same', 7)],
        on: { A: { actions: cancel('same') } },
      })
      const actor = create(step(machine), { clock }).start()
      const look = () =>
        say(
          Object.values(actor.system.getSnapshot()._scheduledEvents)
            .map(({ delay }) => delay)
            .join(),
        )
      look()
      actor.send({ type: 'A' })
      look()
    }))

  it('are forgotten by a clock that fires at once', () =>
    expectSame(({ create, step, say }) => {
      const clock = { setTimeout: (fire: () => void) => (fire(), 7) as never, clearTimeout: () => {} }
      const machine = createMachine({ entry: later('a', 5), on: { LATER: { actions: () => say('fired') } } })
      const actor = create(step(machine), { clock }).start()
      say(Object.keys(actor.system.getSnapshot()._scheduledEvents).length)
    }))

  describe('under fake timers', () => {
    afterEach(() => void vi.useRealTimers())

    const twice = (say: Stage['say']) =>
      createMachine({
        entry: [later('a', 5_000), later('b', 6_000)],
        on: { LATER: { actions: () => say('fired') } },
      })

    it('are run as the only ones that are pending', () =>
      expectSame(({ create, step, say }) => {
        vi.useFakeTimers()
        create(step(twice(say))).start()
        say(vi.getTimerCount())
        vi.runOnlyPendingTimers()
        say(vi.getTimerCount())
        vi.useRealTimers()
      }))

    it('need no performance.now', () =>
      expectSame(({ create, step, say }) => {
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
        create(step(twice(say))).start()
        vi.advanceTimersByTime(5_500)
        say('so far')
        vi.advanceTimersByTime(5_500)
        vi.useRealTimers()
      }))

    it('go on when all timers have been cleared', () =>
      expectSame(({ create, step, say }) => {
        vi.useFakeTimers()
        create(step(twice(say))).start()
        vi.clearAllTimers()
        create(step(twice(say))).start()
        vi.advanceTimersByTime(10_000)
        say('done')
        vi.useRealTimers()
      }))
  })
})

it.each([
  ['XState', xstateFromPromise],
  ['ours', fromPromise],
])(
  'a promise that was stopped has a signal that is aborted, also when it is read late (%s)',
  async (_, from) => {
    const waiting = Promise.withResolvers<void>()
    const seen = Promise.withResolvers<boolean>()
    const work = from(async (given) => {
      await waiting.promise
      seen.resolve(given.signal.aborted)
    })
    createActor(compile(createMachine({ invoke: { src: work } })))
      .start()
      .stop()
    waiting.resolve()
    expect(await seen.promise).toBe(true)
  },
)
