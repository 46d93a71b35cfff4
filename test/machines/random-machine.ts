/** Random charts of one line of states, with random actions, and random events for them. */

import * as fc from 'fast-check'
import {
  and,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  fromCallback,
  log,
  not,
  raise,
  sendTo,
  spawnChild,
  stateIn,
  stopChild,
  type AnyStateMachine,
  type EventObject,
} from 'xstate'
import { task } from '../../src/actors/task.ts'
import type { Stimulus } from './side-by-side.ts'

/** Draws one of the choices. */
export type Draw = <T>(...choices: readonly T[]) => T

export const drawOf =
  (gen: fc.GeneratorValue): Draw =>
  (...choices) =>
    choices[gen(fc.integer, { min: 0, max: choices.length - 1 })]!

type Context = { readonly count: number; readonly raises: number }
type Args = { readonly context: Context; readonly event: EventObject }

/** A state's configuration, as loose as a chart written by chance must be. */
type Loose = Record<string, unknown>
type Place = { readonly id: string; readonly config: Loose; readonly children: readonly Place[] }

const EVENTS = ['a', 'b', 'c.x', 'c.y'] as const
const CHILD_IDS = ['one', 'two', 'three'] as const

/** Random events, and random passings of time. */
export const stimuliOf = (draw: Draw): Stimulus[] =>
  Array.from({ length: draw(2, 4, 8) }, () =>
    draw<Stimulus>(...EVENTS.map((type) => ({ type })), 5, 10, {
      type: 'go',
      to: draw(...CHILD_IDS),
    } as EventObject),
  )

/** A chart, and what its actions write into. */
export function randomMachine(draw: Draw): { machine: AnyStateMachine; notes: string[] } {
  const notes: string[] = []
  const root = place('m', 0, draw)
  const ids = idsOf(root)
  for (const one of [root, ...below(root)]) decorate(one, ids, draw, notes)
  const config = { ...root.config, context: { count: 0, raises: 3 }, output: draw(undefined, finalOutput) }
  return { machine: createMachine(config as never, implementations(notes) as never), notes }
}

const finalOutput = ({ context, event }: Args) => ({ count: context.count, event })

function place(id: string, depth: number, draw: Draw): Place {
  const isCompound = depth === 0 || (depth < 3 && draw(true, false, false))
  const children = isCompound
    ? draw(['p', 'q'], ['p', 'q', 'r'], ['p']).map((key) => place(`${id}.${key}`, depth + 1, draw))
    : []
  const keyOf = (child: Place) => child.id.slice(id.length + 1)
  const config: Loose = {
    id,
    tags: draw([], [id], ['even', id]),
    ...(isCompound
      ? {
          initial: draw<unknown>(keyOf(children[0]!), { target: keyOf(children.at(-1)!), actions: ['note'] }),
          states: Object.fromEntries(children.map((child) => [keyOf(child), child.config])),
        }
      : draw({}, {}, {}, { type: 'final' }, { type: 'final', output: finalOutput })),
  }
  return { id, config, children }
}

const below = (one: Place): readonly Place[] => one.children.flatMap((child) => [child, ...below(child)])
const idsOf = (one: Place): readonly string[] => [one, ...below(one)].map(({ id }) => `#${id}`)

function decorate(one: Place, ids: readonly string[], draw: Draw, notes: string[]): void {
  const actions = () => Array.from({ length: draw(0, 1, 1, 2) }, () => action(ids, draw, notes))
  const transition = () => ({
    ...draw({}, { target: draw(...ids) }, { target: draw(...ids) }),
    ...draw({}, {}, { reenter: true }),
    ...draw({}, {}, { guard: guard(ids, draw) }),
    actions: actions(),
  })
  const some = () => draw<unknown>(transition(), [transition(), transition()])
  // What XState itself sends may bring itself about again, so that its transitions need an end.
  const bounded = () => {
    const { actions: then, ...rest } = transition()
    return { ...rest, guard: 'isYoung', actions: ['count', ...then] }
  }
  Object.assign(one.config, { entry: actions(), exit: actions() })
  if (one.config['type'] === 'final') return
  one.config['on'] = Object.fromEntries(
    draw(['a'], ['a', 'b'], ['b', 'c.*'], ['*', 'c.x'], ['raised']).map((type) => [
      type,
      type === '*' ? bounded() : some(),
    ]),
  )
  if (draw(true, false, false))
    one.config['after'] = draw<unknown>({ 5: some() }, { soon: some(), 10: some() })
  if (draw(true, false, false))
    one.config['invoke'] = draw<unknown>(
      { src: 'quick', id: `quick of ${one.id}`, input: finalOutput, onDone: bounded() },
      { src: 'failing', id: `failing of ${one.id}`, onError: draw(bounded(), undefined) },
      { src: 'listening', id: draw(...CHILD_IDS), systemId: draw(undefined, 'known') },
      [{ src: 'listening' }, { src: 'counting', onSnapshot: { actions: actions() } }],
      { src: 'missing' },
    )
  if (one.children.length > 0 && one.id !== 'm') one.config['onDone'] = bounded()
}

const guard = (ids: readonly string[], draw: Draw): unknown => {
  const base = draw<unknown>(
    'isEven',
    { type: 'isMultiple', params: ({ context }: Args) => ({ of: context.count % 3 }) },
    ({ event }: Args) => event.type !== 'b',
    stateIn(draw(...ids)),
  ) as 'isEven'
  return draw<unknown>(base, base, not(base), and([base, 'isEven']))
}

function action(ids: readonly string[], draw: Draw, notes: string[]): unknown {
  const child = draw(...CHILD_IDS)
  return draw<unknown>(
    'note',
    'note',
    'count',
    'count',
    'count',
    'unknown',
    { type: 'noteParams', params: ({ context, event }: Args) => [context.count, event.type] },
    function inline({ context }: Args) {
      notes.push(`inline ${context.count}`)
    },
    assign({ count: ({ context }: Args) => context.count + 2 } as never),
    assign((({ spawn, context }: Args & { spawn: (src: string, options: object) => unknown }) => {
      spawn('listening', { id: child, input: context.count })
      return { count: context.count + 1 }
    }) as never),
    log(({ context }: Args) => context.count),
    emit({ type: 'emitted' }),
    raise({ type: 'b' }, { delay: 5, id: 'later' }),
    raise({ type: 'a' }, { delay: 'soon' as never }),
    cancel('later'),
    spawnChild('listening', { id: child, input: finalOutput } as never),
    spawnChild('quick', { id: child } as never),
    stopChild(child),
    stopChild(child),
    // A child that is not there is an error, and must be the same one.
    draw<unknown>(
      stopChild(child),
      sendTo(child, ({ context }: Args) => ({ type: 'told', count: context.count })),
    ),
    enqueueActions((({ context, enqueue, check }: Args & Enqueue) => {
      if (context.raises > 0) {
        enqueue.assign({ raises: context.raises - 1 })
        enqueue.raise({ type: draw0(context.count) })
      }
      if (check(stateIn(ids[1]!))) enqueue('note')
      enqueue({ type: 'noteParams', params: 'enqueued' })
    }) as never),
    draw('count', 'count', 'count', 'throw'),
  )
}

type Enqueue = {
  readonly enqueue: ((action: unknown) => void) & {
    assign(update: object): void
    raise(event: EventObject): void
  }
  readonly check: (guard: unknown) => boolean
}

/** What is raised must be the same in both runs, so it is drawn from the context and not from chance. */
const draw0 = (count: number) => (['raised', 'a', 'nobody'] as const)[count % 3]!

const implementations = (notes: string[]) => ({
  guards: {
    isYoung: ({ context }: Args) => context.count < 40,
    isEven: ({ context }: Args) => context.count % 2 === 0,
    isMultiple: ({ context }: Args, { of }: { of: number }) => of > 0 && context.count % of === 0,
  },
  delays: { soon: ({ context }: Args) => 5 + (context.count % 3) },
  actions: {
    note: ({ context, event, self }: Args & { self: { getSnapshot(): { value: unknown } | undefined } }) => {
      notes.push(`note ${context.count} ${event.type} ${JSON.stringify(self.getSnapshot()?.value)}`)
    },
    noteParams: (_: Args, params: unknown) => {
      notes.push(`params ${JSON.stringify(params)}`)
    },
    count: assign((({ context }: Args) => ({ count: context.count + 1 })) as never),
    throw: () => {
      throw new Error('thrown by an action')
    },
  },
  actors: {
    quick: task((of: unknown) => of),
    failing: task(() => {
      throw new Error('thrown by an actor')
    }),
    listening: fromCallback(({ self, receive }) => {
      notes.push(`started ${self.id.replace(/^x:.*/, '')}`)
      receive((event) => notes.push(`received ${event.type}`))
      return () => notes.push('stopped')
    }),
    counting: task(() => new Promise(() => {})),
  },
})
