/**
 * What this room knows of XState beyond its public types. All of it was read in 5.33.3, which is why `xstate-version.ts`
 * lets no other line of versions in.
 */

import {
  assign,
  cancel,
  createEmptyActor,
  enqueueActions,
  raise,
  sendTo,
  spawnChild,
  stopChild,
  type ActionArgs,
  type Actor,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type EventObject,
  type ExecutableActionObject,
  type MachineContext,
  type UnknownAction,
} from 'xstate'

/** `ProcessingStatus` of an actor. */
export const NOT_STARTED = 0
export const RUNNING = 1
export const STOPPED = 2

/** What the actions of a machine are told. */
export type ActionInfo = ActionArgs<MachineContext, EventObject, EventObject>

/** What is given to an action of a user's own: XState's way of writing `unknown`. */
export type ActionParams = ExecutableActionObject['params']

export type CustomAction = NonNullable<ExecutableActionObject['exec']>

type Extra = {
  readonly internalQueue: EventObject[]
  readonly deferredActorIds: readonly string[] | undefined
}

/** XState's own actions are functions that carry how to run them. Their types hide what its interpreter reads of them. */
export type BuiltInAction = {
  readonly type: string
  /** What the action comes to, without doing it: the next snapshot, its parameters, and more actions to run. */
  readonly resolve: (
    scope: AnyActorScope,
    snapshot: AnyMachineSnapshot,
    info: ActionInfo,
    params: unknown,
    action: BuiltInAction,
    extra: Extra,
  ) => readonly [AnyMachineSnapshot, unknown, (readonly UnknownAction[])?]
  /** Once a state has been entered: completes parameters that named an actor before it was there. */
  readonly retryResolve?: (scope: AnyActorScope, snapshot: AnyMachineSnapshot, params: unknown) => void
  /** Does it. */
  readonly execute?: (scope: AnyActorScope, params: unknown) => void
}

export type AssignAction = BuiltInAction & {
  readonly assignment: Assigner | Readonly<Record<string, unknown>>
}
export type Assigner = (args: unknown, params: unknown) => object

export type SpawnAction = BuiltInAction & {
  readonly id: string | ((info: ActionInfo) => string) | undefined
  readonly systemId: string | undefined
  readonly src: string | AnyActorLogic
  readonly input: unknown
  readonly syncSnapshot: boolean
}

export type StopAction = BuiltInAction & {
  readonly actorRef: Reference | ((info: ActionInfo, params: unknown) => Reference)
}
type Reference = string | AnyActorRef | undefined

export type RaiseAction = BuiltInAction & {
  readonly event: EventObject | string | ((info: ActionInfo, params: unknown) => EventObject)
  readonly id: string | undefined
  readonly delay: number | string | ((info: ActionInfo, params: unknown) => number) | undefined
}

export type CancelAction = BuiltInAction & {
  readonly sendId: string | ((info: ActionInfo, params: unknown) => string)
}

export type SendAction = BuiltInAction & {
  readonly to: string | AnyActorRef | ((info: ActionInfo, params: unknown) => string | AnyActorRef)
  readonly event: EventObject | string | ((info: ActionInfo, params: unknown) => EventObject)
  readonly delay: unknown
}

export type EnqueueAction = BuiltInAction & { readonly collect: (args: object, params: unknown) => void }

const resolveOf = (action: unknown) => (action as BuiltInAction).resolve

// Known by how they are resolved: their type is a text that anybody may write.
const RESOLVE_ASSIGN = resolveOf(assign({}))
const RESOLVE_SPAWN = resolveOf(spawnChild(''))
const RESOLVE_STOP = resolveOf(stopChild(''))
const RESOLVE_RAISE = resolveOf(raise({ type: '' }))
const RESOLVE_CANCEL = resolveOf(cancel(''))
const RESOLVE_SEND = resolveOf(sendTo('', { type: '' }))
const RESOLVE_ENQUEUE = resolveOf(enqueueActions(() => {}))

export const isBuiltIn = (action: object): action is BuiltInAction => 'resolve' in action
export const isAssign = (action: BuiltInAction): action is AssignAction => action.resolve === RESOLVE_ASSIGN
export const isSpawn = (action: BuiltInAction): action is SpawnAction => action.resolve === RESOLVE_SPAWN
export const isStop = (action: BuiltInAction): action is StopAction => action.resolve === RESOLVE_STOP
export const isRaise = (action: BuiltInAction): action is RaiseAction => action.resolve === RESOLVE_RAISE
export const isCancel = (action: BuiltInAction): action is CancelAction => action.resolve === RESOLVE_CANCEL
export const isSend = (action: BuiltInAction): action is SendAction => action.resolve === RESOLVE_SEND
export const isEnqueue = (action: BuiltInAction): action is EnqueueAction =>
  action.resolve === RESOLVE_ENQUEUE

/** A guard that XState makes (`and`, `not`, `stateIn` …) carries how to check it. */
export type BuiltInGuard = {
  readonly check: (
    snapshot: AnyMachineSnapshot,
    args: { readonly context: MachineContext; readonly event: EventObject },
    guard: BuiltInGuard,
  ) => boolean
}

/** An actor from inside. */
export type LiveActor = Omit<Actor<AnyActorLogic>, 'system' | 'options' | 'src' | '_parent'> & {
  readonly system: LiveSystem
  readonly _parent: LiveActor | undefined
  readonly _processingStatus: number
  _send(event: EventObject): void
  _stop(): void
}

/** Others have a scope as well: who only asks what a machine would do. */
export const isOfActor = (scope: AnyActorScope): boolean =>
  (scope.self as unknown as { readonly _actorScope?: unknown })._actorScope === scope

/** The system of an actor from inside. */
export type LiveSystem = Omit<AnyActorScope['system'], 'scheduler'> & {
  scheduler: LiveScheduler
  _bookId(): string
  _register(sessionId: string, actor: unknown): string
  _unregister(actor: unknown): void
  _set(systemId: string, actor: unknown): void
  _relay(source: unknown, target: unknown, event: EventObject): void
  _sendInspectionEvent(event: object): void
  _snapshot: { _scheduledEvents: Record<string, unknown> }
  /** Only of a system of ours. */
  readonly _rootOptions?: object
}

type LiveScheduler = {
  schedule(source: unknown, target: unknown, event: EventObject, delay: number, id: string | undefined): void
  cancel(source: unknown, id: string): void
  cancelAll(source: unknown): void
}

/** A system of XState's, for what it keeps to itself: its clock, its logger, and the counter of session ids. */
export const xstateSystem = createEmptyActor().system as unknown as LiveSystem

export const DONE_ACTOR = 'xstate.done.actor.'
export const DONE_STATE = 'xstate.done.state.'
export const ERROR_ACTOR = 'xstate.error.actor'
export const INIT = 'xstate.init'
export const STOP = 'xstate.stop'
