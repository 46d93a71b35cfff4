/**
 * An operation is one action of a chart, made ready to run: its implementation found, its kind known. XState's own
 * `assign`, `spawnChild` and `stopChild` end by rebuilding the snapshot, so they are done here, on the draft; and so are
 * those that every chart is full of: `raise` and `cancel` (each delayed transition has one), and `enqueueActions`. All
 * others are resolved by XState's own code.
 */

import {
  assign,
  sendTo,
  stopChild,
  type AnyActorRef,
  type AnyStateMachine,
  type EventObject,
  type UnknownAction,
} from 'xstate'
import { LeanActor } from './lean-actor.ts'
import { Life, Send, Timing } from './deferred.ts'
import type { Draft } from './draft.ts'
import { Collector, type Enqueued } from './enqueue.ts'
import { guardOf, type GuardSource } from './guard.ts'
import {
  isAssign,
  isBuiltIn,
  isCancel,
  isEnqueue,
  isRaise,
  isSend,
  isSpawn,
  isStop,
  RUNNING,
  STOPPED,
  type ActionInfo,
  type AssignAction,
  type Assigner,
  type BuiltInAction,
  type CancelAction,
  type CustomAction,
  type EnqueueAction,
  type LiveActor,
  type RaiseAction,
  type SendAction,
  type SpawnAction,
  type StopAction,
} from './internals.ts'
import { referencedActor } from './spawn.ts'

export type Operation = (draft: Draft) => void

export function operationsOf(
  actions: readonly UnknownAction[],
  machine: AnyStateMachine,
): readonly Operation[] {
  return actions.map((action) => operationOf(action, machine))
}

/** Does an action of one kind, with the parameters the chart gives it. */
type Doing<Action> = (action: Action, draft: Draft, params: unknown) => void

function operationOf(action: UnknownAction, machine: AnyStateMachine): Operation {
  const paramsOf = paramsOfAction(action)
  if (typeof action === 'function') return operationBy(action, nameOf(action), paramsOf)
  const name = nameOf(action)
  let found: Implementation
  let operation: Operation | undefined
  return (draft) => {
    // A machine of any type has actions of any type.
    const actions = machine.implementations.actions as Readonly<Record<string, Implementation>>
    // Who puts another implementation into a machine that runs, gets it from XState as well.
    if (!operation || actions[name] !== found)
      operation = operationBy((found = actions[name]), name, paramsOf)
    operation(draft)
  }
}

type Implementation = BuiltInAction | CustomAction | undefined
type ParamsOf = ((draft: Draft) => unknown) | undefined

// Each kind has a function of its own, so that V8 can put together what always goes together.
function operationBy(found: Implementation, name: string, paramsOf: ParamsOf): Operation {
  if (!found || !isBuiltIn(found)) return (draft) => draft.perform(name, paramsOf?.(draft), found)
  if (isAssign(found)) return (draft) => assigning(found, draft, paramsOf?.(draft))
  if (isRaise(found)) return (draft) => raising(found, draft, paramsOf?.(draft))
  if (isCancel(found)) return (draft) => cancelling(found, draft, paramsOf?.(draft))
  if (isSpawn(found)) return (draft) => spawning(found, draft, paramsOf?.(draft))
  if (isStop(found)) return (draft) => stopping(found, draft, paramsOf?.(draft))
  if (isSend(found)) return (draft) => sending(found, draft, paramsOf?.(draft))
  if (isEnqueue(found)) return enqueueingBy(found, new Collector(), paramsOf)
  return (draft) => resolving(found, draft, paramsOf?.(draft))
}

const enqueueingBy =
  (found: EnqueueAction, collector: Collector, paramsOf: ParamsOf): Operation =>
  (draft) =>
    enqueueing(found, collector, draft, paramsOf?.(draft))

/** For what `enqueueActions` has noted: most of it needs no action made for it. */
function operateEnqueued(enqueued: Enqueued, draft: Draft): void {
  const { make, first, second, third } = enqueued
  if (make === assign) assignBy(first as AssignAction['assignment'], draft, undefined)
  else if (make === stopChild && typeof first === 'string') stopNamed(draft, draft.children[first])
  else if (make !== sendTo || !sentAtOnce(first, second, third, draft, undefined))
    operationOf(enqueued.action, draft.machine)(draft)
}

/** Any other action of XState's. */
const resolving: Doing<BuiltInAction> = (action, draft, params) => {
  const before = draft.write()
  const extra = { internalQueue: draft.raised, deferredActorIds: draft.deferredIds }
  const [next, resolved, more] = action.resolve(draft.scope, before, draft.info, params, action, extra)
  if (next !== before) draft.absorb(next)
  draft.meetLater(action, resolved)
  draft.execute(action, resolved)
  if (more) for (const one of more) operationOf(one, draft.machine)(draft)
}

const assigning: Doing<AssignAction> = ({ assignment }, draft, params) => assignBy(assignment, draft, params)

function assignBy(assignment: AssignAction['assignment'], draft: Draft, params: unknown): void {
  const { context, event, scope } = draft
  if (!context)
    throw new Error(
      'Cannot assign to undefined `context`. Ensure that `context` is defined in the machine config.',
    )
  const args = { context, event, spawn: draft.spawn, self: scope.self, system: scope.system }
  const changes =
    typeof assignment === 'function' ? assignment(args, params) : eachOf(assignment, args, params)
  draft.change(changes)
}

/** An assignment that is written property by property. */
function eachOf(assignment: Readonly<Record<string, unknown>>, args: unknown, params: unknown): object {
  const changes: Record<string, unknown> = {}
  for (const key of Object.keys(assignment)) {
    const value = assignment[key]
    changes[key] = typeof value === 'function' ? (value as Assigner)(args, params) : value
  }
  return changes
}

/** `spawnChild`, and every invocation. */
const spawning: Doing<SpawnAction> = (action, draft, params) => {
  const { context, event, scope, machine } = draft
  const { id, src, input, systemId, syncSnapshot } = action
  const logic = typeof src === 'string' ? referencedActor(machine, src) : src
  // XState goes on without it, after a warning.
  if (!logic) return resolving(action, draft, params)
  const ownId = typeof id === 'function' ? id(draft.info) : id
  const given: unknown = typeof input === 'function' ? input({ context, event, self: scope.self }) : input
  const child = new LeanActor(logic, draft.system, draft.self, src, given, ownId, systemId, syncSnapshot)
  // A child is an actor by its prototype.
  const actorRef = child as unknown as AnyActorRef
  // XState files an actor without an id like this too.
  const children = { ...draft.children }
  children[ownId as string] = actorRef
  draft.setChildren(children)
  if (draft.isUnwatched) draft.defer(new Life(child as unknown as LiveActor, true))
  else draft.execute(action, { id, systemId, actorRef, src, input: given })
}

const stopping: Doing<StopAction> = ({ actorRef }, draft, params) => {
  const named = typeof actorRef === 'function' ? actorRef(draft.info, params) : actorRef
  stopNamed(draft, typeof named === 'string' ? draft.children[named] : named)
}

function stopNamed(draft: Draft, child: AnyActorRef | undefined): void {
  draft.setChildren(child ? without(draft.children, child.id) : draft.children)
  stop(draft, child)
}

/** Any of XState's will do: whom to stop is said when it is done. */
const STOP_CHILD = stopChild('') as unknown as BuiltInAction

/** Stops a child, or nobody. */
export function stop(draft: Draft, child: AnyActorRef | undefined): void {
  if (!(child instanceof LeanActor) || !draft.isUnwatched || child._parent !== draft.self)
    draft.execute(STOP_CHILD, child)
  // Whoever has ended has no name any more, and no children; only after an error it may still have some.
  else if (child._processingStatus === STOPPED && !child.hasFailed) return
  else if (child.hasNames || child._processingStatus !== RUNNING) draft.execute(STOP_CHILD, child)
  else draft.defer(new Life(child as unknown as LiveActor, false))
}

const raising: Doing<RaiseAction> = (action, draft, params) => {
  const { event: source, id, delay: delaySource } = action
  // XState has an error for that.
  if (typeof source === 'string') return resolving(action, draft, params)
  const event = typeof source === 'function' ? source(draft.info, params) : source
  const delay = delayOf(delaySource, draft, params)
  if (typeof delay !== 'number') draft.raise(event)
  if (!draft.isUnwatched) draft.execute(action, { event, id, delay })
  else if (typeof delay === 'number') draft.defer(new Timing(draft.self, id, event, delay))
}

function delayOf(source: RaiseAction['delay'], draft: Draft, params: unknown): unknown {
  // A machine of any type has delays of any type.
  const delays = draft.machine.implementations.delays as Readonly<Record<string, unknown>>
  const delay = typeof source === 'string' ? delays[source] : source
  return typeof delay === 'function' ? (delay(draft.info, params) as unknown) : delay
}

const cancelling: Doing<CancelAction> = (action, draft, params) => {
  const { sendId: source } = action
  const sendId = typeof source === 'function' ? source(draft.info, params) : source
  if (draft.isUnwatched) draft.defer(new Timing(draft.self, sendId))
  else draft.execute(action, { sendId })
}

const sending: Doing<SendAction> = (action, draft, params) => {
  if (!sentAtOnce(action.to, action.event, action.delay, draft, params)) resolving(action, draft, params)
}

/**
 * `sendTo` where it is an event at once to a child by its name, which is what parents do all the time. False for
 * whatever else it may be.
 */
function sentAtOnce(to: unknown, event: unknown, options: unknown, draft: Draft, params: unknown): boolean {
  const isSimple = typeof to === 'string' && options === undefined && typeof event !== 'string'
  if (!isSimple || !draft.isUnwatched) return false
  // Names that begin like this mean others, and those of invocations may mean one that is not there yet.
  const child = to.startsWith('#_') || draft.deferredIds?.includes(to) ? undefined : draft.children[to]
  if (!child) return false
  const sent =
    typeof event === 'function' ? (event as EventMaker)(draft.info, params) : (event as EventObject)
  draft.defer(new Send(draft.self, child as unknown as LiveActor, sent))
  return true
}

type EventMaker = (info: ActionInfo, params: unknown) => EventObject

function enqueueing({ collect }: EnqueueAction, collector: Collector, draft: Draft, params: unknown): void {
  const { context, event, scope } = draft
  const { self, system } = scope
  const args = { context, event, enqueue: collector.enqueue, check: checkOn(draft), self, system }
  const outer = collector.begin()
  try {
    collect(args, params)
    // What is done may enqueue more.
    for (let enqueued = collector.first; enqueued; enqueued = enqueued.next) operateEnqueued(enqueued, draft)
  } finally {
    collector.end(outer)
  }
}

const checkOn = (draft: Draft) => (guard: GuardSource) =>
  guardOf(guard, draft.machine)(draft, { context: draft.context, event: draft.event })

/** A copy: `delete` would make it slow. */
function without<T>(record: Readonly<Record<string, T>>, left: string): Readonly<Record<string, T>> {
  const kept: Record<string, T> = {}
  for (const key in record) if (key !== left) kept[key] = record[key] as T
  return kept
}

/** The parameters of an action, as of the moment when it runs; undefined when it has none. */
function paramsOfAction(action: UnknownAction): ParamsOf {
  if (typeof action !== 'object' || !('params' in action)) return undefined
  const { params } = action
  return typeof params === 'function' ? ({ context, event }) => params({ context, event }) : () => params
}

function nameOf(action: UnknownAction): string {
  if (typeof action === 'string') return action
  return typeof action === 'function' ? action.name || '(anonymous)' : action.type
}
