/** Runs a machine and writes down everything that can be seen of it, so that two machines can be compared. */

import { expect } from 'vitest'
import {
  Actor,
  createActor as createXStateActor,
  isMachineSnapshot,
  StateMachine,
  StateNode,
  transition,
  type AnyMachineSnapshot,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyStateMachine,
  type EventObject,
  type InspectionEvent,
  type Snapshot,
} from 'xstate'
import { compile, createActor } from '../../src/compile/index.ts'
import { childLogOf } from '../../src/testing/child-log.ts'
import { steppingClock } from '../../src/testing/index.ts'

/** An event, milliseconds to let pass, an inspector that comes late, or to go on from what was persisted. */
export type Stimulus = EventObject | number | 'inspect' | 'restore'

export type Run = {
  readonly input?: unknown
  readonly stimuli: readonly Stimulus[]
  /** Where to begin, as `getPersistedSnapshot` gave it. */
  readonly from?: Snapshot<unknown>
  /** Tried with `can` after every stimulus; the first also with the pure `transition`. */
  readonly asked?: readonly EventObject[]
  /** Instead of inert stand-ins. */
  readonly actors?: (machine: AnyStateMachine) => Readonly<Record<string, AnyActorLogic>>
  /** What the machine's own functions write into. */
  readonly notes?: string[]
  /** False: nobody watches from the beginning. */
  readonly watched?: boolean
  /** Who makes the root actor: our `createActor`, or (false) XState's. */
  readonly leanRoot?: boolean
}

type Scheduled = ReturnType<AnyActorRef['system']['getSnapshot']>['_scheduledEvents'][string]

/** A machine drawn by chance may multiply its actors and its timers; this much of it is enough to see. */
const CHARS_MAX = 1_000_000
const TIMERS_MAX = 32

/** The machine as XState steps it, whatever class it is of. */
export function plain<TMachine extends AnyStateMachine>(machine: TMachine): TMachine {
  // Same configuration and implementations: only who steps it differs.
  return new StateMachine(machine.config, machine.implementations) as AnyStateMachine as TMachine
}

/** Everything that could be seen, one line each; also the warnings that XState gives in development. */
export function record(machine: AnyStateMachine, run: Run): string[] {
  const lines: string[] = []
  const { warn } = console
  console.warn = (...words: unknown[]) =>
    lines.push(`warned ${words.map(String).join(' ').replaceAll(/x:\d+/g, 'x')}`)
  try {
    watch(machine, run, lines)
  } finally {
    console.warn = warn
  }
  return lines
}

function watch(machine: AnyStateMachine, run: Run, lines: string[]): void {
  const write = scribe(run.input)
  const children = childLogOf(machine)
  const clock = steppingClock()
  const notes = run.notes ?? []
  notes.length = 0
  const provided = machine.provide({ actors: run.actors?.(machine) ?? children.actors })
  let chars = 0
  const say = (what: string, value: unknown) => {
    if (chars > CHARS_MAX) return
    const line = `${what} ${write(value)}`
    chars += line.length
    lines.push(line)
  }
  const inspect = (event: InspectionEvent) => {
    const { type, actorRef, rootId: _, ...rest } = event
    // Of an actor that is being made, nothing can be asked yet.
    say(type, [actorRef, type === '@xstate.actor' ? {} : rest])
  }
  const logger = (...args: unknown[]) => say('logged', args)
  const begin = (from: Snapshot<unknown> | undefined) => {
    const create = run.leanRoot === false ? createXStateActor : createActor
    const actor = create(provided, {
      clock,
      input: run.input,
      ...(run.watched === false ? {} : { inspect }),
      logger,
      ...(from && { snapshot: from }),
    })
    actor.subscribe({
      next: (snapshot) => say('next', snapshot),
      error: (error) => say('error', error),
      complete: () => say('complete', null),
    })
    actor.on('*', (emitted) => say('emitted', emitted))
    return actor.start()
  }
  let actor = begin(run.from)
  const persisted = () => attempt(() => JSON.stringify(actor.getPersistedSnapshot()))
  const look = () => {
    const snapshot = actor.getSnapshot()
    say('notes', [...notes])
    say('snapshot', snapshot)
    for (const event of run.asked ?? []) say('can', [event.type, attempt(() => snapshot.can(event))])
    for (const event of run.asked?.slice(0, 1) ?? [])
      say('would be', [event.type, attempt(() => wouldBe(provided, snapshot, event))])
    say('persisted', persisted())
    say('children', children.children)
    say('timers', clock.armed)
    const scheduled = Object.values(actor.system.getSnapshot()._scheduledEvents).map(wordsOf)
    // In what order the record has them is nobody's business.
    say('scheduled', scheduled.toSorted())
  }
  const restore = () => {
    const saved = persisted()
    actor.stop()
    if (typeof saved === 'string') actor = begin(JSON.parse(saved) as Snapshot<unknown>)
  }
  const isTooMuch = () => chars > CHARS_MAX || clock.armed.length > TIMERS_MAX
  const pass = (ms: number) => {
    const untilMs = clock.now() + ms
    while ((clock.armed[0] ?? Infinity) <= untilMs && !isTooMuch()) clock.next()
    if (!isTooMuch()) clock.advance(untilMs - clock.now())
  }
  look()
  for (const stimulus of run.stimuli) {
    if (isTooMuch()) break
    // A timer whose target was never there throws into the clock.
    if (typeof stimulus === 'number')
      say(
        'advanced',
        attempt(() => pass(stimulus)),
      )
    else if (stimulus === 'inspect') actor.system.inspect(inspect)
    else if (stimulus === 'restore') restore()
    else actor.send(stimulus)
    look()
  }
  actor.stop()
  look()
}

/** A scheduled event in words, without what differs each time: an id that XState makes up, and when it was scheduled. */
function wordsOf({ source, target, event, delay, id, startedAt }: Scheduled): string {
  const name = /^[a-z\d]{8,}$/.test(id) ? '(random)' : id
  const isTimed = Math.abs(startedAt - Date.now()) < 60_000
  return [ownId(source), ownId(target), event.type, delay, name, isTimed].join(' ')
}

/** The id it was given; one that it was not given is a session's. */
const ownId = (actor: { readonly id: string } | undefined) => actor?.id.replace(/^x:.*/, '') ?? 'nobody'

/** What the pure function says: where it would lead, and what would have to be done. */
function wouldBe(machine: AnyStateMachine, snapshot: AnyMachineSnapshot, event: EventObject): unknown {
  if (snapshot.status !== 'active') return null
  const [next, actions] = transition(machine, snapshot, event)
  return [
    next.status,
    next.value,
    next.context,
    next.output,
    actions.map(({ type, params }) => [type, params]),
  ]
}

function attempt(what: () => unknown): unknown {
  try {
    return what()
  } catch (error) {
    return error
  }
}

/**
 * Writes values in full, but functions by name, actors and states by id, session ids by order of appearance, and what
 * came in with the input by its name there.
 */
function scribe(input: unknown): (value: unknown) => string {
  const sessions = new Map<string, string>()
  const session = (id: string) => {
    const known = sessions.get(id) ?? `s${sessions.size}`
    sessions.set(id, known)
    return known
  }
  const given = new Map<unknown, string>(
    Object.entries(input ?? {}).flatMap(([key, value]) =>
      typeof value === 'object' ? [[value, `<input ${key}>`]] : [],
    ),
  )
  /** Snapshots, their contexts and what is frozen never change, and are seen many times. */
  const written = new WeakMap<object, string>()
  const writeOnce = (value: object): string => {
    const text = written.get(value) ?? writeRecord(value)
    written.set(value, text)
    return text
  }
  const write = (value: unknown): string => {
    if (typeof value === 'string') return JSON.stringify(value.replaceAll(/x:\d+/g, session))
    if (typeof value === 'function') return `<function ${value.name}>`
    if (typeof value !== 'object' || value === null) return String(value)
    const known = given.get(value)
    if (known) return known
    if (value instanceof Error) return `<${value.name}: ${value.message}>`
    if (value instanceof StateNode) return `#${value.id}`
    if (value instanceof StateMachine) return '<machine>'
    if (value instanceof Actor) return `<${session(value.sessionId)} ${ownId(value)}>`
    if (value instanceof Set) return `<set ${write([...value])}>`
    if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`
    return isMachineSnapshot(value) || Object.isFrozen(value) ? writeOnce(value) : writeRecord(value)
  }
  const writeRecord = (value: object): string =>
    `{ ${Object.entries(value)
      .map(
        ([key, inner]) => `${key}: ${key === 'context' && isPlain(inner) ? writeOnce(inner) : write(inner)}`,
      )
      .join(', ')} }`
  return write
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** Fails with the first line in which a machine and its compiled twin differ. Returns the lines. */
export function expectSame(machine: AnyStateMachine, run: Run): readonly string[] {
  return expectSameLines(record(plain(machine), run), record(compile(machine), run))
}

export function expectSameLines(expected: readonly string[], found: readonly string[]): readonly string[] {
  const at = expected.findIndex((line, index) => line !== found[index])
  if (at >= 0 || expected.length !== found.length)
    expect(found[at], `line ${at} after ${found[at - 1]}`).toBe(expected[at])
  return found
}
