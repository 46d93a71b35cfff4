/**
 * The snapshot that a step is working on. XState rebuilds the whole snapshot after every action that changes something;
 * here the changes are kept in one draft, and the snapshot is written once, when the step is done. While actions run, the
 * draft stands in for the snapshot: XState's own actions and guards read it like one.
 */

import type {
  AnyActorRef,
  AnyActorScope,
  AnyMachineSnapshot,
  AnyStateMachine,
  EventObject,
  MachineContext,
} from 'xstate'
import type { LeanActor } from './lean-actor.ts'
import { LeanScope } from './lean-scope.ts'
import type { Configuration } from './configuration.ts'
import { Life, type Deferred } from './deferred.ts'
import { isInspected } from './inspection.ts'
import {
  isOfActor,
  RUNNING,
  type ActionInfo,
  type ActionParams,
  type BuiltInAction,
  type CustomAction,
  type LiveActor,
  type LiveSystem,
} from './internals.ts'
import { snapshotMethods, snapshotOf } from './snapshot.ts'
import { spawnOn, type Spawn } from './spawn.ts'

type Children = Readonly<Record<string, AnyActorRef | undefined>>

/** What a machine is before its first state is entered: a snapshot but for its methods. */
export type Beginning = Pick<
  AnyMachineSnapshot,
  'machine' | 'status' | 'output' | 'error' | 'context' | 'historyValue'
> & {
  readonly children: Children
}

/** Where the draft of an actor of XState's is kept. */
const DRAFT = Symbol('draft')

type Drafted = { [DRAFT]?: Draft }

export class Draft {
  readonly scope: AnyActorScope
  machine!: AnyStateMachine
  status!: AnyMachineSnapshot['status']
  output: unknown
  error: unknown
  context!: MachineContext
  children!: Children
  historyValue!: AnyMachineSnapshot['historyValue']

  /** The states that are active; undefined before the first step. */
  configuration!: Configuration
  /** The event that is being handled. */
  event!: EventObject
  /** While a state is entered: what it invokes, which may be named before it is there. */
  deferredIds: readonly string[] | undefined
  #raised: EventObject[] | undefined
  #unmet: (readonly [BuiltInAction, unknown])[] | undefined
  #spawn: Spawn | undefined
  #spawned: Record<string, AnyActorRef> | undefined
  /** The snapshot that is written already, until something changes. */
  #written: AnyMachineSnapshot | undefined
  /** The actor, when it is one of ours. */
  readonly #child: LeanActor | undefined
  /** False for whoever only asks what a machine would do. */
  readonly #isOfActor: boolean

  /** An actor does one step at a time, so it has one draft for all of them. */
  static of(scope: AnyActorScope | (AnyActorScope & Drafted)): Draft {
    if (scope instanceof LeanScope) return (scope.draft ??= new Draft(scope))
    if (!isOfActor(scope)) return new Draft(scope)
    const drafted = scope as Drafted
    return (drafted[DRAFT] ??= new Draft(scope))
  }

  private constructor(scope: AnyActorScope | LeanScope) {
    // Ours has what XState's has.
    this.scope = scope as AnyActorScope
    this.#child = scope instanceof LeanScope ? scope.actor : undefined
    this.#isOfActor = this.#child !== undefined || isOfActor(this.scope)
  }

  begin(before: AnyMachineSnapshot | Beginning, configuration: Configuration, event: EventObject): this {
    this.machine = before.machine
    this.status = before.status
    this.output = before.output
    this.error = before.error
    this.context = before.context
    this.children = before.children
    this.historyValue = before.historyValue
    this.configuration = configuration
    this.event = event
    this.deferredIds = undefined
    this.#raised = undefined
    this.#unmet = undefined
    this.#spawned = undefined
    this.#written = 'value' in before ? before : undefined
    return this
  }

  // XState lists the states of a machine that is done the other way round.
  get _nodes(): AnyMachineSnapshot['_nodes'] {
    return this.status === 'done' ? this.configuration.endedNodes : this.configuration.nodes
  }

  get tags(): AnyMachineSnapshot['tags'] {
    return this.status === 'done' ? this.configuration.endedTags : this.configuration.tags
  }

  get value(): AnyMachineSnapshot['value'] {
    return this.configuration.value
  }

  get self(): LiveActor {
    return this.scope.self as unknown as LiveActor
  }

  get system(): LiveSystem {
    return this.scope.system as LiveSystem
  }

  /** What actions are told. */
  get info(): ActionInfo {
    const { self, system } = this.scope
    return { context: this.context, event: this.event, self, system }
  }

  /** Events that the machine has raised, and not handled yet. */
  get raised(): EventObject[] {
    return (this.#raised ??= [])
  }

  raise(event: EventObject): void {
    // An array that begins empty makes room for many.
    if (this.#raised) this.#raised.push(event)
    else this.#raised = [event]
  }

  /** The next of those. */
  nextRaised(): EventObject | undefined {
    return this.#raised?.shift()
  }

  get asSnapshot(): AnyMachineSnapshot {
    // It has all that a snapshot has.
    return this as unknown as AnyMachineSnapshot
  }

  /** The snapshot as of now: the same object until something changes. */
  write(): AnyMachineSnapshot {
    return (this.#written ??= snapshotOf(this.asSnapshot))
  }

  setContext(context: MachineContext): void {
    this.context = context
    this.#written = undefined
  }

  setChildren(children: Children): void {
    this.children = children
    this.#written = undefined
  }

  end(status: 'done' | 'error' | 'stopped', output: unknown, error?: unknown): void {
    this.status = status
    this.output = output
    this.error = error
    this.#written = undefined
  }

  /** Other states are active from now on. */
  arrive(configuration: Configuration): void {
    this.configuration = configuration
    this.#written = undefined
  }

  /** Takes over what an action that is not XState's made of the snapshot. */
  absorb({ context, children }: AnyMachineSnapshot): void {
    this.context = context
    this.children = children
    this.#written = undefined
  }

  /** What an assignment spawns by; the children it has made are taken when it has returned. */
  get spawn(): Spawn {
    // What was spawned behind its back is not filed by the next assignment.
    this.#spawned = undefined
    return (this.#spawn ??= spawnOn(this))
  }

  /** A child that an assignment has spawned. */
  adopt(child: AnyActorRef): void {
    this.#spawned ??= {}
    this.#spawned[child.id] = child
    this.start(child as unknown as LiveActor)
  }

  /** The first context, and what was spawned while it was made. */
  make(context: MachineContext): void {
    this.setContext(this.configuration.contextCopy.whole(context))
    this.#takeSpawned()
  }

  /** What an assignment has changed, and spawned. */
  change(changes: object): void {
    this.setContext(this.configuration.contextCopy.changed(this.context, changes))
    this.#takeSpawned()
  }

  #takeSpawned(): void {
    const spawned = this.#spawned
    if (!spawned) return
    this.setChildren(isEmpty(this.children) ? spawned : { ...this.children, ...spawned })
    this.#spawned = undefined
  }

  /**
   * True for a running actor that nobody watches: its actions are done at once, without an object made for each. Whoever
   * has not started puts them off, and may be watched by then.
   */
  get isUnwatched(): boolean {
    return this.#isOfActor && this.self._processingStatus === RUNNING && !isInspected(this.system)
  }

  /** Does what an action of XState's has come to. */
  execute({ type, execute }: BuiltInAction, params: unknown): void {
    if (!execute) return
    if (this.isUnwatched) execute(this.scope, params)
    else this.#show(type, this.info, params, executing(execute, this.scope, params))
  }

  /** Does an action of the user's; one that is only a name is shown all the same. */
  perform(type: string, params: unknown, exec: CustomAction | undefined): void {
    const { info } = this
    // XState's own actors note while they do it, and warn of what does not belong there.
    if (!this.#child || !this.isUnwatched) this.#show(type, info, params, exec)
    else exec?.(info, params as ActionParams)
  }

  /** XState's way: whoever runs the machine is handed each action, and performs it or not. */
  #show(type: string, info: ActionInfo, params: unknown, exec: CustomAction | undefined): void {
    // XState hands over whatever a chart gives; only its type asks for more.
    this.scope.actionExecutor({ type, info, params: params as ActionParams, exec })
  }

  /** Starts a child once the snapshot stands. */
  start(child: LiveActor): void {
    this.defer(new Life(child, true))
  }

  /** Puts work off until the snapshot stands. */
  defer(deferred: Deferred): void {
    if (this.#child) this.#child.defer(deferred)
    else this.scope.defer(working(deferred))
  }

  /** A state is being entered: its actions may name what it invokes before that is there. */
  expect(ids: readonly string[]): void {
    this.deferredIds = ids
  }

  /** An action that may have named something like that. */
  meetLater(action: BuiltInAction, params: unknown): void {
    if (action.retryResolve && this.deferredIds) (this.#unmet ??= []).push([action, params])
  }

  /** The state has been entered: whoever was named is there now. */
  meet(): void {
    this.deferredIds = undefined
    if (!this.#unmet) return
    for (const [action, params] of this.#unmet) action.retryResolve?.(this.scope, this.asSnapshot, params)
    this.#unmet = undefined
  }
}

function isEmpty(children: Children): boolean {
  for (const _ in children) return false
  return true
}

// Made here, because a function in which a closure is written makes room for what that sees whenever it is called.
const executing = (execute: Execute, scope: AnyActorScope, params: unknown) => () => execute(scope, params)
const working = (deferred: Deferred) => () => deferred.work()

type Execute = NonNullable<BuiltInAction['execute']>

// Whoever takes a draft for a snapshot may call them.
Object.assign(Draft.prototype, snapshotMethods)
