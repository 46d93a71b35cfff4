/** The state graph: every state a machine can be brought into by given events, and the transitions between them. */

import type { ActorLogic, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'
import { StagecraftError } from '../model/errors.ts'
import { canonicalForm } from './canonical-form.ts'
import { childLogOf } from './child-log.ts'
import { getAdjacencyMap } from './graph.ts'
import { describeEvent, describeValue } from './machine-path.ts'

export type StateGraph<TEvent extends EventObject> = {
  readonly start: AnyMachineSnapshot
  readonly startKey: string
  readonly stateCount: number
  readonly edgesFrom: (key: string) => readonly Edge<TEvent>[]
}

type Edge<TEvent extends EventObject> = {
  readonly event: TEvent
  readonly snapshot: AnyMachineSnapshot
  readonly targetKey: string
}

type Vertex<TEvent> = {
  readonly state: AnyMachineSnapshot
  readonly transitions: Readonly<Record<string, { event: TEvent; state: AnyMachineSnapshot }>>
}

type StateGraphOptions<TEvent extends EventObject> = {
  readonly input: unknown
  readonly keyOf: (snapshot: AnyMachineSnapshot) => string
  readonly eventsOf: (snapshot: AnyMachineSnapshot) => readonly TEvent[]
  readonly stopWhen: (snapshot: AnyMachineSnapshot) => boolean
  readonly statesMax: number
}

/** Explores a machine. Named children are replaced by inert ones: generation would make, though never start, real ones. */
export function stateGraphOf<TEvent extends EventObject>(
  machine: AnyStateMachine,
  { input, keyOf, eventsOf, stopWhen, statesMax }: StateGraphOptions<TEvent>,
): StateGraph<TEvent> {
  const keys = new Set<string>()
  const keyWithinLimit = (snapshot: AnyMachineSnapshot) => {
    const key = keyOf(snapshot)
    keys.add(key)
    if (keys.size > statesMax) throw tooManyStates(machine, keys.size, snapshot)
    return key
  }
  const toEdge = ({ event, state }: { event: TEvent; state: AnyMachineSnapshot }): Edge<TEvent> => ({
    event,
    snapshot: state,
    targetKey: keyOf(state),
  })
  const adjacency = getAdjacencyMap(careful<TEvent>(machine), {
    input,
    events: eventsOf,
    stopWhen,
    serializeState: keyWithinLimit,
    serializeEvent: canonicalForm,
  })
  const edges = new Map<string, readonly Edge<TEvent>[]>()
  const states = new Map<string, AnyMachineSnapshot>()
  // The map's type brands its keys, which hides from Object.entries what is under them.
  for (const [key, vertex] of Object.entries(adjacency) as [string, Vertex<TEvent>][]) {
    states.set(key, vertex.state)
    edges.set(key, Object.values(vertex.transitions).map(toEdge))
  }
  const [startKey = ''] = keys
  const start = states.get(startKey)
  if (!start) throw new StagecraftError('testing.machine', `"${machine.id}" has no initial state.`)
  return { start, startKey, stateCount: keys.size, edgesFrom: (key) => edges.get(key) ?? [] }
}

/** The machine, with errors that say where and on which event it threw, and inert children. */
function careful<TEvent extends EventObject>(
  machine: AnyStateMachine,
): ActorLogic<AnyMachineSnapshot, TEvent, unknown> {
  const inert: AnyStateMachine = machine.provide({ actors: childLogOf(machine).actors })
  return {
    getInitialSnapshot: (scope, input) => {
      const snapshot: AnyMachineSnapshot = inert.getInitialSnapshot(scope, input)
      // XState turns an error of the first step into a status, and one useless path would be all that is found.
      if (snapshot.status === 'error') throw threw(machine, 'it starts', snapshot.error)
      return snapshot
    },
    transition: (snapshot, event, scope) => {
      try {
        return inert.transition(snapshot, event, scope)
      } catch (error) {
        throw threw(machine, `${describeValue(snapshot.value)} receives ${describeEvent(event)}`, error)
      }
    },
    getPersistedSnapshot: (snapshot) => inert.getPersistedSnapshot(snapshot),
  }
}

const threw = (machine: AnyStateMachine, when: string, cause: unknown) =>
  new StagecraftError(
    'testing.machine',
    `"${machine.id}" throws when ${when}: ${cause instanceof Error ? cause.message : String(cause)}. Guards, assigns ` +
      'and mappers run while paths are generated: give every event the payload they read, keep sendParent out, ' +
      'and offer an event only where it can occur.',
    { cause },
  )

const tooManyStates = (machine: AnyStateMachine, found: number, { value, context }: AnyMachineSnapshot) =>
  new StagecraftError(
    'testing.path_limit',
    `"${machine.id}" has more states than the limit allows: ${found} were found, the last one ` +
      `${describeValue(value)} with context ${canonicalForm(context).slice(0, 200)}. Leave out of the context what ` +
      'grows without bound (`serializeContext`), give fewer events, end paths earlier (`stopWhen`), or raise `limit`.',
  )
