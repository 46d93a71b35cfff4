/** Path generation: every transition of a machine with given events, each as the shortest path that takes it. */

import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  DoneActorEvent,
  ErrorActorEvent,
  EventFromLogic,
  EventObject,
  InputFrom,
  SnapshotFrom,
  StateNode,
} from 'xstate'
import { canonicalForm } from './canonical-form.ts'
import { describePath, toPathState, type MachinePath } from './machine-path.ts'
import { stateGraphOf } from './state-graph.ts'
import type { DelayElapsedEvent } from './system-event.ts'
import { edgeTrails, simpleTrails, type Trail } from './trail.ts'

/** What may be sent to a machine: its own events, and of those XState sends the kinds that its type leaves open. */
export type PathEvent<TMachine extends AnyStateMachine> =
  | EventFromLogic<TMachine>
  | LeftOpen<EventFromLogic<TMachine>, DoneActorEvent>
  | LeftOpen<EventFromLogic<TMachine>, ErrorActorEvent>
  | DelayElapsedEvent

type LeftOpen<TEvent, TSystem extends EventObject> = [Extract<TEvent, { type: TSystem['type'] }>] extends [
  never,
]
  ? TSystem
  : never

export type PathsOptions<TMachine extends AnyStateMachine> = {
  /**
   * Concrete events, with their payloads; nothing is derived from the machine. An array is tried in every state,
   * except where an event cannot occur: done and error events of a child that is not there, a delay of a state
   * that is not active. A function is asked for the events of each state and is taken at its word.
   */
  readonly events:
    | readonly PathEvent<TMachine>[]
    | ((snapshot: SnapshotFrom<TMachine>) => readonly PathEvent<TMachine>[])
  /** True where a path ends early. It always ends where the machine is no longer active. */
  readonly stopWhen?: (snapshot: SnapshotFrom<TMachine>) => boolean
  /** The most states, and for `simple` also the most paths. Default 10,000. */
  readonly limit?: number
  /**
   * `edges` (default): one shortest path per transition, self loops included; cost grows with the transitions.
   * `simple`: every path that visits no state twice; cost can grow factorially, and no loop is ever taken.
   */
  readonly strategy?: 'edges' | 'simple'
  /** What of the context tells two states apart; a counter without bound must be left out or cut here. */
  readonly serializeContext?: (context: SnapshotFrom<TMachine>['context']) => unknown
} & (undefined extends InputFrom<TMachine>
  ? { readonly input?: InputFrom<TMachine> }
  : { readonly input: InputFrom<TMachine> })

const STATES_MAX = 10_000

/**
 * Generates paths. Guards, assigns and mappers run; custom actions, children and delays do not. The first path is
 * the one without events; with `edges` there is one more for each transition found.
 * @throws StagecraftError `testing.path_limit` when more states or paths than `limit` are found, `testing.machine`
 * when the machine itself throws.
 */
export function pathsOf<TMachine extends AnyStateMachine>(
  machine: TMachine,
  options: PathsOptions<TMachine>,
): MachinePath<PathEvent<TMachine>>[] {
  const see = {
    input: options.input,
    // A projection is written for the machine's context type; a path stands for any machine's.
    serializeContext: (options.serializeContext ?? ((context) => context)) as (context: unknown) => unknown,
  }
  const limit = options.limit ?? STATES_MAX
  // The graph is the same for every machine, so from here on the machine's own types are left behind.
  const { events, stopWhen } = options as PathsOptions<AnyStateMachine>
  const graph = stateGraphOf<PathEvent<TMachine>>(machine, {
    input: see.input,
    keyOf: (snapshot) => keyOf(snapshot, see.serializeContext),
    // The cast restores the event type that the line above left behind.
    eventsOf: (typeof events === 'function' ? events : occurring(events)) as EventsOf<TMachine>,
    // The pure transition function would take events of the root out of a final state, which no actor does.
    stopWhen: (snapshot) => snapshot.status !== 'active' || stopWhen?.(snapshot) === true,
    statesMax: limit,
  })
  const trails = options.strategy === 'simple' ? simpleTrails(graph, limit) : edgeTrails(graph)
  return trails.map((trail) => toPath(graph.start, trail, see))
}

type EventsOf<TMachine extends AnyStateMachine> = (
  snapshot: AnyMachineSnapshot,
) => readonly PathEvent<TMachine>[]

/** History tells states apart that look the same now and behave differently later. */
function keyOf(snapshot: AnyMachineSnapshot, serializeContext: (context: unknown) => unknown): string {
  const history = Object.entries(snapshot.historyValue).map(([id, nodes]) => [
    id,
    nodes.map((node) => node.id),
  ])
  return canonicalForm([snapshot.status, snapshot.value, serializeContext(snapshot.context), history])
}

const occurring =
  <TEvent extends EventObject>(events: readonly TEvent[]) =>
  (snapshot: AnyMachineSnapshot) =>
    events.filter((event) => canOccur(snapshot, event.type))

const FROM_CHILD = /^xstate\.(?:done\.actor|error\.actor|snapshot)\.(.*)$/

function canOccur(snapshot: AnyMachineSnapshot, type: string): boolean {
  const child = FROM_CHILD.exec(type)?.[1]
  if (child !== undefined) return Object.hasOwn(snapshot.children, child)
  if (!type.startsWith('xstate.after.')) return true
  return snapshot._nodes.some((node: StateNode) => node.after.some((delayed) => delayed.eventType === type))
}

type See = Pick<MachinePath, 'input' | 'serializeContext'>

function toPath<TEvent extends EventObject>(
  first: AnyMachineSnapshot,
  trail: Trail<TEvent>,
  see: See,
): MachinePath<TEvent> {
  const start = toPathState(first, see.serializeContext)
  const steps = trail.map(({ event, snapshot }) => ({
    event,
    ...toPathState(snapshot, see.serializeContext),
  }))
  return { description: describePath(start, steps), ...see, start, steps, final: steps.at(-1) ?? start }
}
