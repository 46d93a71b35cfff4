/** What a chart does on an event, purely: the next snapshot, and the commands that somebody has to perform for it. */

import {
  createEmptyActor,
  type AnyActorRef,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  type ExecutableActionObject,
} from 'xstate'
import type { CheckpointParams } from '../../machines/project.ts'
import { hashOf, type Json } from '../../model/canonical.ts'
import { StagecraftError } from '../../model/errors.ts'
import type { Saying } from '../../model/fact.ts'

/** What a chart asks of the world, in the chart's own ids. */
export type ChartCommand =
  | { readonly kind: 'start'; readonly id: string; readonly source: string; readonly input: Json }
  | { readonly kind: 'stop'; readonly id: string }
  /** `delayMs` counts from the event's own time. */
  | { readonly kind: 'arm'; readonly id: string; readonly delayMs: number; readonly event: EventObject }
  | { readonly kind: 'disarm'; readonly id: string }
  | { readonly kind: 'send'; readonly to: string; readonly event: EventObject }

export type Decision = {
  /** JSON, and all that the next decision needs. */
  readonly snapshot: Json
  readonly commands: readonly ChartCommand[]
  readonly sayings: readonly Saying[]
  readonly checkpoints: readonly CheckpointParams[]
  readonly state: string
  readonly ended: boolean
  /** True when the chart has reached a final state. */
  readonly done: boolean
  readonly output: unknown
}

/** The first decision of a chart. */
export function decideFirst(machine: AnyStateMachine, input: unknown): Decision {
  const actions: ExecutableActionObject[] = []
  return decisionOf(machine, machine.getInitialSnapshot(scopeOf(actions), input as never), actions)
}

/** The next decision. Throws what a guard or an action of the chart throws. */
export function decide(machine: AnyStateMachine, snapshot: Json, event: EventObject): Decision {
  const actions: ExecutableActionObject[] = []
  const scope = scopeOf(actions)
  const before = machine.restoreSnapshot(snapshot as never, scope) as AnyMachineSnapshot
  return decisionOf(machine, machine.transition(before, event, scope), actions)
}

/**
 * Collects what is to be performed, and performs nothing. XState's own `transition` does the same with an actor that it
 * makes for every call, initial state and all, which takes longer than the decision.
 */
function scopeOf(actions: ExecutableActionObject[]): AnyActorScope {
  const self = createEmptyActor()
  return {
    self,
    id: '',
    sessionId: '',
    logger: () => {},
    defer: () => {},
    system: self.system,
    stopChild: () => {},
    emit: () => {},
    actionExecutor: (action) => actions.push(action),
  }
}

function decisionOf(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  actions: readonly ExecutableActionObject[],
): Decision {
  if (snapshot.status === 'error') throw snapshot.error
  const commands: ChartCommand[] = []
  const sayings: Saying[] = []
  const checkpoints: CheckpointParams[] = []
  for (const action of actions) {
    const params = action.params as Params
    if (action.type === 'xstate.emit') sayings.push(params.event as unknown as Saying)
    else if (action.type === 'saveCheckpoint') {
      const { id, phase, saved } = action.params as CheckpointParams
      checkpoints.push({ id, phase, saved })
      sayings.push({
        type: 'CHECKPOINT_CREATED',
        payload: { checkpoint: id, phase, stateHash: hashOf(saved) },
      })
    } else commands.push(...commandOf(action.type, params))
  }
  return {
    snapshot: plain(machine.getPersistedSnapshot(snapshot)),
    commands,
    sayings,
    checkpoints,
    state: stateName(snapshot.value),
    ended: snapshot.status === 'done' || snapshot.hasTag('ended'),
    done: snapshot.status === 'done',
    output: snapshot.output,
  }
}

/** The parameters of XState's own actions, as far as they are read here. */
type Params = {
  readonly id: string
  readonly src: unknown
  readonly input: unknown
  readonly event: EventObject
  readonly delay: number | undefined
  readonly sendId: string
  readonly to: AnyActorRef | string
}

function commandOf(type: string, params: Params): readonly ChartCommand[] {
  switch (type) {
    case 'xstate.spawnChild':
      return [
        { kind: 'start', id: params.id, source: String(params.src), input: plain(params.input ?? null) },
      ]
    case 'xstate.stopChild': {
      // The parameter is the child itself; a child that is not there (any more) has nothing to stop.
      const child = params as unknown as AnyActorRef | undefined
      return child ? [{ kind: 'stop', id: child.id }] : []
    }
    case 'xstate.raise':
      // A delay without an end is none: nothing has to be armed for it.
      return params.delay === undefined || !Number.isFinite(params.delay)
        ? []
        : [{ kind: 'arm', id: params.id, delayMs: params.delay, event: params.event }]
    case 'xstate.cancel':
      return [{ kind: 'disarm', id: params.sendId }]
    case 'xstate.sendTo':
      if (params.delay)
        throw new StagecraftError(
          'lifecycle.invalid',
          'A durable chart cannot send a delayed event to another one. Use `after` in the chart that is to act.',
        )
      return [
        { kind: 'send', to: typeof params.to === 'string' ? params.to : params.to.id, event: params.event },
      ]
    default:
      throw new StagecraftError(
        'lifecycle.invalid',
        `A durable chart cannot perform the action "${type}". Only assign, raise, emit, spawnChild, stopChild, sendTo, cancel and invoke are recorded; put other work into an actor.`,
      )
  }
}

/** The innermost active state of a chart without parallel states, in dots. */
function stateName(value: unknown): string {
  if (typeof value === 'string') return value
  const [[name, inner]] = Object.entries(value as object) as [[string, unknown]]
  return `${name}.${stateName(inner)}`
}

/** As JSON would give it back, so that deciding on what was stored is deciding on the same. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
