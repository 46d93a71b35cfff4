import {
  compile,
  explainCompilation,
  fromPromise as lightFromPromise,
  createActor as createLeanActor,
} from 'stagecraft/compile'
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import {
  Actor,
  assign,
  createActor,
  createMachine,
  enqueueActions,
  fromCallback,
  fromPromise,
  sendTo,
  setup,
  StateMachine,
  type AnyActorRef,
  type InspectionEvent,
} from 'xstate'
import { getShortestPaths } from 'xstate/graph'
import { mismatchOf } from '../../src/compile/xstate-version.ts'
import { steppingClock } from '../../src/testing/index.ts'

const counter = setup({
  types: {} as { context: { count: number }; events: { type: 'ADD'; by: number } | { type: 'STOP' } },
  actions: { add: assign({ count: ({ context }, by: number) => context.count + by }) },
  guards: { isLarge: ({ context }) => context.count > 10 },
}).createMachine({
  id: 'counter',
  version: '3',
  context: { count: 0 },
  initial: 'counting',
  states: {
    counting: {
      tags: 'busy',
      meta: { of: 'counting' },
      always: { guard: 'isLarge', target: 'full' },
      on: {
        ADD: { actions: { type: 'add', params: ({ event }) => event.by } },
        STOP: 'full',
      },
    },
    full: { type: 'final' },
  },
})

describe('compile', () => {
  it('gives a machine of the same type that is still a machine of XState', () => {
    const compiled = compile(counter)
    expect(compiled).not.toBe(counter)
    expect(compiled).toBeInstanceOf(StateMachine)
    const actor = createActor(compiled).start()
    actor.send({ type: 'ADD', by: 4 })
    expect(actor.getSnapshot().context.count satisfies number).toBe(4)
    expect(actor.getSnapshot().hasTag('busy')).toBe(true)
    actor.send({ type: 'ADD', by: 7 })
    expect(actor.getSnapshot()).toMatchObject({ status: 'done', value: 'full' })
    type Sent = Parameters<typeof actor.send>[0]
    expectTypeOf<Sent['type']>().toEqualTypeOf<'ADD' | 'STOP'>()
  })

  it('compiles a machine once, and leaves a compiled one as it is', () => {
    expect(compile(counter)).toBe(compile(counter))
    expect(compile(compile(counter))).toBe(compile(counter))
  })

  it('keeps what it is drawn and exported by', () => {
    const compiled = compile(counter)
    expect(JSON.stringify(compiled.definition)).toBe(JSON.stringify(counter.definition))
    expect(JSON.stringify(compiled)).toBe(JSON.stringify(counter))
    expect(compiled.id).toBe('counter')
    expect(compiled.version).toBe('3')
    expect(compiled.events).toEqual(counter.events)
    expect(compiled.config).toBe(counter.config)
  })

  it('compiles what a compiled machine provides', () => {
    const provided = compile(counter).provide({ guards: { isLarge: () => false } })
    expect(explainCompilation(provided)).toEqual({ compiled: true, reasons: [] })
    const actor = createActor(provided).start()
    actor.send({ type: 'ADD', by: 100 })
    expect(actor.getSnapshot().value).toBe('counting')
    const steps = vi.spyOn(StateMachine.prototype, 'transition')
    actor.send({ type: 'ADD', by: 1 })
    // The interpreter was not asked.
    expect(steps).not.toHaveBeenCalled()
    steps.mockRestore()
  })

  it('has the same paths for the graph utilities', () => {
    const options = { events: [{ type: 'ADD', by: 6 } as const, { type: 'STOP' } as const], limit: 100 }
    const seen = (machine: typeof counter) =>
      getShortestPaths(machine, options).map(({ state, steps }) => [
        state.value,
        state.context,
        steps.map(({ event }) => event),
      ])
    expect(seen(compile(counter))).toEqual(seen(counter))
  })
})

describe('explainCompilation', () => {
  it.each([
    [
      'parallel states',
      { type: 'parallel', states: { a: {}, b: {} } },
      /^#\(machine\) has parallel states\.$/,
    ],
    [
      'history',
      { initial: 'a', states: { a: { initial: 'b', states: { b: {}, past: { history: 'deep' } } } } },
      /^#\(machine\)\.a\.past is a history state\.$/,
    ],
    [
      'several targets',
      { initial: 'a', states: { a: { on: { GO: { target: ['a', 'b'] } } }, b: {} } },
      /^#\(machine\)\.a has a transition with several targets \(on "GO"\)\.$/,
    ],
  ])('says that a machine is left to the interpreter for its %s', (_, config, reason) => {
    const machine = createMachine(config as object)
    const { compiled, reasons } = explainCompilation(machine)
    expect(compiled).toBe(false)
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toMatch(reason)
    expect(compile(machine)).toBe(machine)
  })

  it('leaves a machine of a class of its own alone', () => {
    class Own extends (StateMachine as unknown as new (...args: unknown[]) => typeof counter) {}
    const own = new Own(counter.config, counter.implementations)
    expect(explainCompilation(own)).toMatchObject({
      compiled: false,
      reasons: [expect.stringMatching(/Own/)],
    })
  })
})

describe('another XState than the one that was proven', () => {
  afterEach(() => {
    vi.doUnmock('xstate/package.json')
    vi.resetModules()
    vi.restoreAllMocks()
  })

  it.each(['5.33.3', '5.33.9'])('is none when it is %s', (version) => {
    expect(mismatchOf(version)).toBeUndefined()
  })

  it.each(['5.33.2', '5.34.0', '5.32.9', '6.33.3', '5.33.4-alpha.1'])('is %s', (version) => {
    expect(mismatchOf(version)).toBe(
      `xstate ${version} is installed, but compiled machines are proven with ~5.33.3.`,
    )
  })

  it('is said once, and machines are interpreted', async () => {
    // The installed package is what cannot be another one within one test run.
    vi.doMock('xstate/package.json', () => ({ default: { version: '5.40.0' } }))
    vi.resetModules()
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { compile: compileThere, explainCompilation: explainThere } =
      await import('../../src/compile/index.ts')
    expect(compileThere(counter)).toBe(counter)
    expect(explainThere(counter)).toEqual({
      compiled: false,
      reasons: ['xstate 5.40.0 is installed, but compiled machines are proven with ~5.33.3.'],
    })
    expect(warn.mock.calls).toEqual([
      [
        'stagecraft: xstate 5.40.0 is installed, but compiled machines are proven with ~5.33.3. Machines are interpreted, which is slower. Install the proven version.',
      ],
    ])
  })
})

describe('a child of a compiled machine', () => {
  const parentOf = (logic: object) =>
    createActor(
      compile(
        createMachine({
          initial: 'on',
          states: {
            on: { invoke: { id: 'kid', src: logic as never, systemId: 'the kid' }, on: { OFF: 'off' } },
            off: {},
          },
        }),
      ),
    )
  const kidOf = (actor: ReturnType<typeof parentOf>) => actor.getSnapshot().children['kid'] as AnyActorRef

  it('is an actor in every respect', async () => {
    const actor = parentOf(
      createMachine({ initial: 'a', states: { a: { on: { GO: 'b' } }, b: { tags: 'late' } } }),
    ).start()
    const kid = kidOf(actor)
    expect(kid).toBeInstanceOf(Actor)
    expect(actor.system.get('the kid')).toBe(kid)
    const { send, id, sessionId } = kid
    expect(kid.send).toBe(send)
    expect([id, sessionId]).toEqual(['kid', expect.stringMatching(/^x:\d+$/)])
    expect(kid.toJSON?.()).toEqual({ xstate$$type: 1, id: 'kid' })
    expect('ref' in kid && 'send' in kid && 'sessionId' in kid).toBe(true)
    const seen: unknown[] = []
    const selected: unknown[] = []
    const subscription = kid.subscribe((snapshot) => seen.push(snapshot.value))
    kid.select(({ value }) => value).subscribe((value) => selected.push(value))
    // It works without its actor.
    send({ type: 'GO' })
    subscription.unsubscribe()
    expect([seen, selected]).toEqual([['b'], ['b']])
    expect(kid.getPersistedSnapshot()).toMatchObject({ status: 'active', value: 'b' })
    expect(() => kid.stop()).toThrow('A non-root actor cannot be stopped directly.')
    actor.send({ type: 'OFF' })
    expect(actor.system.get('the kid')).toBeUndefined()
    expect(kid.getSnapshot()).toMatchObject({ status: 'stopped' })
  })

  it('may be a promise, which is told when nobody waits for it any more', async () => {
    const aborted = vi.fn<() => void>()
    const actor = parentOf(
      fromPromise(({ signal }) => new Promise(() => signal.addEventListener('abort', aborted))),
    ).start()
    actor.send({ type: 'OFF' })
    expect(aborted).toHaveBeenCalledOnce()
  })

  it('shows itself to an inspector that comes late, from then on', () => {
    const actor = parentOf(createMachine({ initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } })).start()
    kidOf(actor).send({ type: 'GO' })
    const seen: string[] = []
    const watching = actor.system.inspect((event: InspectionEvent) => {
      if (event.actorRef === kidOf(actor)) seen.push(event.type)
    })
    kidOf(actor).send({ type: 'GO' })
    expect(seen).toEqual(['@xstate.event', '@xstate.microstep', '@xstate.snapshot'])
    watching.unsubscribe()
    kidOf(actor).send({ type: 'GO' })
    expect(seen).toHaveLength(3)
  })
})

describe('the timers of a compiled machine', () => {
  const machine = compile(
    createMachine({
      initial: 'a',
      states: { a: { after: { 1_000: 'b', 5_000: 'c' } }, b: { after: { 20: 'c' } }, c: {} },
    }),
  )

  it('run on the clock they are given', () => {
    const clock = steppingClock()
    const actor = createActor(machine, { clock }).start()
    expect(clock.armed).toEqual([1_000, 5_000])
    clock.advance(1_000)
    expect([actor.getSnapshot().value, clock.armed]).toEqual(['b', [1_020]])
    actor.stop()
    expect(clock.armed).toEqual([])
  })

  it('share one timer of the platform otherwise, and stay readable', () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    const actors = Array.from({ length: 100 }, () => createActor(machine).start())
    expect(timers()).toBeLessThanOrEqual(before + 1)
    const [first, second] = Object.values(actors[0]!.system.getSnapshot()._scheduledEvents)
    expect([first, second]).toMatchObject([
      { delay: 1_000, id: 'xstate.after.1000.(machine).a' },
      { delay: 5_000 },
    ])
    expect(Math.abs(first!.startedAt - Date.now())).toBeLessThan(1_000)
    for (const actor of actors) actor.stop()
    expect(timers()).toBeLessThanOrEqual(before)
  })

  it('are those of a test that has fake ones', () => {
    vi.useFakeTimers()
    const actors = Array.from({ length: 100 }, () => createActor(machine).start())
    vi.advanceTimersByTime(1_020)
    expect(actors.every((actor) => actor.getSnapshot().value === 'c')).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('cost no more each when one actor has many, and are all cleared', () => {
    const armed = new Set<number>()
    let made = 0
    const clock = {
      setTimeout: () => {
        armed.add((made += 1))
        return made as never
      },
      clearTimeout: (id: number) => void armed.delete(id),
    }
    const schedule = enqueueActions(({ enqueue }) => {
      for (let index = 0; index < 50_000; index += 1)
        enqueue.raise({ type: 'LATER' }, { delay: 5, id: `${index}` })
    })
    const actor = createLeanActor(compile(createMachine({ entry: schedule })), { clock }).start()
    expect(armed.size).toBe(50_000)
    actor.stop()
    expect(armed.size).toBe(0)
  }, 5_000)

  it('of a child are cleared when it is stopped, and only those', () => {
    const clock = steppingClock()
    const kid = createMachine({ initial: 'x', states: { x: { after: { 300: 'y' } }, y: {} } })
    const parent = createMachine({
      initial: 'on',
      states: {
        on: { invoke: { id: 'kid', src: compile(kid) }, after: { 500: 'off' }, on: { OFF: 'off' } },
        off: { after: { 900: 'on' } },
      },
    })
    const actor = createActor(compile(parent), { clock }).start()
    expect(clock.armed).toEqual([300, 500])
    actor.send({ type: 'OFF' })
    expect(clock.armed).toEqual([900])
  })
})

it('a thousand children that end cost no more each than ten', () => {
  const kid = compile(
    createMachine({ initial: 'a', states: { a: { on: { END: 'b' } }, b: { type: 'final' } } }),
  )
  const parentOf = (count: number) =>
    compile(
      setup({ actors: { kid } }).createMachine({
        context: ({ spawn }) => {
          for (let index = 0; index < count; index += 1) spawn('kid', { id: `kid-${index}` })
          return { ended: 0 }
        },
        on: { 'xstate.done.actor.*': { actions: assign({ ended: ({ context }) => context.ended + 1 }) } },
        initial: 'waiting',
        states: { waiting: { on: { GO: { actions: sendTo(({ self }) => self, { type: 'x' }) } } } },
      }),
    )
  const busyMs = (count: number) => {
    const machine = parentOf(count)
    let best = Infinity
    for (let round = 0; round < 8; round += 1) {
      const actor = createActor(machine).start()
      const kids = Object.values(actor.getSnapshot().children) as AnyActorRef[]
      const from = process.threadCpuUsage?.() ?? process.cpuUsage()
      for (const one of kids) one.send({ type: 'END' })
      const { user, system } = process.threadCpuUsage?.(from) ?? process.cpuUsage(from)
      expect(actor.getSnapshot().context.ended).toBe(count)
      best = Math.min(best, user + system)
    }
    return best / count
  }
  // Quadratic would be a hundred times as much.
  expect(busyMs(3_000)).toBeLessThan(Math.max(busyMs(300), 2) * 5)
})

it('a callback that a compiled machine invokes talks to it', () => {
  const machine = compile(
    createMachine({
      initial: 'a',
      states: {
        a: {
          invoke: {
            src: fromCallback(({ sendBack, receive }) => receive(() => sendBack({ type: 'BACK' }))),
            id: 'echo',
          },
          on: { ASK: { actions: sendTo('echo', { type: 'HELLO' }) }, BACK: 'b' },
        },
        b: {},
      },
    }),
  )
  const actor = createActor(machine).start()
  actor.send({ type: 'ASK' })
  expect(actor.getSnapshot().value).toBe('b')
})

describe('the light fromPromise', () => {
  const seenOf = async (
    from: typeof fromPromise,
    work: Parameters<typeof fromPromise>[0],
    event?: { type: string },
  ) => {
    const machine = createMachine({
      initial: 'on',
      states: {
        on: { invoke: { src: from(work), id: 'work', input: 7 }, on: { OFF: 'off' }, onDone: 'off' },
        off: {},
      },
    })
    const seen: unknown[] = []
    const actor = createActor(machine, {
      inspect: ({ type, actorRef, ...rest }) => {
        const { event: of, snapshot } = rest as { event?: { type: string }; snapshot?: object }
        if ((actorRef as AnyActorRef).id === 'work') seen.push([type, of, snapshot && { ...snapshot }])
      },
    })
    actor.subscribe({ error: () => {} })
    actor.start()
    if (event) actor.send(event)
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    return seen
  }

  it.each([
    ['that resolves', async ({ input }: { input: unknown }) => input],
    ['that rejects', () => Promise.reject(new Error('no'))],
    [
      'that throws',
      () => {
        throw new Error('at once')
      },
    ],
  ])("is seen as XState's is, for work %s", async (_, work) => {
    expect(await seenOf(lightFromPromise, work as never)).toEqual(await seenOf(fromPromise, work as never))
  })

  it("is seen as XState's is when it is stopped, and tells work that listens", async () => {
    const reasons: unknown[] = []
    const listens = ({ signal }: { signal: AbortSignal }) =>
      new Promise<never>(() => signal.addEventListener('abort', () => reasons.push(signal.aborted)))
    const off = { type: 'OFF' }
    expect(await seenOf(lightFromPromise, listens, off)).toEqual(await seenOf(fromPromise, listens, off))
    expect(reasons).toEqual([true, true])
  })

  it('makes no signal for work that does not read it', async () => {
    const made = vi.spyOn(globalThis, 'AbortController')
    await seenOf(lightFromPromise, async ({ input }) => input)
    expect(made).not.toHaveBeenCalled()
    await seenOf(fromPromise, async ({ input }) => input)
    expect(made).toHaveBeenCalledOnce()
    made.mockRestore()
  })
})
