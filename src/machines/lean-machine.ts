/**
 * XState's machine, stepped faster. XState works out for every event which states are left and entered, and rebuilds
 * the whole snapshot after every action; here the first is remembered and the second is done once. What a guard, an
 * action or an invocation does is still XState's own code, and whatever is not simple goes to its interpreter.
 *
 * Semi-internal parts of XState that this relies on, hence the pinned peer dependency (~5.33.3): what `macrostep`,
 * `microstep` and `enterStates` do, and in which order; `resolve`, `retryResolve` and `execute` of its actions;
 * `_nodes` of a snapshot; `_sendInspectionEvent` of a system; the types of the events it makes itself.
 */

import {
  assign,
  StateMachine,
  stopChild,
  type AnyActorRef,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  type EventObject,
  type InspectedMicrostepEvent,
  type MachineContext,
  type MetaObject,
  type ParameterizedObject,
  type ProvidedActor,
  type StateSchema,
  type StateValue,
  type UnknownAction,
} from 'xstate'
import { runActions, type Deferred, type Turn } from './lean-actions.ts'
import { firstStep, isOneLine, stepOf, valueOf, type Entry, type Step } from './lean-step.ts'

/** The same machine, stepped faster; the machine itself when its chart is not simple. What it provides is lean too. */
export function lean<TMachine extends AnyStateMachine>(machine: TMachine): TMachine {
  if (!isOneLine(machine)) return machine
  // Same configuration, implementations and methods: what the type says of the one holds for the other.
  return new LeanMachine(machine.config, machine.implementations) as AnyStateMachine as TMachine
}

type Machine = StateMachine<
  MachineContext,
  EventObject,
  Record<string, AnyActorRef | undefined>,
  ProvidedActor,
  ParameterizedObject,
  ParameterizedObject,
  string,
  StateValue,
  string,
  unknown,
  unknown,
  EventObject,
  MetaObject,
  StateSchema
>

class LeanMachine extends (StateMachine as unknown as new (
  // A class cannot extend a type, so XState's class is given the one above.
  ...args: ConstructorParameters<typeof StateMachine>
) => Machine) {
  readonly #steps = new Map<AnyTransitionDefinition, Map<AnyStateNode, Step>>()
  readonly #first = firstStep(this.root)
  readonly #anySnapshot = this.resolveState({ value: valueOf(this.#first.nodes), context: {} })
  readonly #makeContext = contextActions(this.config.context)

  override provide(implementations: Parameters<Machine['provide']>[0]): Machine {
    return lean(super.provide(implementations))
  }

  override getInitialSnapshot(scope: AnyActorScope, input?: unknown): AnyMachineSnapshot {
    const turn: Turn = { event: { type: 'xstate.init', input } as EventObject, scope, queue: [] }
    let snapshot = this.#before()
    try {
      snapshot = runActions(snapshot, turn, this.#makeContext)
      return this.#settle(takeStep(this.#first, snapshot, turn), turn)
    } catch (error) {
      return { ...snapshot, status: 'error', error }
    }
  }

  override transition(
    snapshot: AnyMachineSnapshot,
    event: EventObject,
    scope: AnyActorScope,
  ): AnyMachineSnapshot {
    if (snapshot.machine !== this || snapshot.status !== 'active' || isSpecial(event) || isSplit(snapshot))
      return super.transition(snapshot, event, scope)
    const turn: Turn = { event, scope, queue: [] }
    return this.#settle(this.#microstep(snapshot, turn), turn)
  }

  /** XState's snapshot from before the initial state: the root alone is active, and the value runs ahead. */
  #before(): AnyMachineSnapshot {
    const { context } = this.config
    return {
      ...this.#anySnapshot,
      status: 'active',
      output: undefined,
      error: undefined,
      context: typeof context !== 'function' && context ? context : {},
      _nodes: [this.root],
      tags: new Set(this.root.tags),
      children: {},
    }
  }

  #microstep(snapshot: AnyMachineSnapshot, turn: Turn): AnyMachineSnapshot {
    const { event, scope } = turn
    const transitions = this.getTransitionData(snapshot, event)
    // On one line of active states at most one transition is enabled.
    const [transition] = transitions
    const next = transition ? takeStep(this.#stepOf(snapshot, transition), snapshot, turn) : snapshot
    inspect(scope, {
      type: '@xstate.microstep',
      actorRef: scope.self,
      event,
      snapshot: next,
      _transitions: transitions,
    })
    return next
  }

  /** The rest of a macrostep: what was raised, and the end of what an ended machine leaves behind. */
  #settle(start: AnyMachineSnapshot, first: Turn): AnyMachineSnapshot {
    let snapshot = start
    let turn = first
    while (snapshot.status === 'active') {
      const event = turn.queue.shift()
      if (event === undefined) return snapshot
      turn = { ...turn, event }
      snapshot = this.#microstep(snapshot, turn)
    }
    const stops = Object.values<AnyActorRef>(snapshot.children).map((child) => stopChild(child))
    runActions(snapshot, { ...turn, queue: [] }, stops)
    return snapshot
  }

  #stepOf({ _nodes }: AnyMachineSnapshot, transition: AnyTransitionDefinition): Step {
    // A chart of one line has a root.
    const leaf = _nodes.at(-1) as AnyStateNode
    let steps = this.#steps.get(transition)
    if (!steps) this.#steps.set(transition, (steps = new Map()))
    let step = steps.get(leaf)
    if (!step) steps.set(leaf, (step = stepOf(leaf, transition)))
    return step
  }
}

/** Takes a step: out of states, through the transition, into states, and perhaps to the end. */
function takeStep(step: Step, before: AnyMachineSnapshot, turn: Turn): AnyMachineSnapshot {
  let snapshot = runActions(before, turn, step.leaving)
  for (const entry of step.entering) snapshot = enter(entry, snapshot, turn)
  if (snapshot.status === 'done') return at(step.nodes, runActions(snapshot, turn, step.ending))
  return step.stays ? snapshot : at(step.nodes, snapshot)
}

function at(nodes: readonly AnyStateNode[], snapshot: AnyMachineSnapshot): AnyMachineSnapshot {
  // XState lists the states of an ended machine the other way round.
  const _nodes = snapshot.status === 'done' ? nodes.toReversed() : [...nodes]
  return { ...snapshot, _nodes, value: valueOf(nodes), tags: new Set(_nodes.flatMap((node) => node.tags)) }
}

function enter(
  { node, actions, invoked }: Entry,
  before: AnyMachineSnapshot,
  turn: Turn,
): AnyMachineSnapshot {
  const deferred: Deferred = { ids: invoked, retries: [] }
  const snapshot = runActions(before, turn, actions, deferred)
  for (const [action, resolved] of deferred.retries) action.retryResolve?.(turn.scope, snapshot, resolved)
  return node.type === 'final' && node.parent ? complete(node, node.parent, snapshot, turn) : snapshot
}

/** A final state has been reached: its parent is done, and when that is the root, so is the machine. */
function complete(
  node: AnyStateNode,
  parent: AnyStateNode,
  snapshot: AnyMachineSnapshot,
  { event, scope, queue }: Turn,
): AnyMachineSnapshot {
  const outputOf = ({ output }: AnyStateNode, cause: EventObject): unknown =>
    typeof output === 'function'
      ? output({ context: snapshot.context, event: cause, self: scope.self })
      : output
  const doneEvent = (id: string) => ({ type: `xstate.done.state.${id}`, output: outputOf(node, event) })
  queue.push(doneEvent(parent.id))
  if (parent.parent) return snapshot
  // Asked twice for its output, like XState's.
  const output = parent.output === undefined ? undefined : outputOf(parent, doneEvent(node.id))
  return { ...snapshot, status: 'done', output, error: undefined }
}

const isSpecial = ({ type }: EventObject): boolean =>
  type === 'xstate.init' || type === 'xstate.stop' || type.startsWith('xstate.error.actor')

/** A snapshot made by hand may have states that its machine never has at once. */
const isSplit = ({ _nodes }: AnyMachineSnapshot): boolean => _nodes.at(-1)?.path.length !== _nodes.length - 1

/** What makes the context: `context` itself when it is a function, run like an `assign` as XState does it. */
function contextActions(context: unknown): readonly UnknownAction[] {
  if (typeof context !== 'function') return []
  type Args = { spawn: unknown; event: { input?: unknown }; self: unknown }
  const make = ({ spawn, event, self }: Args): MachineContext => context({ spawn, input: event.input, self })
  return [assign(make as Parameters<typeof assign>[0]) as UnknownAction]
}

type Inspected = { _sendInspectionEvent: (event: Omit<InspectedMicrostepEvent, 'rootId'>) => void }

function inspect(scope: AnyActorScope, event: Omit<InspectedMicrostepEvent, 'rootId'>): void {
  // XState's own interpreter sends its inspection events by this method, which its types keep to itself.
  ;(scope.system as unknown as Inspected)._sendInspectionEvent(event)
}
