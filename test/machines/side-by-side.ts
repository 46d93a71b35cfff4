/** Runs a machine and writes down everything that can be seen of it, so that two machines can be compared. */

import { expect } from 'vitest'
import {
  Actor,
  createActor,
  StateMachine,
  StateNode,
  type AnyActorLogic,
  type AnyStateMachine,
  type EventObject,
  type InspectionEvent,
  type Snapshot,
} from 'xstate'
import { childLogOf } from '../../src/testing/child-log.ts'
import { steppingClock } from '../../src/testing/index.ts'

/** An event, or milliseconds to let pass. */
export type Stimulus = EventObject | number

export type Run = {
  readonly input?: unknown
  readonly stimuli: readonly Stimulus[]
  /** Where to begin, as `getPersistedSnapshot` gave it. */
  readonly from?: Snapshot<unknown>
  /** Tried with `can` after every stimulus. */
  readonly asked?: readonly EventObject[]
  /** Instead of inert stand-ins. */
  readonly actors?: (machine: AnyStateMachine) => Readonly<Record<string, AnyActorLogic>>
  /** What the machine's own functions write into. */
  readonly notes?: string[]
}

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
  const say = (what: string, value: unknown) => lines.push(`${what} ${write(value)}`)
  const inspect = (event: InspectionEvent) => {
    const { type, actorRef, rootId: _, ...rest } = event
    // Of an actor that is being made, nothing can be asked yet.
    say(type, [actorRef, type === '@xstate.actor' ? {} : rest])
  }
  const logger = (...args: unknown[]) => say('logged', args)
  const actor = createActor(provided, {
    clock,
    input: run.input,
    inspect,
    logger,
    ...(run.from && { snapshot: run.from }),
  })
  actor.subscribe({
    next: (snapshot) => say('next', snapshot),
    error: (error) => say('error', error),
    complete: () => say('complete', null),
  })
  actor.on('*', (emitted) => say('emitted', emitted))
  const look = () => {
    say('notes', [...notes])
    say('snapshot', actor.getSnapshot())
    for (const event of run.asked ?? [])
      say('can', [event.type, attempt(() => actor.getSnapshot().can(event))])
    say(
      'persisted',
      attempt(() => JSON.stringify(actor.getPersistedSnapshot())),
    )
    say('children', children.children)
    say('timers', clock.armed)
  }
  actor.start()
  look()
  for (const stimulus of run.stimuli) {
    if (typeof stimulus === 'number') clock.advance(stimulus)
    else actor.send(stimulus)
    look()
  }
  actor.stop()
  look()
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
  const write = (value: unknown): string => {
    if (typeof value === 'string') return JSON.stringify(value.replaceAll(/x:\d+/g, session))
    if (typeof value === 'function') return `<function ${value.name}>`
    if (typeof value !== 'object' || value === null) return String(value)
    const known = given.get(value)
    if (known) return known
    if (value instanceof Error) return `<${value.name}: ${value.message}>`
    if (value instanceof StateNode) return `#${value.id}`
    if (value instanceof StateMachine) return '<machine>'
    if (value instanceof Actor) return `<${session(value.sessionId)} ${value.id.replace(/^x:.*/, '')}>`
    if (value instanceof Set) return `<set ${write([...value])}>`
    if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${write(inner)}`)
      .join(', ')} }`
  }
  return write
}

/** Fails with the first line in which the two differ. */
export function expectSame(machine: AnyStateMachine, run: Run): readonly string[] {
  const expected = record(plain(machine), run)
  const found = record(machine, run)
  const at = expected.findIndex((line, index) => line !== found[index])
  if (at >= 0 || expected.length !== found.length)
    expect(found[at], `line ${at} after ${found[at - 1]}`).toBe(expected[at])
  return found
}
