import { describe, expect, it } from 'vitest'
import {
  and,
  assign,
  cancel,
  createMachine,
  fromPromise,
  not,
  raise,
  setup,
  spawnChild,
  stateIn,
  stopChild,
  type AnyStateMachine,
} from 'xstate'
import { lintMachine, type LintOptions } from '../../src/testing/index.ts'
import { counterMachine, crewMachine, workerMachine } from './machines.ts'

type Config = Parameters<typeof createMachine>[0]
type Implementations = Parameters<typeof createMachine>[1]

/** What is said of a machine, as `kind path`. Unchecked by types on purpose: mutants are what types do not stop. */
function found(machine: AnyStateMachine, options?: LintOptions): string[] {
  return lintMachine(machine, options).map(({ kind, path }) => `${kind} ${path}`)
}
const ofConfig = (config: Config, implementations?: Implementations, options?: LintOptions) =>
  found(createMachine({ id: 'm', ...config }, implementations), options)

const nothing = fromPromise(async () => {})

describe('the lint', () => {
  it.each([workerMachine, crewMachine, counterMachine])('finds nothing wrong with $id', (machine) => {
    expect(lintMachine(machine)).toEqual([])
  })

  it('explains a problem: where, what, and what to do', () => {
    expect(lintMachine(createMachine({ id: 'm', entry: 'shout' }), { deadEnds: ['m'] })).toEqual([
      {
        path: 'm entry',
        kind: 'unknown_action',
        message:
          'The action "shout" has no implementation; XState would ignore it. Add it to setup() or provide().',
      },
    ])
  })

  it('finds unknown names of actions, wherever they stand', () => {
    const config: Config = {
      initial: 'a',
      states: {
        a: { entry: 'one', exit: { type: 'two' }, on: { GO: { target: 'b', actions: 'three' } } },
        b: {
          initial: { target: 'c', actions: 'four' },
          states: { c: { always: { target: '#m.d', actions: 'five' } } },
        },
        d: { type: 'final', entry: 'toString' },
      },
    }
    expect(ofConfig(config)).toEqual([
      'unknown_action m.a entry',
      'unknown_action m.a exit',
      'unknown_action m.a|GO|0',
      'unknown_action m.b initial',
      'unknown_action m.b.c|(always)|0',
      'unknown_action m.d entry',
    ])
  })

  it('finds unknown names of guards, also inside combined ones', () => {
    const guards = { known: () => true, both: and(['known', 'strange']) }
    const config: Config = {
      on: {
        A: { guard: 'lost' },
        B: { guard: { type: 'gone' } },
        C: { guard: and(['known', not('missing')]) },
      },
    }
    expect(ofConfig(config, { guards }, { deadEnds: ['m'] })).toEqual([
      'unknown_guard implementations.guards.both',
      'unknown_guard m|A|0',
      'unknown_guard m|B|0',
      'unknown_guard m|C|0',
    ])
  })

  it('finds unknown names of delays, which would fire at once, and those that are no delays', () => {
    const config: Config = {
      initial: 'a',
      states: { a: { after: { soon: 'b', 500: 'b', known: 'b' } }, b: { type: 'final', entry: 'remind' } },
    }
    const delays = { known: 5, odd: '5' as unknown as number }
    // The type refuses an unknown delay here, but not in `after`.
    const actions = { remind: raise({ type: 'X' }, { delay: 'later' as unknown as number }) }
    expect(ofConfig(config, { delays, actions })).toEqual([
      'unknown_delay implementations.actions.remind',
      'unknown_delay implementations.delays.odd',
      'unknown_delay m.a after soon',
    ])
  })

  it('finds unknown and unnamed actors, and children without an id', () => {
    const config: Config = {
      invoke: [{ id: 'x', src: 'missing' }, { src: 'known' }, { id: 'y', src: nothing }],
      entry: 'spawn',
    }
    const actions = { spawn: spawnChild('nobody') }
    expect(ofConfig(config, { actions, actors: { known: nothing } }, { deadEnds: ['m'] })).toEqual([
      'unknown_actor implementations.actions.spawn',
      'missing_id implementations.actions.spawn',
      'unknown_actor m invoke 0',
      'missing_id m invoke 1',
      'inline_actor m invoke 2',
    ])
  })

  it('finds functions where names should be', () => {
    const config: Config = {
      entry: () => {},
      on: { A: { guard: () => true, actions: assign({}) }, B: { guard: not(() => true) } },
    }
    const deadEnds = ['m']
    expect(ofConfig(config, {}, { deadEnds })).toEqual([
      'inline_action m entry',
      'inline_guard m|A|0',
      'inline_guard m|B|0',
    ])
  })

  it('accepts creators in the chart that hold no function, and others when asked', () => {
    const config: Config = {
      entry: [
        raise({ type: 'A' }),
        cancel('x'),
        stopChild('y'),
        spawnChild('child', { id: 'y', input: () => 1 }),
      ],
      exit: [assign(() => ({})), raise(() => ({ type: 'A' }))],
    }
    const implementations = { actors: { child: nothing } }
    const deadEnds = ['m']
    expect(ofConfig(config, implementations, { deadEnds })).toEqual([
      'inline_action m exit',
      'inline_action m exit',
    ])
    expect(ofConfig(config, implementations, { deadEnds, inlineCreators: 'any' })).toEqual([])
  })

  it('finds an initial state, a history default and a stateIn that do not exist', () => {
    const config: Config = {
      initial: 'a',
      states: {
        a: { on: { GO: { target: 'b', guard: stateIn('#nowhere') }, BACK: 'b.last', DEFAULT: 'b.first' } },
        b: {
          initial: 'typo',
          on: { OUT: 'a' },
          states: {
            c: {},
            last: { type: 'history', target: 'gone' },
            first: { type: 'history', target: 'c' },
          },
        },
      },
    }
    expect(ofConfig(config)).toEqual([
      'unknown_state m.a|GO|0',
      'unknown_state m.b initial',
      'unknown_state m.b.last',
    ])
  })

  it('finds states that nothing leads to', () => {
    const config: Config = {
      initial: 'a',
      states: {
        a: { on: { GO: 'pair.left.two' } },
        pair: {
          type: 'parallel',
          on: { OUT: 'a' },
          states: {
            left: { initial: 'one', states: { one: {}, two: {} } },
            right: { initial: 'one', states: { one: {}, two: {} } },
          },
        },
        island: { on: { GO: 'reef' } },
        reef: { type: 'final' },
      },
    }
    expect(ofConfig(config)).toEqual([
      'unreachable m.pair.right.two',
      'unreachable m.island',
      'unreachable m.reef',
    ])
  })

  it('finds states that nothing leads out of, unless they are allowed', () => {
    const config: Config = {
      initial: 'a',
      states: {
        a: { on: { GO: 'b', STAY: 'a', SIT: 'seat', WAIT: 'rest' } },
        b: { on: { SELF: { target: 'b', reenter: true }, NOTE: {} } },
        seat: { initial: 'sitting', states: { sitting: { on: { UP: 'up' } }, up: { type: 'final' } } },
        rest: {
          initial: 'resting',
          onDone: 'a',
          states: { resting: { on: { UP: 'up' } }, up: { type: 'final' } },
        },
      },
    }
    expect(ofConfig(config)).toEqual(['dead_end m.b', 'dead_end m.seat.up'])
    expect(ofConfig(config, {}, { deadEnds: ['m.b', 'm.seat.up'] })).toEqual([])
    expect(ofConfig({ ...config, on: { RESET: '.a' } })).toEqual([])
  })

  it('takes a parallel root whose regions all end for ended', () => {
    const region = { initial: 'on', states: { on: { on: { END: 'off' } }, off: { type: 'final' } } } as const
    expect(ofConfig({ type: 'parallel', states: { left: region, right: region } })).toEqual([])
  })

  it('finds transitions behind one without a guard', () => {
    const config: Config = {
      initial: 'a',
      states: {
        a: { on: { GO: [{ guard: 'may', target: 'b' }, { target: 'b' }, { target: 'c' }] } },
        b: { type: 'final' },
        c: { type: 'final' },
      },
    }
    expect(ofConfig(config, { guards: { may: () => true } })).toEqual(['shadowed m.a|GO|2'])
  })

  it('finds always loops without a bound, and accepts those that cannot loop', () => {
    const states = {
      a: { always: { target: 'b', guard: 'may' } },
      b: { always: [{ target: 'a', guard: 'may' }, { target: 'c' }] },
      c: { always: { actions: 'count', guard: 'may' }, on: { END: 'd' } },
      d: { type: 'final' },
    } as const
    const implementations = { guards: { may: () => true }, actions: { count: () => {} } }
    expect(ofConfig({ initial: 'a', states }, implementations)).toEqual([
      'unbounded_always m.a always',
      'unbounded_always m.b always',
      'unbounded_always m.c always',
    ])
    expect(ofConfig({ initial: 'a', states, options: { maxIterations: 10 } }, implementations)).toEqual([])
    const line: Config = {
      initial: 'a',
      states: { a: { always: 'b' }, b: { always: 'c' }, c: { type: 'final' } },
    }
    expect(ofConfig(line)).toEqual([])
  })

  it('finds an always of a state around its own target', () => {
    const config: Config = {
      initial: 'out',
      states: {
        out: {
          initial: 'in',
          always: { target: '.in', guard: 'may' },
          on: { END: 'end' },
          states: { in: {} },
        },
        end: { type: 'final' },
      },
    }
    expect(ofConfig(config, { guards: { may: () => false } })).toEqual(['unbounded_always m.out always'])
  })

  it('looks at what was provided', () => {
    const machine = setup({ actions: { tell: () => {} } }).createMachine({ id: 'm', entry: 'tell' })
    const options = { deadEnds: ['m'] }
    expect(found(machine, options)).toEqual([])
    // @ts-expect-error an implementation may not be undefined, and a careless provide() makes it so
    expect(found(machine.provide({ actions: { tell: undefined } }), options)).toEqual([
      'unknown_action m entry',
    ])
  })
})
