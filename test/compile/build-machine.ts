/** Builds a machine from its spec, with everything behind it. */

import {
  and,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  forwardTo,
  fromCallback,
  fromPromise,
  fromTransition,
  log,
  not,
  raise,
  sendParent,
  sendTo,
  spawnChild,
  stateIn,
  stopChild,
  type AnyStateMachine,
  type EventObject,
} from 'xstate'
import { task } from '../../src/actors/task.ts'
import type { ActionSpec, GuardSpec, InvokeSpec, StateSpec, TransitionSpec } from './machine-spec.ts'

type Context = { readonly count: number; readonly raises: number }
type Args = { readonly context: Context; readonly event: EventObject }
/** A configuration as loose as one written by chance must be. */
type Loose = Record<string, unknown>

export type Built = {
  readonly machine: AnyStateMachine
  /** What its functions write into. */
  readonly notes: string[]
}

/** `step` is applied to every chart: the machine itself, and those that it starts. */
export function buildMachine(root: StateSpec, step: <T extends AnyStateMachine>(machine: T) => T): Built {
  const notes: string[] = []
  const paths = pathsOf(root, 'm')
  const builder = new Builder(notes, paths)
  const config = {
    ...builder.state(root, 'm'),
    context: { count: 0, raises: 3 },
    options: { maxIterations: 30 },
  }
  const machine = createMachine(config as never, implementations(notes, step) as never)
  return { machine: step(machine), notes }
}

/** Ids of all states that can be targets, in the order in which they are written. */
function pathsOf(spec: StateSpec, id: string): readonly string[] {
  return [id, ...statesIn(spec).flatMap((inner, at) => pathsOf(inner, `${id}.${keyOf(at)}`))]
}

/** A state of which only the past could be entered has no states inside, and neither has a final one. */
function statesIn({ type, states = [] }: StateSpec): readonly StateSpec[] {
  return type === 'final' || states.every(isHistory) ? [] : states
}

const keyOf = (at: number) => 'pqrs'[at] ?? `x${at}`

const output = ({ context, event }: Args) => ({ count: context.count, type: event.type })

const OUTPUTS = {
  value: 'value',
  made: output,
  throws: function failingOutput() {
    throw new Error('thrown by an output')
  },
}

class Builder {
  readonly #notes: string[]
  readonly #ids: readonly string[]

  constructor(notes: string[], ids: readonly string[]) {
    this.#notes = notes
    this.#ids = ids
  }

  state(spec: StateSpec, id: string): Loose {
    const states = statesIn(spec)
    const { type, initial = 0, initialActions, tags, entry, exit, on, always, after, onDone } = spec
    if (type === 'shallow' || type === 'deep') return { id, type: 'history', history: type }
    const keys = states.map((_, at) => keyOf(at))
    // A history state cannot be the first to be entered by name here.
    const firsts = keys.filter((_, at) => !isHistory(states?.[at]))
    const isCompound = firsts.length > 0
    const first = firsts[initial % firsts.length]
    return {
      id,
      ...(tags && { tags: [id, 'common'] }),
      ...(entry && { entry: this.actions(entry) }),
      ...(exit && { exit: this.actions(exit) }),
      ...(type === 'parallel' && isCompound && { type }),
      ...(type === 'final' && { type }),
      ...((type === 'final' || id === 'm') && spec.output && { output: OUTPUTS[spec.output] }),
      ...(isCompound && {
        ...(type !== 'parallel' && {
          initial: initialActions ? { target: first, actions: this.actions(initialActions) } : first,
        }),
        states: Object.fromEntries(
          keys.map((key, at) => [key, this.state(states?.[at] ?? {}, `${id}.${key}`)]),
        ),
      }),
      ...(type !== 'final' && {
        ...(on && { on: this.#byKey(on) }),
        ...(always && { always: always.map((one) => this.#quiet(one)) }),
        ...(after && { after: this.#byKey(after) }),
        ...(spec.invoke && { invoke: spec.invoke.map((one) => this.invoke(one)) }),
        ...(onDone && isCompound && id !== 'm' && { onDone: this.bounded(onDone) }),
      }),
    }
  }

  #byKey(record: { readonly [key: string]: readonly TransitionSpec[] }): Loose {
    return Object.fromEntries(
      Object.entries(record).map(([key, list]) => [
        key,
        list.map((one) => (key === '*' ? this.bounded(one) : this.transition(one))),
      ]),
    )
  }

  transition({ target, reenter, guard, actions }: TransitionSpec): Loose {
    return {
      ...(target !== undefined && { target: this.#ids[target % this.#ids.length]?.replace(/^/, '#') }),
      ...(reenter && { reenter }),
      ...(guard && { guard: this.guard(guard) }),
      ...(actions && { actions: this.actions(actions) }),
    }
  }

  /** What actors bring about may bring them about again, so it needs an end. */
  bounded(spec: TransitionSpec): Loose {
    const { guard, actions, ...rest } = this.transition(spec)
    return {
      ...rest,
      guard: guard ? and(['isYoung', guard as 'isYoung']) : 'isYoung',
      actions: ['count', ...((actions as []) ?? [])],
    }
  }

  /** Without messages to children: they are answered, and after each answer such a transition is taken again. */
  #quiet({ actions = [], ...rest }: TransitionSpec): Loose {
    const isSending = (spec: ActionSpec) =>
      typeof spec === 'object' && ('tell' in spec || 'forward' in spec || 'enqueue' in spec)
    return this.transition({ ...rest, actions: actions.filter((spec) => !isSending(spec)) })
  }

  invoke({ src, id, systemId, onDone, onError, onSnapshot }: InvokeSpec): Loose {
    return {
      src,
      input: output,
      ...(id && { id }),
      ...(systemId && { systemId: `${src} of the system` }),
      ...(onDone && { onDone: this.bounded(onDone) }),
      ...(onError && { onError: this.bounded(onError) }),
      ...(onSnapshot && { onSnapshot: this.bounded(onSnapshot) }),
    }
  }

  guard(spec: GuardSpec): unknown {
    if (spec === 'isMultiple')
      return { type: 'isMultiple', params: ({ context }: Args) => ({ of: context.count % 3 }) }
    if (spec === 'isNotB') return ({ event }: Args) => event.type !== 'b'
    if (typeof spec === 'string') return spec
    if ('in' in spec) return stateIn(`#${this.#ids[spec.in % this.#ids.length]}`)
    if ('not' in spec) return not(this.guard(spec.not) as 'isEven')
    return and(spec.and.map((one) => this.guard(one) as 'isEven'))
  }

  actions(specs: readonly ActionSpec[]): unknown[] {
    return specs.map((spec) => this.action(spec))
  }

  action(spec: ActionSpec): unknown {
    if (typeof spec === 'string') return this.#named(spec)
    if ('spawn' in spec) return spawnChild(spec.spawn, { id: spec.id, input: output } as never)
    if ('stop' in spec) return stopChild(spec.stop)
    if ('forward' in spec) return forwardTo(spec.forward)
    if ('tell' in spec)
      return sendTo(
        spec.tell,
        ({ context }) => ({ type: 'told', count: context.count }),
        spec.later ? { delay: 5, id: 'later' } : {},
      )
    const inner = this.actions(spec.enqueue)
    const condition = spec.if && this.guard(spec.if)
    return enqueueActions((({
      enqueue,
      check,
    }: {
      enqueue: (action: unknown) => void
      check: (guard: unknown) => boolean
    }) => {
      if (!condition || check(condition)) for (const one of inner) enqueue(one)
    }) as never)
  }

  #named(name: Extract<ActionSpec, string>): unknown {
    const notes = this.#notes
    switch (name) {
      case 'noteParams':
        return { type: 'noteParams', params: ({ context, event }: Args) => [context.count, event.type] }
      case 'inline':
        return function inline({ context }: Args) {
          notes.push(`inline ${context.count}`)
        }
      case 'countEach':
        return assign({ count: ({ context }: Args) => context.count + 2 } as never)
      case 'log':
        return log(({ context }) => context.count)
      case 'emit':
        return emit(({ context }: Args) => ({ type: 'emitted', count: context.count }))
      case 'raise':
        return enqueueActions((({ context, enqueue }: Args & { enqueue: typeof enqueueType }) => {
          if (context.raises === 0) return
          enqueue.assign({ raises: context.raises - 1 })
          enqueue.raise({ type: (['raised', 'a', 'nobody'] as const)[context.count % 3] ?? 'a' })
        }) as never)
      case 'raiseLater':
        return raise({ type: 'b' }, { delay: 5, id: 'later' })
      case 'raiseSoon':
        return raise({ type: 'a' }, { delay: 'soon' as never })
      case 'cancel':
        return cancel('later')
      case 'sendParent':
        return sendParent({ type: 'to nobody' })
      case 'assignSpawn':
        return assign((({ spawn, context }: Args & { spawn: (src: string, options: object) => unknown }) => {
          spawn('listening', { id: 'two', input: context.count })
          return { count: context.count + 1 }
        }) as never)
      default:
        return name
    }
  }
}

declare const enqueueType: { assign(update: object): void; raise(event: EventObject): void }

const isHistory = (spec: StateSpec | undefined) => spec?.type === 'shallow' || spec?.type === 'deep'

type Self = { readonly self: { getSnapshot(): { value?: unknown } | undefined } }

const implementations = (notes: string[], step: <T extends AnyStateMachine>(machine: T) => T) => ({
  guards: {
    isYoung: ({ context }: Args) => context.count < 40,
    isEven: ({ context }: Args) => context.count % 2 === 0,
    isMultiple: ({ context }: Args, { of }: { of: number }) => of > 0 && context.count % of === 0,
    throws: () => {
      throw new Error('thrown by a guard')
    },
  },
  delays: { soon: ({ context }: Args) => 5 + (context.count % 3) },
  actions: {
    note: ({ context, event, self }: Args & Self) => {
      notes.push(`note ${context.count} ${event.type} ${JSON.stringify(self.getSnapshot()?.value)}`)
    },
    noteParams: (_: Args, params: unknown) => {
      notes.push(`params ${JSON.stringify(params)}`)
    },
    count: assign((({ context }: Args) => ({ count: context.count + 1 })) as never),
    throws: () => {
      throw new Error('thrown by an action')
    },
  },
  actors: {
    quick: task((of: unknown) => of),
    failing: task(() => {
      throw new Error('thrown by an actor')
    }),
    slow: fromPromise(() => new Promise(() => {})),
    listening: fromCallback(({ self, receive, sendBack, emit: emitted }) => {
      notes.push(`started ${nameOf(self)}`)
      receive((event) => {
        notes.push(`received ${event.type}`)
        // Two who always answer each other would never be done.
        if (event.type === 'told' && notes.length < 100) sendBack({ type: 'c.x' })
        emitted({ type: 'heard' })
      })
      return () => notes.push('stopped')
    }),
    counting: fromTransition((count: number) => count + 1, 0),
    worker: step(workerMachine(notes)),
    parallel: step(parallelMachine),
  },
})

const nameOf = ({ id }: { readonly id: string }) => id.replace(/^x:.*/, '')

/** A chart as a child: it waits, works, tells its parent, and ends. */
const workerMachine = (notes: string[]) =>
  createMachine({
    context: ({ input }: { input: unknown }) => ({ input, told: 0 }),
    initial: 'waiting',
    output: ({ context }) => context,
    entry: () => notes.push('worker begins'),
    exit: () => notes.push('worker ends'),
    on: { told: { actions: assign({ told: ({ context }) => context.told + 1 }) } },
    states: {
      waiting: { after: { 5: 'working' }, on: { a: 'working' } },
      working: {
        entry: [
          enqueueActions(({ enqueue }) => {
            if (notes.length < 100) enqueue.sendParent({ type: 'c.y.z' })
          }),
          emit({ type: 'at work' }),
          spawnChild(
            fromCallback(() => {}),
            { id: 'inner' },
          ),
        ],
        invoke: { src: fromCallback(({ sendBack }) => sendBack({ type: 'GO' })) },
        on: { GO: 'resting' },
      },
      resting: {
        tags: 'late',
        after: { 5: 'done' },
        always: { guard: ({ context }) => context.told > 2, target: 'failed' },
      },
      failed: {
        entry: () => {
          throw new Error('the worker failed')
        },
      },
      done: { type: 'final' },
    },
  })

const parallelMachine = createMachine({
  type: 'parallel',
  states: {
    left: { initial: 'x', states: { x: { after: { 5: 'y' } }, y: { type: 'final' } } },
    right: { initial: 'x', states: { x: { on: { told: 'y' } }, y: {}, past: { history: 'deep' } } },
  },
})
