/**
 * An actor of a compiled machine, or a child of one: XState's actor with a constructor that makes only what most need.
 * Whatever is not here is inherited from XState's class, and what is here does the same as there. Whoever changes this reads `Actor`
 * of XState beside it.
 */

import {
  Actor,
  type AnyActorLogic,
  type AnyActorScope,
  type AnyEventObject,
  type EventObject,
  type Snapshot,
} from 'xstate'
import { LeanScope } from './lean-scope.ts'
import type { LeanSystem } from './lean-system.ts'
import type { Deferred } from './deferred.ts'
import { doneTypeOf } from './done-type.ts'
import { isInspected, relay } from './inspection.ts'
import { INIT, NOT_STARTED, RUNNING, STOP, STOPPED, type LiveActor, type LiveSystem } from './internals.ts'
import type { Delivery } from './scheduler.ts'

/** An actor's snapshot as far as its life depends on it. */
type AnySnapshot = Snapshot<unknown>

type Observer = { next?(snapshot: AnySnapshot): void; complete?(): void }
type Listener = (event: AnyEventObject) => void

/** What is inherited. */
const inherited = Actor.prototype as unknown as {
  _send(this: unknown, event: EventObject): void
  _error(this: unknown, error: unknown): void
  subscribe(this: unknown, observer: Observer & { error?(error: unknown): void }): void
}

export class LeanActor {
  readonly logic: AnyActorLogic
  readonly id: string
  readonly system: LiveSystem
  readonly src: string | AnyActorLogic
  readonly _parent: LiveActor | undefined
  readonly _syncSnapshot: boolean | undefined
  systemId: string | undefined
  _snapshot: AnySnapshot | undefined
  _processingStatus: number = NOT_STARTED
  _doneEvent: EventObject | undefined
  /** The scheduler's. */
  _latestDelivery: Delivery | undefined
  readonly #input: unknown
  #sessionId: string | undefined
  readonly #scope: LeanScope
  // The mailbox: events are processed one at a time, and from the end of the start on.
  #isOpen = false
  #isBusy = false
  #waiting: EventObject[] | undefined
  // What was put off until the snapshot stands, first to last.
  #deferred: Deferred | undefined
  #lastDeferred: Deferred | undefined
  // Made when somebody asks for them.
  #observers: Set<Observer> | undefined
  #eventListeners: Map<string, Set<Listener>> | undefined
  #send: ((event: EventObject) => void) | undefined

  constructor(
    logic: AnyActorLogic,
    system: LiveSystem | LeanSystem,
    parent: LiveActor | undefined,
    src: string | AnyActorLogic,
    input: unknown,
    id?: string,
    systemId?: string,
    syncSnapshot?: boolean,
  ) {
    this.logic = logic
    // Ours has what XState's has.
    this.system = system as LiveSystem
    if (!parent) (system as LeanSystem).root = this
    this.id = id ?? this.sessionId
    this.src = src
    this._parent = parent
    this._syncSnapshot = syncSnapshot
    this.#input = input
    this.#scope = new LeanScope(this)
    if (isInspected(this.system)) this.system._sendInspectionEvent({ type: '@xstate.actor', actorRef: this })
    if (systemId) {
      this.systemId = systemId
      this.system._set(systemId, this)
    }
    try {
      this._snapshot = logic.getInitialSnapshot(this._actorScope, input) as AnySnapshot
    } catch (error) {
      this._snapshot = { status: 'error', output: undefined, error }
    }
    if (systemId && this._snapshot.status !== 'active') this.system._unregister(this)
  }

  get _actorScope(): AnyActorScope {
    // Ours has what XState's has; some of its parts are typed by what they may hold here.
    return this.#scope as unknown as AnyActorScope
  }

  /** Booked when somebody asks: it only has to be unique. */
  get sessionId(): string {
    return (this.#sessionId ??= this.system._bookId())
  }

  get ref(): this {
    return this
  }

  get clock(): unknown {
    return this.system._clock
  }

  get logger(): (...args: unknown[]) => void {
    return this.system._logger
  }

  get options(): object {
    const { id, _parent: parent, src, systemId, _syncSnapshot: syncSnapshot, clock, logger } = this
    return { clock, logger, devTools: false, id, parent, src, input: this.#input, systemId, syncSnapshot }
  }

  get observers(): Set<Observer> {
    return (this.#observers ??= new Set())
  }

  get eventListeners(): Map<string, Set<Listener>> {
    return (this.#eventListeners ??= new Map())
  }

  /** Works without its actor, and is always the same. */
  get send(): (event: EventObject) => void {
    return (this.#send ??= sendTo(this))
  }

  start(): this {
    if (this._processingStatus === RUNNING) return this
    if (this._syncSnapshot && this._parent) this.#showTo(this._parent)
    // XState's system also files every actor under its session id, and never looks there again.
    if (this.systemId) this.system._set(this.systemId, this)
    this._processingStatus = RUNNING
    if (isInspected(this.system))
      this.system._sendInspectionEvent({
        type: '@xstate.event',
        sourceRef: this._parent,
        actorRef: this,
        event: this.#initEvent,
      })
    const snapshot = this.#current
    if (snapshot.status === 'error') this.#fail(snapshot.error)
    else if (snapshot.status === 'done') this.update(snapshot)
    else if (this.#begin(snapshot)) {
      this.update(snapshot)
      this.#open()
    }
    return this
  }

  get #initEvent(): EventObject {
    return { type: INIT, input: this.#input } as EventObject
  }

  /** Lets the logic begin its work; false when it could not. */
  #begin(snapshot: AnySnapshot): boolean {
    try {
      this.logic.start?.(snapshot, this._actorScope)
      return true
    } catch (error) {
      this._snapshot = { ...this.#current, status: 'error', error } as AnySnapshot
      this.#fail(error)
      return false
    }
  }

  /** Without an event at its start. */
  update(snapshot: AnySnapshot, event?: EventObject): void {
    this._snapshot = snapshot
    if (this.#deferred) this.#doDeferred(snapshot)
    const { status, output, error } = this.#current
    switch (status) {
      case 'active':
        this.#tell(snapshot)
        break
      case 'done':
        this.#tell(snapshot)
        this._stopProcedure()
        this._complete()
        this._doneEvent = { type: doneTypeOf(this.id), output, actorId: this.id } as EventObject
        if (this._parent) relay(this.system, this, this._parent, this._doneEvent)
        break
      case 'error':
        this.#fail(error)
        break
    }
    if (isInspected(this.system))
      this.system._sendInspectionEvent({
        type: '@xstate.snapshot',
        actorRef: this,
        event: event ?? this.#initEvent,
        snapshot,
      })
  }

  /** Puts work off until the snapshot stands. */
  defer(deferred: Deferred): void {
    if (this.#lastDeferred) this.#lastDeferred.next = deferred
    else this.#deferred = deferred
    this.#lastDeferred = deferred
  }

  #doDeferred(snapshot: AnySnapshot): void {
    try {
      // Some put off more.
      for (let deferred = this.#deferred; deferred; deferred = deferred.next) deferred.work()
    } catch (error) {
      // Only a first action can throw here.
      this._snapshot = { ...snapshot, status: 'error', error } as AnySnapshot
    }
    this.#deferred = undefined
    this.#lastDeferred = undefined
  }

  #tell(snapshot: AnySnapshot): void {
    if (!this.#observers) return
    for (const observer of this.#observers) {
      try {
        observer.next?.(snapshot)
      } catch (error) {
        reportUnhandled(error)
      }
    }
  }

  /** For `onSnapshot` of the parent. */
  #showTo(parent: LiveActor): void {
    inherited.subscribe.call(this, {
      next: (snapshot) => {
        if (snapshot.status !== 'active') return
        const event = { type: `xstate.snapshot.${this.id}`, snapshot } as EventObject
        relay(this.system, this, parent, event)
      },
      error: () => {},
    })
  }

  get #current(): AnySnapshot {
    // Only inside of the constructor there is none.
    return this._snapshot as AnySnapshot
  }

  #fail(error: unknown): void {
    inherited._error.call(this, error)
  }

  _process(event: EventObject): void {
    let next: AnySnapshot
    try {
      next = this.logic.transition(this.#current, event, this._actorScope) as AnySnapshot
    } catch (error) {
      this._snapshot = { ...this.#current, status: 'error', error } as AnySnapshot
      this.#fail(error)
      return
    }
    this.update(next, event)
    if (event.type !== STOP) return
    this._stopProcedure()
    this._complete()
  }

  #open(): void {
    this.#isOpen = true
    if (this.#isBusy || !this.#waiting) return
    this.#isBusy = true
    this.#goOn()
  }

  #receive(event: EventObject): void {
    if (this.#isBusy || !this.#isOpen) {
      // An array that begins empty makes room for many.
      if (this.#waiting) this.#waiting.push(event)
      else this.#waiting = [event]
      return
    }
    this.#isBusy = true
    this._process(event)
    this.#goOn()
  }

  #goOn(): void {
    while (this.#waiting) {
      const waiting = this.#waiting
      for (let at = 0; at < waiting.length && this.#waiting === waiting; at += 1)
        this._process(waiting[at] as EventObject)
      // What was cleared on the way is not ours to forget.
      if (this.#waiting === waiting) this.#waiting = undefined
    }
    this.#isBusy = false
  }

  _send(event: EventObject): void {
    // XState's development build warns of events for the dead.
    if (this._processingStatus === STOPPED) inherited._send.call(this, event)
    else this.#receive(event)
  }

  _stop(): this {
    if (this._processingStatus === STOPPED) return this
    this.#waiting = undefined
    if (this._processingStatus === NOT_STARTED) this._processingStatus = STOPPED
    else this.#receive({ type: STOP })
    return this
  }

  _stopProcedure(): this {
    if (this._processingStatus !== RUNNING) return this
    this.system.scheduler.cancelAll(this as never)
    this.#waiting = undefined
    this.#isOpen = false
    this._processingStatus = STOPPED
    if (this.systemId) this.system._unregister(this)
    return this
  }

  _complete(): void {
    if (this.#observers) this.#completeObservers(this.#observers)
    this.#eventListeners?.clear()
  }

  #completeObservers(observers: Set<Observer>): void {
    for (const observer of observers) {
      try {
        observer.complete?.()
      } catch (error) {
        reportUnhandled(error)
      }
    }
    observers.clear()
  }

  /** True when it, or a child of it, may be known to its system by a name. */
  get hasNames(): boolean {
    return this.systemId !== undefined || (this._snapshot !== undefined && 'children' in this._snapshot)
  }

  emit(event: AnyEventObject): void {
    if (!this.#eventListeners) return
    const listeners = [
      ...(this.#eventListeners.get(event.type) ?? []),
      ...(this.#eventListeners.get('*') ?? []),
    ]
    for (const listener of listeners) {
      try {
        listener(event)
      } catch (error) {
        reportUnhandled(error)
      }
    }
  }
}

// An actor in every respect: what is not above comes from XState's class.
Object.setPrototypeOf(LeanActor.prototype, Actor.prototype)

/** As `actor.send(event)`, which is a function that has to be made when it is first read. */
export function send(actor: { send(event: AnyEventObject): void }, event: AnyEventObject): void {
  if (actor instanceof LeanActor) relay(actor.system, undefined, actor, event)
  else actor.send(event)
}

const sendTo = (actor: LeanActor) => (event: EventObject) => relay(actor.system, undefined, actor, event)

/** XState's way: the platform hears of it, and the caller goes on. */
function reportUnhandled(error: unknown): void {
  setTimeout(() => {
    throw error
  })
}
