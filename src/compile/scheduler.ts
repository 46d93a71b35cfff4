/**
 * The delayed events of a system. XState's scheduler looks through those of the whole system whenever an actor stops;
 * this one finds those of an actor at once, and shares the platform's timers between them.
 */

import type { AnyActorRef, AnyActorScope, EventObject } from 'xstate'
import { relay } from './inspection.ts'
import { isOfActor, xstateSystem, type LiveActor, type LiveSystem } from './internals.ts'
import { isRealTime, realTime, realTimeClock } from './real-time.ts'
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
  /** On a clock that is not a wheel: its timer, and when that was armed. */
  foreign: { timer: unknown; readonly armedAt: number } | undefined = undefined

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

/**
 * What a source has scheduled hangs on the source itself: looking it up is what XState's scheduler is slow at. Mostly it is
 * one; several are filed under their ids, as texts like in XState, oldest first.
 */
export type Deliveries = Delivery | Map<string, Delivery>

type Source = AnyActorRef & { _deliveries?: Deliveries | undefined }

export class Scheduler {
  readonly #system: LiveSystem
  /** Those that are on a clock which is not a wheel. */
  #foreign: Set<Delivery> | undefined

  constructor(system: LiveSystem) {
    this.#system = system
  }

  get #clock(): LiveSystem['_clock'] {
    const { _clock } = this.#system
    if (_clock === realTimeClock) return realTime()
    // XState's looks for the platform's timers each time, so that those of a test are found.
    return _clock === xstateSystem._clock && isRealTime() ? realTime() : _clock
  }

  schedule(source: Source, target: AnyActorRef, event: EventObject, delay: number, id = randomId()): void {
    // As in XState, a second event of one id takes the first one's place, but does not keep it from being sent.
    const delivery = new Delivery(source, target, event, delay, id)
    file(source, delivery)
    const clock = this.#clock
    // As a platform's timers count: whole milliseconds, and at least one.
    if (clock instanceof Wheel) clock.arm(delivery, delay >= 1 ? Math.trunc(delay) : 1)
    else this.#armOn(clock, delivery)
  }

  #armOn(clock: LiveSystem['_clock'], delivery: Delivery): void {
    // Before the clock is asked: it may fire at once.
    const foreign = { timer: undefined as unknown, armedAt: Date.now() }
    delivery.foreign = foreign
    this.#foreign ??= new Set()
    this.#foreign.add(delivery)
    foreign.timer = clock.setTimeout(() => this.deliver(delivery), delivery.delay)
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
    const known = source._deliveries
    if (!known) return
    source._deliveries = undefined
    if (known instanceof Delivery) this.#disarm(known)
    else for (const delivery of known.values()) this.#disarm(delivery)
  }

  #disarm(delivery: Delivery): void {
    if (delivery.list) disarm(delivery)
    else if (delivery.foreign) {
      this.#foreign?.delete(delivery)
      const { timer } = delivery.foreign
      if (timer !== undefined) this.#system._clock.clearTimeout(timer)
    }
  }

  #forget(source: Source, id: string): Delivery | undefined {
    const delivery = deliveryOf(source, id)
    if (!delivery) return undefined
    if (source._deliveries instanceof Map) source._deliveries.delete(keyOf(id))
    else source._deliveries = undefined
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
    if (!(clock instanceof Wheel)) return [...(this.#foreign ?? [])].filter(isKnownToItsSource)
    const isOurs = (timer: Timer): timer is Delivery =>
      timer instanceof Delivery && (timer.source.system as unknown) === this.#system
    return [...clock.armed()]
      .filter(isOurs)
      .filter(isKnownToItsSource)
      .toSorted((a, b) => a.order - b.order)
  }
}

/** What is typed as a text may be a number. */
const keyOf = (id: unknown): string => String(id)

function file(source: Source, delivery: Delivery): void {
  const known = source._deliveries
  if (!known || known === deliveryOf(source, delivery.id)) source._deliveries = delivery
  else if (known instanceof Map) known.set(keyOf(delivery.id), delivery)
  else source._deliveries = new Map([known, delivery].map((one) => [keyOf(one.id), one]))
}

function deliveryOf({ _deliveries: known }: Source, id: string): Delivery | undefined {
  if (known instanceof Map) return known.get(keyOf(id))
  return known && (known.id === id || keyOf(known.id) === keyOf(id)) ? known : undefined
}

/** False for one whose id another has taken: it is sent all the same, but not told of. */
const isKnownToItsSource = (delivery: Delivery): boolean =>
  deliveryOf(delivery.source, delivery.id) === delivery

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
