/**
 * The system of a lean root actor: XState's `createSystem` as a class, so that a root does not begin with twenty closures.
 * Whoever changes this reads that beside it.
 */

import { toObserver, type AnyActorRef, type EventObject, type InspectionEvent, type Observer } from 'xstate'
import { WATCHED } from './inspection.ts'
import { xstateSystem, type LiveSystem } from './internals.ts'
import { Scheduler, ScheduleView } from './scheduler.ts'

type Inspector = Observer<InspectionEvent>

type RootOptions = {
  readonly clock?: LiveSystem['_clock'] | undefined
  readonly logger?: LiveSystem['_logger'] | undefined
}

export class LeanSystem {
  // Nobody watches yet: unlike XState's, this system can say so.
  [WATCHED] = false
  readonly _clock: LiveSystem['_clock']
  readonly _logger: LiveSystem['_logger']
  /** What the root actor was made with. */
  readonly _rootOptions: object
  readonly scheduler: Scheduler
  /** The root actor. */
  root: { readonly sessionId: string } | undefined
  private _inspectors: Set<Inspector> | undefined
  private _byName: Map<string, AnyActorRef> | undefined
  private _scheduleView: ScheduleView | undefined

  constructor(options: RootOptions) {
    const { clock, logger } = options
    this._rootOptions = options
    this._clock = clock ?? xstateSystem._clock
    this._logger = logger ?? xstateSystem._logger
    // Only its relations to actors are the system's business, and those are XState's.
    this.scheduler = new Scheduler(this as unknown as LiveSystem)
  }

  _bookId(): string {
    return xstateSystem._bookId()
  }

  /** XState files every actor under its session id, and never looks there. */
  _register(sessionId: string): string {
    return sessionId
  }

  _unregister(actor: AnyActorRef): void {
    if (!this._byName) return
    for (const [systemId, named] of this._byName) if (named === actor) this._byName.delete(systemId)
  }

  _set(systemId: string, actor: AnyActorRef): void {
    const existing = this.get(systemId)
    if (existing && existing !== actor) throw new Error(`Actor with system ID '${systemId}' already exists.`)
    this._byName ??= new Map()
    this._byName.set(systemId, actor)
  }

  // These three are taken out of a system by whoever is given one.
  readonly get = (systemId: string): AnyActorRef | undefined => this._byName?.get(systemId)

  readonly getAll = (): Record<string, AnyActorRef> => Object.fromEntries(this._byName ?? [])

  readonly inspect = (
    observerOrListener: Inspector | ((event: InspectionEvent) => void),
  ): { unsubscribe(): void } => {
    const inspector = toObserver(observerOrListener as Inspector)
    const inspectors = (this._inspectors ??= new Set())
    inspectors.add(inspector)
    this[WATCHED] = true
    return {
      unsubscribe: () => {
        inspectors.delete(inspector)
        this[WATCHED] = inspectors.size > 0
      },
    }
  }

  _sendInspectionEvent(event: object): void {
    if (!this._inspectors?.size) return
    const shown = { ...event, rootId: this.root?.sessionId } as InspectionEvent
    for (const inspector of this._inspectors) inspector.next?.(shown)
  }

  _relay(source: object | undefined, target: { _send(event: EventObject): void }, event: EventObject): void {
    this._sendInspectionEvent({ type: '@xstate.event', sourceRef: source, actorRef: target, event })
    target._send(event)
  }

  get _snapshot(): ScheduleView {
    return (this._scheduleView ??= new ScheduleView(this.scheduler))
  }

  getSnapshot(): { _scheduledEvents: Record<string, unknown> } {
    return { _scheduledEvents: this.scheduler.all }
  }

  /** Schedules again what was persisted; a system that has been persisted is XState's. */
  start(): void {}
}
