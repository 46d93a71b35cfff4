import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  and,
  assign,
  cancel,
  createActor,
  createMachine,
  emit,
  enqueueActions,
  forwardTo,
  fromCallback,
  fromTransition,
  initialTransition,
  log,
  not,
  raise,
  sendParent,
  sendTo,
  spawnChild,
  stateIn,
  stopChild,
  transition,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  type Snapshot,
} from 'xstate'
import { task } from '../../src/actors/task.ts'
import { criticMachine } from '../../src/machines/critic.ts'
import { compile, explainCompilation } from '../../src/compile/index.ts'
import { reviewMachine } from '../../src/machines/review.ts'
import { settledNow, stageMachine } from '../../src/machines/stage.ts'
import { DEFAULT_RULES } from '../../src/model/verdict.ts'
import { childLogOf } from '../../src/testing/child-log.ts'
import { doneEvent, errorEvent, pathsOf } from '../../src/testing/index.ts'
import { input, options, planOf, resultOf } from '../machines/samples.ts'
import { criticEnds, criticOrders, cuts } from '../machines/critic-events.ts'
import { sameOnPaths } from './same-on-paths.ts'
import { type Run, type Stimulus, expectSame, plain, record } from './side-by-side.ts'

const cutEvents = cuts.map((cut) => ({ type: 'CUT', cut }) as const)

/** The delays that are running. */
const delayEvents = ({ _nodes }: AnyMachineSnapshot) =>
  _nodes.flatMap((node) => node.after.map(({ eventType }) => ({ type: eventType }) as never))

describe('a critic, compiled,', () => {
  const plan = planOf({ name: 'fairness', retry: { retriesMax: 1, onTimeout: true } })
  const ends = [...criticEnds, errorEvent('evaluate', { message: 'nobody handles this' })] as const
  const eventsIn = (snapshot: AnyMachineSnapshot) => [
    ...criticOrders,
    ...ends.filter(({ actorId }) => Object.hasOwn(snapshot.children, actorId)),
    ...delayEvents(snapshot),
  ]
  // One that may start it, one that may end it, one that nobody handles.
  const asked = [criticOrders[0], ends[0], { type: 'nothing' }]
  const variants = [options, { ...options, consults: true, recalls: true, recovers: true }].map(
    (variant) => ({ plan: plan.critics[0]!, run: 1, input, options: variant }),
  )

  it.each(variants)('does what it does under the interpreter on every generated path (%#)', (start) => {
    const paths = pathsOf(criticMachine, { input: start, events: eventsIn })
    expect(paths.length).toBeGreaterThan(400)
    expect(explainCompilation(criticMachine)).toEqual({ compiled: true, reasons: [] })
    for (const { steps } of paths)
      expectSame(criticMachine, { input: start, stimuli: steps.map((step) => step.event), asked })
  })

  it('goes on from where it was persisted', () => {
    const [start] = variants
    for (const { steps } of pathsOf(criticMachine, { input: start!, events: eventsIn }).slice(0, 100)) {
      const actor = createActor(
        criticMachine.provide({ actors: childLogOf(criticMachine).actors as object }),
        { input: start! },
      )
      actor.subscribe({ error: () => {} })
      actor.start()
      const at = Math.floor(steps.length / 2)
      for (const { event } of steps.slice(0, at)) actor.send(event as never)
      // A copy each, because XState writes into what it restores.
      const from = () => JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as Snapshot<unknown>
      const stimuli = steps.slice(at).map((step) => step.event)
      expect(record(compile(criticMachine), { stimuli, from: from() })).toEqual(
        record(plain(criticMachine), { stimuli, from: from() }),
      )
    }
  })

  it('has the same paths, and asks for the same actions, when no actor runs it', () => {
    const [start] = variants
    const seen = (machine: typeof criticMachine) =>
      pathsOf(machine, { input: start!, events: eventsIn }).map(({ description, final }) => [
        description,
        final,
      ])
    expect(seen(compile(criticMachine))).toEqual(seen(plain(criticMachine)))
    const asks = (machine: typeof criticMachine) => {
      const [first] = initialTransition(machine, start!)
      const [, actions] = transition(machine, first, { type: 'START', prior: {} })
      return actions.map(({ type, params }) => [type, Object.keys(params ?? {})])
    }
    expect(asks(compile(criticMachine))).toEqual(asks(plain(criticMachine)))
  })
})

describe('a stage, compiled,', () => {
  const plan = planOf(
    { name: 'early', stage: 'FAST_CRITICS' },
    { name: 'first', stage: 'CORE_ANALYSIS' },
    { name: 'after', stage: 'CORE_ANALYSIS', dependsOn: ['first'] },
    { name: 'gated', stage: 'CORE_ANALYSIS', policy: 'ON_VIOLATION' },
  )
  const stage = plan.stages[1]!
  const start = {
    stage,
    plan,
    run: 1,
    input,
    options: { critic: options, gating: true, perStageMs: {}, reviewMs: 60_000 },
  }
  const settled = plan.critics.map((one) => (one.name === 'early' ? resultOf(plan, 'early') : undefined))
  const outcomes = [{}, { finding: { violations: ['rule'] } }]
  type StageSnapshot = ReturnType<(typeof stageMachine)['getInitialSnapshot']>
  const eventsIn = (snapshot: StageSnapshot) => [
    { type: 'RUN', settled } as const,
    ...cutEvents.slice(0, 1),
    ...delayEvents(snapshot),
    ...['first', 'after', 'gated']
      .filter((name) => snapshot.value !== 'pending' && !settledNow(snapshot.context)[plan.positions[name]!])
      .flatMap((name) => [
        ...outcomes.map((over) => doneEvent(name, resultOf(plan, name, over))),
        errorEvent(name, { message: 'broke' }),
      ]),
  ]

  it('does what it does under the interpreter on every generated path', () => {
    const paths = pathsOf(stageMachine, { input: start, events: eventsIn })
    expect(paths.length).toBeGreaterThan(400)
    sameOnPaths(stageMachine, paths, 3)
  })
})

describe('a review of stages of critics, all compiled,', () => {
  const plan = planOf(
    { name: 'early', stage: 'FAST_CRITICS' },
    { name: 'core', stage: 'CORE_ANALYSIS', retry: { retriesMax: 1 } },
    { name: 'after', stage: 'CORE_ANALYSIS', dependsOn: ['core'] },
    { name: 'gated', stage: 'CORE_ANALYSIS', policy: 'ON_VIOLATION' },
    { name: 'late', stage: 'VALIDATION' },
  )
  const start = {
    plan,
    run: 1,
    input,
    options: {
      reviewMs: 60_000,
      shortCircuit: true,
      rules: DEFAULT_RULES,
      stage: { critic: options, gating: true, perStageMs: {}, reviewMs: 60_000 },
    },
  }
  type Answer = 'finding' | 'violation' | 'severe' | 'error' | 'nothing'
  const outcomeOf = (answer: Answer) => {
    if (answer === 'error')
      return { kind: 'error', error: { code: 'error', name: 'Error', message: 'down' }, retryable: true }
    const finding = { violation: { violations: ['rule'] }, severe: { severity: 3 } }[answer as 'severe'] ?? {}
    return { kind: 'finding', finding, validationErrors: [] }
  }
  /** All three charts with the same workers behind them, each as given or as XState steps it. */
  const wired = (step: <T extends AnyStateMachine>(machine: T) => T, answers: readonly Answer[]) => {
    const never = fromCallback(() => {})
    const answerOf = (critic: number) => answers[critic] ?? 'finding'
    const actors: object = {
      evaluate: task(({ critic }: { critic: number }) => outcomeOf(answerOf(critic))),
      allowance: fromCallback(({ sendBack }) => sendBack({ type: 'RETRY_ALLOWED' })),
      permit: fromCallback(({ sendBack }) => sendBack({ type: 'GRANTED' })),
      condition: never,
    }
    const critic = step(criticMachine.provide({ actors }))
    const stage = step(stageMachine.provide({ actors: { critic } }))
    return step(reviewMachine.provide({ actors: { stage } }))
  }
  const answer = fc.constantFrom<Answer>('finding', 'violation', 'severe', 'error')
  const stimulus = fc.constantFrom<Stimulus>(10, 1_000, 60_000, { type: 'CUT', cut: cuts[1]! } as EventObject)

  it('ends, and is seen on the way, exactly like one under the interpreter', () => {
    fc.assert(
      fc.property(
        fc.array(answer, { minLength: 5, maxLength: 5 }),
        fc.array(stimulus, { maxLength: 4 }),
        (answers, events) => {
          const run: Run = { input: start, stimuli: [...events, 60_000, 60_000], actors: () => ({}) }
          const found = record(wired(compile, answers), run)
          expect(found).toEqual(record(wired(plain, answers), run))
          expect(found.at(-1)).toBeDefined()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is compiled itself', () => {
    expect(explainCompilation(reviewMachine).compiled).toBe(true)
  })
})

/** Charts with whatever is handed to the interpreter, or is easily got wrong; each with events, `b` and `c` among them. */
type Sample = { readonly chart: object; readonly with?: object; readonly stimuli?: readonly Stimulus[] }

const a = { type: 'a' }
const b = { type: 'b' }
const c = { type: 'c' }
const count = assign({ count: ({ context }: { context: { count: number } }) => context.count + 1 } as never)
const boom = () => {
  throw new Error('boom')
}
const isSecond = ({
  context: { count: n },
  event,
}: {
  context: { count: number }
  event: { type: string }
}) => event.type === 'a' && n === 2
const listening = fromCallback(() => {})
const echo = fromCallback(({ sendBack, receive }) => receive((event) => sendBack({ type: 'echo', event })))
const context = { count: 0 }
const two = { x: { on: { a: 'y' } }, y: { on: { b: 'x' } } }

const interpreted: Readonly<Record<string, object>> = {
  'parallel states': {
    type: 'parallel',
    states: { left: { initial: 'x', states: two }, right: { initial: 'x', states: two } },
  },
  history: {
    initial: 'in',
    states: {
      in: { initial: 'x', states: { ...two, past: { type: 'history' } }, on: { c: 'out' } },
      out: { on: { a: 'in.past' } },
    },
  },
  'a transition with two targets': {
    initial: 'x',
    states: { x: { on: { a: { target: ['y', 'y'] } } }, y: {} },
  },
}

const samples: Readonly<Record<string, Sample>> = {
  'eventless transitions, also of the root, and after each other': {
    chart: {
      initial: 'x',
      always: { guard: ({ context: { count: n } }: { context: { count: number } }) => n === 3, target: '.z' },
      states: {
        x: { always: { target: 'y', actions: count } },
        y: { on: { a: { actions: count } }, always: { guard: isSecond, actions: count } },
        z: { entry: count, on: { b: 'x' } },
      },
    },
  },
  'more microsteps than it may have': {
    chart: {
      options: { maxIterations: 5 },
      initial: 'x',
      states: { x: { always: 'y' }, y: { always: 'x' } },
    },
  },
  'no states': { chart: { on: { a: { actions: count } } } },
  'nested final states, their output and onDone': {
    chart: {
      initial: 'x',
      output: ({ event }: { event: unknown }) => event,
      states: {
        x: {
          initial: 'in',
          states: {
            in: { on: { a: 'end' }, exit: count },
            end: { type: 'final', output: () => 1, entry: count, exit: count },
          },
          onDone: { target: 'y', actions: log(({ event }) => event) },
        },
        y: { on: { b: 'z' }, tags: ['late'] },
        z: {
          type: 'final',
          output: ({ context: { count: n } }: { context: { count: number } }) => n,
          tags: ['later'],
          exit: count,
        },
      },
    },
  },
  'an undelayed raise, and one whose delay does not exist': {
    chart: {
      initial: 'x',
      states: {
        x: {
          on: {
            a: { actions: [raise({ type: 'b' }), count, raise({ type: 'c' })] },
            b: { actions: count },
            c: 'y',
          },
        },
        y: { after: { never: 'z' }, exit: raise({ type: 'z' }) },
        z: { on: { z: { actions: count } } },
      },
    },
  },
  'actions that throw': {
    chart: {
      initial: 'x',
      states: { x: { on: { b: { actions: boom } }, entry: count, exit: count }, y: {} },
    },
    stimuli: [a, b, c],
  },
  'an entry action that throws at the start': { chart: { initial: 'x', states: { x: { entry: boom } } } },
  'an assignment that throws at the start': {
    chart: { initial: 'x', entry: assign(boom), states: { x: {} } },
  },
  'a context that throws': { chart: { context: boom, initial: 'x', states: { x: {} } } },
  'a context that spawns': {
    chart: {
      context: ({ spawn }: { spawn: (logic: unknown, options?: object) => unknown }) => ({
        count: 0,
        child: spawn(listening, { id: 'kid' }),
        other: spawn('named', { id: 'named', input: 1 }),
      }),
      initial: 'x',
      states: two,
    },
    with: { actors: { named: listening } },
  },
  'an input for its context': {
    chart: { context: ({ input: given }: { input: unknown }) => ({ given }), initial: 'x', states: two },
  },
  'guards that throw': {
    chart: { initial: 'x', states: { x: { on: { a: 'y' } }, y: { on: { b: { guard: boom } } } } },
  },
  'a guard that does not exist': {
    chart: { initial: 'x', states: { x: { on: { a: { guard: 'nobody' } } } } },
  },
  'params that throw': {
    chart: { initial: 'x', states: { x: { on: { a: { actions: { type: 'one', params: boom } } } } } },
  },
  'outputs that throw': {
    chart: { initial: 'x', output: boom, states: { x: { on: { a: 'y' } }, y: { type: 'final' } } },
  },
  'outputs of final states that throw': {
    chart: { initial: 'x', states: { x: { on: { a: 'y' } }, y: { type: 'final', output: boom } } },
  },
  'a delay that throws': {
    chart: { initial: 'x', states: { x: { on: { a: 'y' } }, y: { after: { boom: 'x' } } } },
    with: { delays: { boom } },
  },
  'an input that throws': {
    chart: {
      initial: 'x',
      states: { x: { on: { a: 'y' } }, y: { invoke: { src: listening, input: boom } } },
    },
  },
  'actions that do not exist': {
    chart: {
      initial: 'x',
      states: { x: { entry: 'nobody', on: { a: { actions: { type: 'no', params: 1 } } } } },
    },
  },
  'actors that do not exist': {
    chart: { initial: 'x', states: { x: { invoke: { src: 'nobody' }, on: { a: 'y' } }, y: {} } },
  },
  're-entering transitions of every kind': {
    chart: {
      initial: 'x',
      entry: count,
      exit: count,
      on: {
        root: { target: '.x', reenter: true },
        reroot: { target: '#(machine)', reenter: true },
        bare: { reenter: true, actions: count },
      },
      states: {
        x: {
          initial: { target: 'p', actions: count },
          entry: log('in x'),
          exit: log('out of x'),
          on: {
            a: { target: 'x', reenter: true },
            b: 'x',
            c: '.q',
            d: { target: '.q', reenter: true },
            up: '#(machine)',
          },
          states: {
            p: { entry: log('in p'), exit: log('out of p') },
            q: { entry: log('in q'), on: { q: 'q', r: { target: 'q', reenter: true } } },
          },
        },
      },
    },
    stimuli: ['a', 'b', 'c', 'q', 'r', 'd', 'root', 'c', 'reroot', 'bare', 'c', 'up', 'c', 'b'].map(
      (type) => ({ type }),
    ),
  },
  'wildcards, forbidden events and partial descriptors': {
    chart: {
      initial: 'x',
      on: { '*': { actions: count } },
      states: { x: { on: { a: {}, 'c.*': { actions: log('c') }, '*': undefined } } },
    },
    stimuli: [a, b, c, { type: 'c.d' }, { type: 'c.d.e' }],
  },
  'a stop of a running and of a new child, and one of a child that is not there': {
    chart: {
      initial: 'x',
      states: {
        x: {
          on: {
            a: {
              actions: [spawnChild(listening, { id: 'kid' } as never), stopChild('kid'), stopChild('kid')],
            },
            b: { actions: spawnChild(listening, { id: 'kid' } as never) },
            c: { actions: stopChild(({ self }) => self.getSnapshot().children['kid']!) },
          },
        },
      },
    },
    stimuli: [a, b, c, b],
  },
  'sending to children, to new invocations, to itself, to its parent': {
    chart: {
      initial: 'x',
      invoke: { id: 'echo', src: echo },
      states: {
        x: {
          on: {
            a: { actions: [sendTo('echo', b), forwardTo('echo')] },
            echo: { actions: log(({ event }) => event) },
            b: 'y',
          },
        },
        y: {
          entry: [
            sendTo('new', a),
            sendTo(({ self }) => self, { type: 'd' }),
            sendTo('new', a, { delay: 5 }),
          ],
          invoke: { id: 'new', src: echo },
          on: {
            c: { target: 'y', reenter: true, actions: sendTo('#_internal', { type: 'inner' }) },
            echo: { actions: count },
            d: { actions: count },
          },
        },
        z: { entry: sendParent(a) },
      },
      on: { z: '.z' },
    },
    stimuli: [a, b, 5, c, { type: 'z' }],
  },
  'emit, log and enqueueActions with everything it offers': {
    chart: {
      initial: 'x',
      states: {
        x: {
          on: {
            a: {
              target: 'y',
              actions: enqueueActions(({ enqueue, check }) => {
                enqueue.assign({ count: 5 } as never)
                enqueue.emit({ type: 'out' })
                enqueue(log('enqueued'))
                enqueue.spawnChild(listening, { id: 'kid' } as never)
                enqueue.sendTo('kid', b)
                if (check(stateIn('x')) && check(and([() => true, not(() => false)]))) enqueue.raise(c)
                enqueue.raise(b, { delay: 5, id: 'later' })
                enqueue.stopChild('kid')
                enqueue('nobody')
                enqueue(enqueueActions((inner) => inner.enqueue.assign({ count: 6 } as never)))
              }),
            },
          },
        },
        y: { entry: [emit({ type: 'in' }), cancel('later')], on: { c: { actions: count } } },
      },
    },
    stimuli: [a, 10],
  },
  'an invocation that reports its snapshots': {
    chart: {
      initial: 'x',
      states: {
        x: {
          invoke: {
            id: 'sum',
            src: fromTransition((sum: number) => sum + 1, 0),
            onSnapshot: { actions: log(({ event }) => event) },
          },
          on: { a: { actions: sendTo('sum', a) }, b: 'y' },
        },
        y: {},
      },
    },
  },
  'invocations that end or fail at once': {
    chart: {
      initial: 'x',
      states: {
        x: { invoke: { src: task(() => 1), onDone: { target: 'y', actions: log(({ event }) => event) } } },
        y: { invoke: { src: task(boom), onError: { target: 'z', actions: log(({ event }) => event) } } },
        z: { invoke: { src: task(boom) } },
      },
    },
  },
  'a name in the system, free again as soon as its state is left': {
    chart: {
      initial: 'x',
      states: {
        x: {
          invoke: { id: 'kid', src: listening, systemId: 'known' },
          on: {
            a: { target: 'x', reenter: true },
            b: 'y',
            c: { actions: spawnChild(listening, { systemId: 'known' }) },
          },
        },
        y: { invoke: { src: listening, systemId: 'known' }, on: { c: 'x' } },
      },
    },
    stimuli: [a, b, c, c],
  },
  'a delayed event that is cancelled by its id': {
    chart: {
      initial: 'x',
      states: {
        x: {
          entry: [raise(b, { id: 'one', delay: 5 }), raise(c, { id: 'two', delay: 5 })],
          after: { 5: { actions: log('five') } },
          on: { a: { actions: cancel('one') }, b: { actions: log('one') }, c: { actions: log('two') } },
        },
      },
    },
    stimuli: [a, 3, 7],
  },
  'a start that is the end': {
    chart: {
      initial: 'x',
      entry: spawnChild(listening, { id: 'kid' } as never),
      exit: count,
      output: 1,
      states: { x: { type: 'final', entry: raise(a), exit: log('exit') } },
    },
  },
  'an end with children left behind': {
    chart: {
      initial: 'x',
      invoke: { id: 'root', src: echo },
      states: {
        x: { invoke: { id: 'inner', src: echo }, on: { a: 'y' } },
        y: { type: 'final', invoke: { id: 'last', src: echo } },
      },
    },
  },
  'tags, meta and several states deep': {
    chart: {
      initial: 'x',
      tags: ['root'],
      meta: { of: 'root' },
      states: {
        x: {
          tags: ['x', 'both'],
          initial: 'p',
          states: {
            p: {
              tags: ['p', 'both'],
              meta: { of: 'p' },
              initial: 'u',
              states: { u: { on: { a: 'v' } }, v: { tags: ['v'], on: { b: '#end' } } },
            },
          },
        },
        end: { id: 'end', type: 'final', tags: ['end'] },
      },
    },
  },
}

describe('a machine that cannot be compiled is left to the interpreter', () => {
  it.each(Object.entries(interpreted))('%s', (_, chart) => {
    const machine = createMachine({ context, ...chart } as object)
    expect(compile(machine) === machine).toBe(true)
    expectSame(machine, { stimuli: [a, b, c, a], asked: [a, b] })
  })
})

describe('a machine, compiled, does what it does under the interpreter with', () => {
  it.each(Object.entries(samples))(
    '%s',
    (_, { chart, with: implementations = {}, stimuli = [a, b, c, a] }) => {
      const machine = createMachine({ context, ...chart } as object, implementations)
      expect(explainCompilation(machine).compiled).toBe(true)
      expectSame(machine, { stimuli, asked: [a, b, c], actors: () => ({}) })
    },
  )
})
