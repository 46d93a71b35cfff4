/**
 * The delayed events of a system. XState's scheduler looks through those of the whole system whenever an actor stops;
 * this one finds those of an actor at once, and shares the platform's timers between them.
 */

import { createEmptyActor, type AnyActorRef, type AnyActorScope, type EventObject } from 'xstate'
import { relay } from './inspection.ts'
import { isOfActor, type LiveActor, type LiveSystem } from './internals.ts'
import { realTime, realTimeClock } from './real-time.ts'
import { disarm, Wheel, type Timer } from './wheel.ts'

/** As XState's record of scheduled events shows it. */
type ScheduledEvent = {
  readonly source: AnyActorRef
  readonly target: AnyActorRef
  readonly event: EventObject
  readonly delay: number
  readonly id: string
  readonly startedAt: number
}

export class Delivery implements Timer {
  dueMs = 0
  order = 0
  list: Timer['list'] = undefined
  before: Timer | undefined = undefined
  after: Timer | undefined = undefined
  readonly source: AnyActorRef
  readonly target: AnyActorRef
  readonly event: EventObject
  readonly delay: number
  readonly id: string
  /** What else its source has scheduled, the latest first. */
  next: Delivery | undefined = undefined
  /** On a clock that is not a wheel: its timer, and when that was armed. */
  foreign: { readonly timer: unknown; readonly armedAt: number } | undefined = undefined

  constructor(source: AnyActorRef, target: AnyActorRef, event: EventObject, delay: number, id: string) {
    this.source = source
    this.target = target
    this.event = event
    this.delay = delay
    this.id = id
  }

  fire(): void {
    // Only a scheduler of this kind makes deliveries.
    ;(this.source.system as unknown as { readonly scheduler: Scheduler }).scheduler.deliver(this)
  }

  /** Milliseconds since 1970. The wheel knows when it is due; other clocks are not asked for the time. */
  get startedAt(): number {
    return this.list
      ? Math.round(Date.now() - (performance.now() - (this.dueMs - this.delay)))
      : (this.foreign?.armedAt ?? 0)
  }
}

/** XState's own clock, which it does not export: the one of an actor that was given none. */
const XSTATE_CLOCK = createEmptyActor().system._clock

/** The latest of a source hangs on the source itself: looking it up is what XState's scheduler is slow at. */
type Source = AnyActorRef & { _latestDelivery?: Delivery | undefined }

export class Scheduler {
  readonly #system: LiveSystem
  /** Those that are on a clock which is not a wheel. */
  #foreign: Set<Delivery> | undefined

  constructor(system: LiveSystem) {
    this.#system = system
  }

  get #clock(): LiveSystem['_clock'] {
    const { _clock } = this.#system
    return _clock === realTimeClock || _clock === XSTATE_CLOCK ? realTime() : _clock
  }

  schedule(source: Source, target: AnyActorRef, event: EventObject, delay: number, id = randomId()): void {
    // As in XState, a second event of one id takes the first one's place, but does not keep it from being sent.
    this.#forget(source, id)
    const delivery = new Delivery(source, target, event, delay, id)
    delivery.next = source._latestDelivery
    source._latestDelivery = delivery
    const clock = this.#clock
    if (clock instanceof Wheel) clock.arm(delivery, delay)
    else this.#armOn(clock, delivery)
  }

  #armOn(clock: LiveSystem['_clock'], delivery: Delivery): void {
    const armedAt = Date.now()
    const timer: unknown = clock.setTimeout(() => this.deliver(delivery), delivery.delay)
    delivery.foreign = { timer, armedAt }
    this.#foreign ??= new Set()
    this.#foreign.add(delivery)
  }

  deliver({ source, target, event, id }: Delivery): void {
    this.#forget(source, id)
    relay(this.#system, source, target as unknown as LiveActor, event)
  }

  cancel(source: Source, id: string): void {
    const delivery = this.#forget(source, id)
    if (delivery) this.#disarm(delivery)
  }

  cancelAll(source: Source): void {
    for (let delivery = source._latestDelivery; delivery; delivery = delivery.next) this.#disarm(delivery)
    if (source._latestDelivery) source._latestDelivery = undefined
  }

  #disarm(delivery: Delivery): void {
    if (delivery.list) disarm(delivery)
    else if (delivery.foreign) {
      this.#foreign?.delete(delivery)
      this.#system._clock.clearTimeout(delivery.foreign.timer)
    }
  }

  #forget(source: Source, id: string): Delivery | undefined {
    let later: Delivery | undefined
    let delivery = source._latestDelivery
    while (delivery && delivery.id !== id) {
      later = delivery
      delivery = delivery.next
    }
    if (!delivery) return undefined
    if (later) later.next = delivery.next
    else source._latestDelivery = delivery.next
    this.#foreign?.delete(delivery)
    return delivery
  }

  /** XState's record of what is scheduled, for whoever looks. */
  get all(): Record<string, ScheduledEvent> {
    const all: Record<string, ScheduledEvent> = {}
    for (const { source, target, event, delay, id, startedAt } of this.#armed())
      all[`${source.sessionId}.${id}`] = { source, target, event, delay, id, startedAt }
    return all
  }

  #armed(): readonly Delivery[] {
    const clock = this.#clock
    if (!(clock instanceof Wheel)) return [...(this.#foreign ?? [])]
    const isOurs = (timer: Timer): timer is Delivery =>
      timer instanceof Delivery && (timer.source.system as unknown) === this.#system
    return [...clock.armed()].filter(isOurs).toSorted((a, b) => a.order - b.order)
  }
}

const randomId = () => Math.random().toString(36).slice(2)

/** Gives the system of an actor this scheduler in place of XState's, before anything is scheduled there. */
export function ownTimers(scope: AnyActorScope): void {
  const system = scope.system as LiveSystem
  if (system.scheduler instanceof Scheduler || !isOfActor(scope)) return
  if (Object.keys(system._snapshot._scheduledEvents).length > 0) return
  const scheduler = new Scheduler(system)
  system.scheduler = scheduler
  system._snapshot = new ScheduleView(scheduler)
}

/** What XState keeps its record in. */
export class ScheduleView {
  readonly #scheduler: Scheduler

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  get _scheduledEvents(): Record<string, unknown> {
    return this.#scheduler.all
  }

  // XState empties the record when a system starts, and schedules again what was there: nothing, as nothing has begun.
  set _scheduledEvents(_: Record<string, unknown>) {}
}
