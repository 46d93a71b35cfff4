/**
 * An actor of a compiled machine, or a child of one: XState's actor with a constructor that makes only what most need.
 * Whatever is not here is inherited from XState's class, and what is here does the same as there. Whoever changes this
 * reads `Actor` of XState beside it. Its fields are no private ones of the language: stores put proxies around actors.
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
import type { Deliveries } from './scheduler.ts'

/** An actor's snapshot as far as its life depends on it. */
type AnySnapshot = Snapshot<unknown>

type Observer = { next?(snapshot: AnySnapshot): void; complete?(): void }
type Listener = (event: AnyEventObject) => void

/** What is inherited. */
const inherited = Actor.prototype as unknown as {
  send(this: unknown, event: EventObject): void
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
  _deliveries: Deliveries | undefined
  private readonly _input: unknown
  private _ownSessionId: string | undefined
  private readonly _scope: LeanScope
  // The mailbox: events are processed one at a time, and from the end of the start on.
  private _isOpen = false
  private _isBusy = false
  private _waiting: EventObject[] | undefined
  // What was put off until the snapshot stands, first to last.
  private _firstDeferred: Deferred | undefined
  private _lastDeferred: Deferred | undefined
  // Made when somebody asks for them.
  private _ownObservers: Set<Observer> | undefined
  private _ownListeners: Map<string, Set<Listener>> | undefined
  private _options: object | undefined
  private _boundSend: ((event: EventObject) => void) | undefined

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
    this._input = input
    this._scope = new LeanScope(this)
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
    return this._scope as unknown as AnyActorScope
  }

  /** Booked when somebody asks: it only has to be unique. */
  get sessionId(): string {
    return (this._ownSessionId ??= this.system._bookId())
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
    this._options ??= parent
      ? { clock, logger, devTools: false, id, parent, src, input: this._input, systemId, syncSnapshot }
      : { clock, logger, devTools: false, ...this.system._rootOptions }
    return this._options
  }

  get observers(): Set<Observer> {
    return (this._ownObservers ??= new Set())
  }

  get eventListeners(): Map<string, Set<Listener>> {
    return (this._ownListeners ??= new Map())
  }

  /** Works without its actor, and is always the same. */
  get send(): (event: EventObject) => void {
    return (this._boundSend ??= sendTo(this))
  }

  /** For those who put a spy in its place. */
  set send(spy: (event: EventObject) => void) {
    this._boundSend = spy
  }

  start(): this {
    if (this._processingStatus === RUNNING) return this
    if (this._syncSnapshot && this._parent) this._showTo(this._parent)
    // XState's system also files every actor under its session id, and never looks there again.
    if (this.systemId) this.system._set(this.systemId, this)
    this._processingStatus = RUNNING
    if (isInspected(this.system))
      this.system._sendInspectionEvent({
        type: '@xstate.event',
        sourceRef: this._parent,
        actorRef: this,
        event: this._initEvent,
      })
    const snapshot = this._current
    if (snapshot.status === 'error') this._fail(snapshot.error)
    else if (snapshot.status === 'done') this.update(snapshot)
    else if (this._begin(snapshot)) {
      this.update(snapshot)
      this._open()
    }
    return this
  }

  private get _initEvent(): EventObject {
    return { type: INIT, input: this._input } as EventObject
  }

  /** Lets the logic begin its work; false when it could not. */
  private _begin(snapshot: AnySnapshot): boolean {
    try {
      this.logic.start?.(snapshot, this._actorScope)
      return true
    } catch (error) {
      this._snapshot = { ...this._current, status: 'error', error } as AnySnapshot
      this._fail(error)
      return false
    }
  }

  /** Without an event at its start. */
  update(snapshot: AnySnapshot, event?: EventObject): void {
    this._snapshot = snapshot
    if (this._firstDeferred) this._doDeferred(snapshot)
    const { status, output, error } = this._current
    switch (status) {
      case 'active':
        this._tell(snapshot)
        break
      case 'done':
        this._tell(snapshot)
        this._stopProcedure()
        this._complete()
        this._doneEvent = { type: doneTypeOf(this.id), output, actorId: this.id } as EventObject
        if (this._parent) relay(this.system, this, this._parent, this._doneEvent)
        break
      case 'error':
        this._fail(error)
        break
    }
    if (isInspected(this.system))
      this.system._sendInspectionEvent({
        type: '@xstate.snapshot',
        actorRef: this,
        event: event ?? this._initEvent,
        snapshot,
      })
  }

  /** Puts work off until the snapshot stands. */
  defer(deferred: Deferred): void {
    if (this._lastDeferred) this._lastDeferred.next = deferred
    else this._firstDeferred = deferred
    this._lastDeferred = deferred
  }

  private _doDeferred(snapshot: AnySnapshot): void {
    try {
      // Some put off more.
      for (let deferred = this._firstDeferred; deferred; deferred = deferred.next) deferred.work()
    } catch (error) {
      // Only a first action can throw here.
      this._snapshot = { ...snapshot, status: 'error', error } as AnySnapshot
    }
    this._firstDeferred = undefined
    this._lastDeferred = undefined
  }

  private _tell(snapshot: AnySnapshot): void {
    if (!this._ownObservers) return
    for (const observer of this._ownObservers) {
      try {
        observer.next?.(snapshot)
      } catch (error) {
        reportUnhandled(error)
      }
    }
  }

  /** For `onSnapshot` of the parent. */
  private _showTo(parent: LiveActor): void {
    inherited.subscribe.call(this, {
      next: (snapshot) => {
        if (snapshot.status !== 'active') return
        const event = { type: `xstate.snapshot.${this.id}`, snapshot } as EventObject
        relay(this.system, this, parent, event)
      },
      error: () => {},
    })
  }

  private get _current(): AnySnapshot {
    // Only inside of the constructor there is none.
    return this._snapshot as AnySnapshot
  }

  private _fail(error: unknown): void {
    inherited._error.call(this, error)
  }

  _process(event: EventObject): void {
    let next: AnySnapshot
    try {
      next = this.logic.transition(this._current, event, this._actorScope) as AnySnapshot
    } catch (error) {
      this._snapshot = { ...this._current, status: 'error', error } as AnySnapshot
      this._fail(error)
      return
    }
    this.update(next, event)
    if (event.type !== STOP) return
    this._stopProcedure()
    this._complete()
  }

  private _open(): void {
    this._isOpen = true
    if (this._isBusy || !this._waiting) return
    this._isBusy = true
    this._goOn()
  }

  private _receive(event: EventObject): void {
    if (this._isBusy || !this._isOpen) {
      // An array that begins empty makes room for many.
      if (this._waiting) this._waiting.push(event)
      else this._waiting = [event]
      return
    }
    this._isBusy = true
    this._process(event)
    this._goOn()
  }

  private _goOn(): void {
    while (this._waiting) {
      const waiting = this._waiting
      for (let at = 0; at < waiting.length && this._waiting === waiting; at += 1)
        this._process(waiting[at] as EventObject)
      // What was cleared on the way is not ours to forget.
      if (this._waiting === waiting) this._waiting = undefined
    }
    this._isBusy = false
  }

  _send(event: EventObject): void {
    // XState's development build warns of events for the dead.
    if (this._processingStatus === STOPPED) inherited._send.call(this, event)
    else this._receive(event)
  }

  _stop(): this {
    if (this._processingStatus === STOPPED) return this
    // The first that waits is kept, as in XState's mailbox: it counts as being processed.
    if (this._waiting && !this._isBusy) this._waiting.length = 1
    else this._waiting = undefined
    if (this._processingStatus === NOT_STARTED) this._processingStatus = STOPPED
    else this._receive({ type: STOP })
    return this
  }

  _stopProcedure(): this {
    if (this._processingStatus !== RUNNING) return this
    this.system.scheduler.cancelAll(this as never)
    // A new mailbox, in case it is started once more.
    this._waiting = undefined
    this._isOpen = false
    this._isBusy = false
    this._processingStatus = STOPPED
    if (this.systemId) this.system._unregister(this)
    return this
  }

  _complete(): void {
    if (this._ownObservers) this._completeObservers(this._ownObservers)
    this._ownListeners?.clear()
  }

  private _completeObservers(observers: Set<Observer>): void {
    for (const observer of observers) {
      try {
        observer.complete?.()
      } catch (error) {
        reportUnhandled(error)
      }
    }
    observers.clear()
  }

  /** True after an error, also while it was being made. */
  get hasFailed(): boolean {
    return this._snapshot?.status === 'error'
  }

  /** True when it, or a child of it, may be known to its system by a name. */
  get hasNames(): boolean {
    return this.systemId !== undefined || (this._snapshot !== undefined && 'children' in this._snapshot)
  }

  emit(event: AnyEventObject): void {
    if (!this._ownListeners) return
    const listeners = [...(this._ownListeners.get(event.type) ?? []), ...(this._ownListeners.get('*') ?? [])]
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

const sendTo = (actor: LeanActor) => (event: EventObject) => {
  // XState's development build says what is wrong with a text.
  if (typeof event === 'string') inherited.send.call(actor, event)
  else relay(actor.system, undefined, actor, event)
}

/** XState's way: the platform hears of it, and the caller goes on. */
function reportUnhandled(error: unknown): void {
  setTimeout(() => {
    throw error
  })
}
