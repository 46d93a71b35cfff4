/**
 * Runs a list of actions like XState's `resolveAndExecuteActionsWithContext`. XState's `assign`, `spawnChild` and
 * `stopChild` end by rebuilding the snapshot, its value and its tags, though they change only context and children;
 * here they are shown a snapshot without states, of which those cost nothing to build.
 */

import {
  assign,
  spawnChild,
  stopChild,
  type ActionArgs,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateNode,
  type EventObject,
  type ExecutableActionObject,
  type MachineContext,
  type UnknownAction,
} from 'xstate'

/** An event that is being handled, who handles it, and what that raises. */
export type Turn = {
  readonly event: EventObject
  readonly scope: AnyActorScope
  readonly queue: EventObject[]
}

/** When a state is entered: its invocations may be named before they exist, and are looked up once they do. */
export type Deferred = {
  readonly ids: readonly string[]
  readonly retries: (readonly [BuiltIn, unknown])[]
}

type Info = ActionArgs<MachineContext, EventObject, EventObject>
type Extra = {
  readonly internalQueue: EventObject[]
  readonly deferredActorIds: readonly string[] | undefined
}

/** XState's own actions are functions that carry how to run them. */
type BuiltIn = {
  readonly type: string
  readonly resolve: (
    scope: AnyActorScope,
    snapshot: AnyMachineSnapshot,
    info: Info,
    params: unknown,
    action: BuiltIn,
    extra: Extra,
  ) => readonly [AnyMachineSnapshot, unknown, (readonly UnknownAction[])?]
  readonly retryResolve?: (scope: AnyActorScope, snapshot: AnyMachineSnapshot, resolved: unknown) => void
  readonly execute?: (scope: AnyActorScope, resolved: unknown) => void
}

type Custom = NonNullable<ExecutableActionObject['exec']>

/** XState's way of writing `unknown`. */
type Params = ExecutableActionObject['params']

const NO_STATES: AnyStateNode[] = []

// Known by how they are resolved, not by name. Their types hide what XState's interpreter reads of them.
const REBUILD = new Set(
  [assign({}), spawnChild('') as unknown, stopChild('') as unknown].map(
    (action) => (action as BuiltIn).resolve,
  ),
)

/** The snapshot after the actions. */
export function runActions(
  before: AnyMachineSnapshot,
  turn: Turn,
  actions: readonly UnknownAction[],
  deferred?: Deferred,
): AnyMachineSnapshot {
  const { event, scope } = turn
  const { self, system } = scope
  let snapshot = before
  for (const action of actions) {
    const found = implementationOf(action, snapshot)
    const info: Info = { context: snapshot.context, event, self, system }
    // XState hands over whatever a chart gives; only its type asks for more.
    const params = paramsOf(action, info) as Params
    if (!isBuiltIn(found)) {
      scope.actionExecutor({ type: nameOf(action), info, params, exec: found })
      continue
    }
    const extra: Extra = { internalQueue: turn.queue, deferredActorIds: deferred?.ids }
    const resolve = REBUILD.has(found.resolve) ? resolveWithoutStates : found.resolve
    const [next, resolved, more] = resolve(scope, snapshot, info, params, found, extra)
    snapshot = next
    if (found.retryResolve) deferred?.retries.push([found, resolved])
    if (found.execute) {
      const exec = found.execute.bind(null, scope, resolved)
      scope.actionExecutor({ type: found.type, info, params: resolved as Params, exec })
    }
    if (more) snapshot = runActions(snapshot, turn, more, deferred)
  }
  return snapshot
}

const resolveWithoutStates: BuiltIn['resolve'] = (scope, snapshot, info, params, action, extra) => {
  const { _nodes, value, tags } = snapshot
  const [next, resolved] = action.resolve(
    scope,
    { ...snapshot, _nodes: NO_STATES },
    info,
    params,
    action,
    extra,
  )
  return [Object.assign(next, { _nodes, value, tags }), resolved]
}

function implementationOf(
  action: UnknownAction,
  { machine }: AnyMachineSnapshot,
): BuiltIn | Custom | undefined {
  if (typeof action === 'function') return action
  // A machine of any type has actions of any type.
  const { actions } = machine.implementations as { actions: Readonly<Record<string, BuiltIn | Custom>> }
  return actions[typeof action === 'string' ? action : action.type]
}

const isBuiltIn = (found: BuiltIn | Custom | undefined): found is BuiltIn => !!found && 'resolve' in found

function paramsOf(action: UnknownAction, { context, event }: Info): unknown {
  if (typeof action === 'string' || typeof action === 'function' || !('params' in action)) return undefined
  return typeof action.params === 'function' ? action.params({ context, event }) : action.params
}

function nameOf(action: UnknownAction): string {
  if (typeof action === 'string') return action
  return typeof action === 'function' ? action.name || '(anonymous)' : action.type
}
