/** Replay: sends the events of a generated path to a running machine and compares what happens at every step. */

import {
  createActor,
  type Actor,
  type AnyActorLogic,
  type AnyStateMachine,
  type EmittedFrom,
  type EventFromLogic,
  type InputFrom,
  type InspectionEvent,
  type SnapshotFrom,
} from 'xstate'
import { StagecraftError } from '../model/errors.ts'
import { canonicalForm } from './canonical-form.ts'
import { childLogOf, type ChildLog, type ChildRecord } from './child-log.ts'
import {
  describeEvent,
  toPathState,
  type MachinePath,
  type PathState,
  type PathStep,
} from './machine-path.ts'
import type { PathEvent } from './paths-of.ts'
import { steppingClock, type SteppingClock } from './stepping-clock.ts'

/** What a check sees after the start (`number` 0, no `step`) and after every event. */
export type ReplayView<TMachine extends AnyStateMachine> = {
  readonly number: number
  readonly step: PathStep<PathEvent<TMachine>> | undefined
  readonly snapshot: SnapshotFrom<TMachine>
  readonly actor: Actor<TMachine>
  readonly children: readonly ChildRecord[]
  /** Due times of the armed timers, earliest first. */
  readonly timers: readonly number[]
  /** What this step emitted, in order. */
  readonly emitted: readonly EmittedFrom<TMachine>[]
}

export type ReplayOptions<TMachine extends AnyStateMachine> = {
  /** Instead of the input the path was generated with. */
  readonly input?: InputFrom<TMachine>
  /** Real actors by name; every other named actor is an inert one that only keeps a record. Unnamed ones run. */
  readonly actors?: Readonly<Record<string, AnyActorLogic>>
  /** Default: a new one. It is never advanced: a delay that has elapsed is an event of the path. */
  readonly clock?: SteppingClock
  readonly inspect?: (event: InspectionEvent) => void
  /** What must hold at every step and was not derived from the machine; it says no by throwing. */
  readonly check?: (view: ReplayView<TMachine>) => void
  /** True: the actor is left running, to be stopped by `stop()`. */
  readonly keepRunning?: boolean
}

export type Replay<TMachine extends AnyStateMachine> = {
  readonly snapshot: SnapshotFrom<TMachine>
  readonly actor: Actor<TMachine>
  readonly children: readonly ChildRecord[]
  /** Due times of what was armed after the last event. */
  readonly timers: readonly number[]
  /** Stops the actor, and throws when a timer or a child outlives it. */
  readonly stop: () => void
}

/**
 * Runs a path. Value, status, output and context (as the path sees it) must be as the path says.
 * @throws StagecraftError `testing.replay` with the path, the step, what was expected and what was found.
 */
export function replay<TMachine extends AnyStateMachine>(
  path: MachinePath<PathEvent<TMachine>>,
  machine: TMachine,
  options: ReplayOptions<TMachine> = {},
): Replay<TMachine> {
  const { actors, clock = steppingClock(), inspect, check, keepRunning = false } = options
  const log = childLogOf(machine)
  const armedBefore = clock.armed.length
  const provided: AnyStateMachine = machine.provide({ actors: { ...log.actors, ...actors } })
  const input: unknown = options.input ?? path.input
  // `provide` keeps every type of the machine but says so only for a machine it knows.
  const actor = createActor(provided, { clock, input, ...(inspect && { inspect }) }) as Actor<TMachine>
  const stop = () => {
    actor.stop()
    refuseLeaks(path, clock.armed.length - armedBefore, actor, log)
  }
  const heard: EmittedFrom<TMachine>[] = []
  const look = (number: number, step: PathStep<PathEvent<TMachine>> | undefined) => {
    const snapshot = actor.getSnapshot()
    compare(path, number, snapshot)
    const { children } = log
    const emitted = heard.splice(0)
    if (check)
      ask(path, number, () =>
        check({ number, step, snapshot, actor, children, timers: clock.armed, emitted }),
      )
  }
  let ended = false
  try {
    // Without a listener XState would throw an error status into the void, as an uncaught exception.
    actor.subscribe({ error: () => {} })
    actor.on('*', (event) => heard.push(event))
    actor.start()
    look(0, undefined)
    for (const [index, step] of path.steps.entries()) {
      // A machine accepts XState's own events too, whether or not its event type lists them.
      actor.send(step.event as EventFromLogic<TMachine>)
      look(index + 1, step)
    }
    ended = true
  } finally {
    if (!ended) actor.stop()
  }
  const timers = clock.armed
  if (!keepRunning) stop()
  return {
    snapshot: actor.getSnapshot(),
    actor,
    children: log.children,
    timers,
    stop,
  }
}

type Found = Parameters<typeof toPathState>[0]

function compare(path: MachinePath, number: number, found: Found): void {
  const expected = stateAfter(path, number)
  const actual = toPathState(found, path.serializeContext)
  const differing = (['status', 'value', 'context', 'output'] as const).filter(
    (part) => canonicalForm(expected[part]) !== canonicalForm(actual[part]),
  )
  if (differing.length === 0) return
  const lines = differing.map(
    (part) => `  ${part}: expected ${canonicalForm(expected[part])}, found ${canonicalForm(actual[part])}`,
  )
  throw replayError(path, number, `the machine is not where the path says\n${lines.join('\n')}`, found.error)
}

function ask(path: MachinePath, number: number, check: () => void): void {
  try {
    check()
  } catch (error) {
    throw replayError(
      path,
      number,
      `the check says: ${error instanceof Error ? error.message : String(error)}`,
      error,
    )
  }
}

const stateAfter = (path: MachinePath, number: number): PathState => path.steps[number - 1] ?? path.start

function replayError(path: MachinePath, number: number, what: string, cause: unknown): StagecraftError {
  const event = path.steps[number - 1]?.event
  const where = event
    ? `after step ${number} of ${path.steps.length}, ${describeEvent(event)}`
    : 'at the start'
  return new StagecraftError(
    'testing.replay',
    `${where}, ${what}\n  path: ${path.description}`,
    cause === undefined ? {} : { cause },
  )
}

function refuseLeaks(
  path: MachinePath,
  timers: number,
  actor: { getSnapshot: () => Found },
  log: ChildLog,
): void {
  // XState itself leaves children behind when a machine throws; that is reported as the error it is.
  const failed = actor.getSnapshot().status === 'error'
  const running = failed
    ? []
    : log.children.filter((child) => child.status === 'running').map((child) => child.id)
  if (timers <= 0 && running.length === 0) return
  throw new StagecraftError(
    'testing.replay',
    `the machine was stopped, but ${timers} timers are still armed and these children still run: ` +
      `${running.join(', ') || 'none'}\n  path: ${path.description}`,
  )
}
