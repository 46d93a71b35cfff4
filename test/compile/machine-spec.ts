/** Machines as data: drawn by chance, shrunk by fast-check to something a person can read, and built twice to be compared. */

import * as fc from 'fast-check'

/** `target` counts the states of the machine in the order in which they are written, and begins anew after the last. */
export type TransitionSpec = {
  readonly target?: number
  readonly reenter?: true
  readonly guard?: GuardSpec
  readonly actions?: readonly ActionSpec[]
}

export type GuardSpec =
  | 'isEven'
  | 'isMultiple'
  | 'isNotB'
  | 'throws'
  | 'missing'
  | { readonly in: number }
  | { readonly not: GuardSpec }
  | { readonly and: readonly [GuardSpec, GuardSpec] }

export type ActionSpec =
  | 'note'
  | 'noteParams'
  | 'inline'
  | 'unknown'
  | 'throws'
  | 'count'
  | 'countEach'
  | 'log'
  | 'emit'
  | 'raise'
  | 'raiseLater'
  | 'raiseSoon'
  | 'cancel'
  | 'sendParent'
  | 'assignSpawn'
  | { readonly spawn: Source; readonly id: ChildId }
  | { readonly stop: ChildId }
  | { readonly tell: ChildId; readonly later?: true }
  | { readonly forward: ChildId }
  | { readonly enqueue: readonly ActionSpec[]; readonly if?: GuardSpec }

export const CHILD_IDS = ['one', 'two'] as const
export type ChildId = (typeof CHILD_IDS)[number]

/** The actors that machines start: work that ends at once, later, or never, listeners, and charts of their own. */
export const SOURCES = [
  'quick',
  'failing',
  'slow',
  'listening',
  'counting',
  'worker',
  'parallel',
  'missing',
] as const
export type Source = (typeof SOURCES)[number]

export type InvokeSpec = {
  readonly src: Source
  readonly id?: ChildId
  readonly systemId?: true
  readonly onDone?: TransitionSpec
  readonly onError?: TransitionSpec
  readonly onSnapshot?: TransitionSpec
}

export type StateSpec = {
  readonly type?: 'final' | 'parallel' | 'shallow' | 'deep'
  readonly states?: readonly StateSpec[]
  readonly initial?: number
  readonly initialActions?: readonly ActionSpec[]
  readonly tags?: true
  readonly output?: 'value' | 'made' | 'throws'
  readonly entry?: readonly ActionSpec[]
  readonly exit?: readonly ActionSpec[]
  readonly on?: { readonly [descriptor: string]: readonly TransitionSpec[] }
  readonly always?: readonly TransitionSpec[]
  readonly after?: { readonly [delay: string]: readonly TransitionSpec[] }
  readonly invoke?: readonly InvokeSpec[]
  readonly onDone?: TransitionSpec
}

export type Step =
  | 'a'
  | 'b'
  | 'c.x'
  | 'c.y.z'
  /** Milliseconds. */
  | 5
  | 10
  /** An inspector comes late. */
  | 'inspect'
  /** Persisted, and gone on with by another actor. */
  | 'restore'

export type Spec = { readonly root: StateSpec; readonly steps: readonly Step[] }

const optional = <T>(arbitrary: fc.Arbitrary<T>, freq = 2) => fc.option(arbitrary, { nil: undefined, freq })

/** An object without what was not drawn, so that it is short to read. */
const record = <T extends object>(model: { [Key in keyof T]-?: fc.Arbitrary<T[Key] | undefined> }) =>
  // Only its type asks every model to be of exactly what it makes.
  fc.record(model as Record<string, fc.Arbitrary<unknown>>).map((drawn) => {
    const kept = Object.entries(drawn).filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    )
    // What is left out is optional in every spec.
    return Object.fromEntries(kept) as T
  })

const target = fc.nat({ max: 11 })

const guard: fc.Arbitrary<GuardSpec> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<GuardSpec>('isEven', 'isMultiple', 'isNotB') },
  { weight: 1, arbitrary: fc.constantFrom<GuardSpec>('throws', 'missing') },
  { weight: 2, arbitrary: target.map((at): GuardSpec => ({ in: at })) },
  { weight: 1, arbitrary: target.map((at): GuardSpec => ({ not: { in: at } })) },
  { weight: 1, arbitrary: fc.constant<GuardSpec>({ and: ['isEven', { not: 'isNotB' }] }) },
)

const child = fc.constantFrom(...CHILD_IDS)
const source = fc.constantFrom(...SOURCES)

const plainAction: fc.Arbitrary<ActionSpec> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom<ActionSpec>(
      'note',
      'count',
      'noteParams',
      'inline',
      'countEach',
      'raise',
      'emit',
    ),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom<ActionSpec>(
      'log',
      'raiseLater',
      'raiseSoon',
      'cancel',
      'unknown',
      'assignSpawn',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<ActionSpec>('throws', 'sendParent') },
  { weight: 3, arbitrary: fc.record({ spawn: source, id: child }) },
  { weight: 3, arbitrary: fc.record({ stop: child }) },
  {
    weight: 2,
    arbitrary: record<{ tell: ChildId; later?: true }>({ tell: child, later: optional(fc.constant(true)) }),
  },
  { weight: 1, arbitrary: fc.record({ forward: child }) },
)

const action: fc.Arbitrary<ActionSpec> = fc.oneof(
  { weight: 6, arbitrary: plainAction },
  {
    weight: 1,
    arbitrary: record<{ enqueue: readonly ActionSpec[]; if?: GuardSpec }>({
      enqueue: fc.array(plainAction, { minLength: 1, maxLength: 3 }),
      if: optional(guard),
    }),
  },
)
const actions = fc.array(action, { maxLength: 2 })

const transition = record<TransitionSpec>({
  target: optional(target, 4),
  reenter: optional(fc.constant(true)),
  guard: optional(guard),
  actions,
})
const transitions = fc.array(transition, { minLength: 1, maxLength: 2 })

const invoke = record<InvokeSpec>({
  src: source,
  id: optional(child),
  systemId: optional(fc.constant(true), 5),
  onDone: optional(transition),
  onError: optional(transition),
  onSnapshot: optional(transition, 4),
})

const DESCRIPTORS = ['a', 'b', 'c.x', 'c.*', 'c.y.*', '*', 'raised', 'emitted'] as const

/** How likely states of the kinds are that are left to the interpreter. */
export type Draw = { readonly parallel: boolean; readonly history: boolean }

function stateOf(depth: number, draw: Draw): fc.Arbitrary<StateSpec> {
  const leaf = record<StateSpec>({
    ...body,
    type: depth === 0 ? fc.constant(undefined) : fc.constantFrom(undefined, undefined, undefined, 'final'),
    states: fc.constant(undefined),
    initial: fc.constant(undefined),
    initialActions: fc.constant(undefined),
    onDone: fc.constant(undefined),
  })
  if (depth === 3) return leaf
  const kinds = [undefined, undefined, ...(draw.parallel ? (['parallel'] as const) : [])]
  const inner = stateOf(depth + 1, draw)
  const past = record<StateSpec>({
    ...nothing,
    type: fc.constantFrom('shallow', 'deep'),
  })
  const compound = record<StateSpec>({
    ...body,
    type: fc.constantFrom(...kinds),
    states: fc.array(
      draw.history ? fc.oneof({ weight: 6, arbitrary: inner }, { weight: 1, arbitrary: past }) : inner,
      {
        minLength: 1,
        maxLength: depth === 0 ? 4 : 2,
      },
    ),
    initial: fc.nat({ max: 3 }),
    initialActions: optional(actions),
    onDone: optional(transition),
  })
  return fc.oneof(
    { weight: depth === 0 ? 20 : 2, arbitrary: compound },
    { weight: depth === 0 ? 1 : 5, arbitrary: leaf },
  )
}

const body = {
  tags: optional(fc.constant(true)),
  output: optional(fc.constantFrom('value', 'value', 'made', 'made', 'throws')),
  entry: actions,
  exit: actions,
  on: optional(
    fc.dictionary(fc.constantFrom(...DESCRIPTORS), transitions, { maxKeys: 3, noNullPrototype: true }),
    6,
  ),
  always: optional(transitions, 5),
  after: optional(
    fc.dictionary(fc.constantFrom('5', '10', 'soon', 'none'), transitions, {
      minKeys: 1,
      maxKeys: 2,
      noNullPrototype: true,
    }),
    3,
  ),
  invoke: optional(fc.array(invoke, { minLength: 1, maxLength: 2 }), 3),
} as const

const nothing = {
  ...Object.fromEntries(Object.keys(body).map((key) => [key, fc.constant(undefined)])),
  states: fc.constant(undefined),
  initial: fc.constant(undefined),
  initialActions: fc.constant(undefined),
  onDone: fc.constant(undefined),
} as { [Key in Exclude<keyof StateSpec, 'type'>]-?: fc.Arbitrary<undefined> }

const step = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Step>('a', 'b', 'c.x', 'c.y.z') },
  { weight: 4, arbitrary: fc.constantFrom<Step>(5, 10) },
  { weight: 1, arbitrary: fc.constantFrom<Step>('inspect', 'restore') },
)

export const machineSpec = (draw: Draw): fc.Arbitrary<Spec> =>
  fc.record({ root: stateOf(0, draw), steps: fc.array(step, { maxLength: 8 }) })
