/** A bulkhead: so many calls at once, a bounded queue for the others, and a bound on how long they wait there. */

import { z } from 'zod'
import type { Actor, InspectionEvent } from 'xstate'
import { createActor } from '../../compile/create-actor.ts'
import { systemClock } from '../../actors/system-clock.ts'
import { bulkheadMachine, type BulkheadMachine, type BulkheadState } from '../../machines/bulkhead.ts'
import type { Clock } from '../../model/clock.ts'
import { StagecraftError } from '../../model/errors.ts'
import { BulkheadSettings, WaitSettings } from '../../model/resilience/bulkhead-settings.ts'
import { Lane, Room, serveOldest, type Sharing } from '../../model/resilience/lane.ts'
import { count, readSettings } from '../../model/resilience/settings.ts'
import { stepped } from '../interpreter.ts'
import type { CallOptions, Work } from './call-options.ts'
import { runWork } from './run-work.ts'
import { waitIn } from './wait-in.ts'

export type BulkheadOptions = {
  /** Names it in messages and in the inspector; default "bulkhead". */
  readonly name?: string
  /** Calls at once; default 20. */
  readonly concurrentMax?: number
  /** Callers that may wait after having asked this bulkhead; default 100, 0 for none. */
  readonly queueMax?: number
  /** How long a caller may wait, not counting the call itself; default 30,000, Infinity for no bound. */
  readonly queueMs?: number
  /** An outer bulkhead, whose place is needed as well: both at once or none. */
  readonly within?: Bulkhead
  readonly clock?: Clock
  /** Hears the chart, as XState's inspection events. */
  readonly inspect?: (event: InspectionEvent) => void
}

export type EnterOptions = CallOptions & {
  /** How long this caller may wait; default the bulkhead's. */
  readonly queueMs?: number
  /** How many may wait before this caller for it to wait too; at most the bulkhead's. */
  readonly queueMax?: number
  /** One more outer bulkhead, for this call only. */
  readonly within?: Bulkhead
}

/** What became of all that asked this bulkhead, not one within it: `entered` is those inside and those that left. */
export type BulkheadStats = {
  /** Inside now, and the most that ever were, through the bulkheads within it too. */
  readonly running: number
  readonly peak: number
  readonly waiting: number
  readonly entered: number
  /** Refused at once because too many waited. */
  readonly refused: number
  /** Gave up because the wait took too long. */
  readonly timedOut: number
  /** Aborted while they waited. */
  readonly cancelled: number
}

/** A place inside. */
export type Place = {
  /** Gives the place back; a second time does nothing. */
  leave(): void
}

export class Bulkhead {
  readonly name: string
  /** The running chart, for the inspector. */
  readonly actor: Actor<BulkheadMachine>
  readonly #clock: Clock
  readonly #queueMax: number
  readonly #queueMs: number
  readonly #room: Room
  /** Through this bulkhead and all it lies within. */
  readonly #lane: Lane
  /** The same and one more, for callers that name it. */
  readonly #lanes = new WeakMap<Bulkhead, Lane>()
  readonly #stats = { entered: 0, refused: 0, timedOut: 0, cancelled: 0 }

  /** For `createBulkhead`, which reads the settings. */
  constructor(settings: BulkheadSettings, within?: Bulkhead, sharing?: Sharing) {
    const { name, queueMax, inspect } = settings
    this.name = name
    this.#clock = settings.clock ?? systemClock
    this.#queueMax = queueMax
    this.#queueMs = settings.queueMs
    this.#room = new Room(settings.concurrentMax, sharing)
    this.#lane = new Lane([this.#room, ...(within ? within.#lane.rooms : [])], this)
    this.actor = createActor(stepped(bulkheadMachine), {
      id: name,
      input: { queueMax },
      ...(inspect && { inspect }),
    })
    this.actor.start()
  }

  /** `free` nobody waits, `busy` callers wait, `full` who cannot get in at once is refused. */
  get state(): BulkheadState {
    return this.actor.getSnapshot().value
  }

  get concurrentMax(): number {
    return this.#room.max
  }

  get stats(): BulkheadStats {
    const { running, peak } = this.#room
    return { running, peak, waiting: this.#waiting, ...this.#stats }
  }

  /** Rejects with `bulkhead.full`, `bulkhead.timeout` or the signal's reason when the work was never called. */
  call<T>(work: Work<T>, options?: EnterOptions): Promise<T> {
    return this.guard(() => runWork(work, options?.signal), options)
  }

  /** Like `call`, for what ends by itself once the signal has aborted, also when that was before it began. */
  async guard<T>(run: () => T | Promise<T>, options?: EnterOptions): Promise<T> {
    options?.signal?.throwIfAborted()
    const place = this.tryEnter(options?.within) ?? (await this.enter(options))
    try {
      return await run()
    } finally {
      place.leave()
    }
  }

  /** A place, at once or after a wait; rejects like `call`. */
  async enter({ signal, within, queueMs, queueMax }: EnterOptions = {}): Promise<Place> {
    signal?.throwIfAborted()
    const place = this.tryEnter(within)
    if (place) return place
    const wait = readSettings(WaitSettings, `entering the bulkhead "${this.name}"`, { queueMs, queueMax })
    if (!this.#mayWait(wait.queueMax)) throw this.#refuse()
    return this.#wait(this.#laneWith(within), wait.queueMs ?? this.#queueMs, signal)
  }

  /** A place, if there is one right now. */
  tryEnter(within?: Bulkhead): Place | undefined {
    const lane = this.#laneWith(within)
    // Who waits in the same lane comes first.
    if (!lane.hasRoom || lane.first) return undefined
    lane.take()
    return this.#placeIn(lane)
  }

  /** Changes `concurrentMax`. Who is inside stays; who waits gets what has become free. Throws `resilience.invalid`. */
  resize(concurrentMax: number): void {
    this.#room.max = readSettings(count, `resize() of the bulkhead "${this.name}"`, concurrentMax)
    serveOldest([this.#room])
  }

  get #waiting(): number {
    return this.actor.getSnapshot().context.waiting
  }

  /** A place was given back; for the place, which calls it once. */
  readonly #released = (): void => {
    // With a queue this changes nothing that its chart knows of, so it is not worth an event.
    if (this.#queueMax === 0 && this.state === 'full') this.actor.send({ type: 'RELEASED' })
  }

  #placeIn(lane: Lane): Place {
    this.#stats.entered += 1
    return new LanePlace(lane, this.#released)
  }

  #laneWith(outer: Bulkhead | undefined): Lane {
    if (!outer) return this.#lane
    let lane = this.#lanes.get(outer)
    if (!lane) {
      lane = new Lane([...new Set([...this.#lane.rooms, ...outer.#lane.rooms])], this)
      this.#lanes.set(outer, lane)
    }
    return lane
  }

  #mayWait(queueMax = Infinity): boolean {
    return this.#waiting < queueMax && this.actor.getSnapshot().can({ type: 'WAIT' })
  }

  #refuse(): StagecraftError {
    this.#stats.refused += 1
    this.actor.send({ type: 'REFUSED' })
    return new StagecraftError(
      'bulkhead.full',
      `The bulkhead "${this.name}" is full: ${this.#room.running} of ${this.#room.max} calls are inside and ${this.#waiting} wait. Ask again later, or give it more room.`,
    )
  }

  #wait(lane: Lane, queueMs: number, signal: AbortSignal | undefined): Promise<Place> {
    const waiting = waitIn(lane, {
      clock: this.#clock,
      queueMs,
      signal,
      served: () => this.#placeIn(lane),
      tooLong: () => this.#tooLong(queueMs),
      over: (how) => {
        if (how === 'TIMED_OUT') this.#stats.timedOut += 1
        if (how === 'CANCELLED') this.#stats.cancelled += 1
        this.actor.send({ type: how })
      },
    })
    this.actor.send({ type: 'WAIT' })
    return waiting
  }

  #tooLong(queueMs: number): StagecraftError {
    return new StagecraftError(
      'bulkhead.timeout',
      `There was no place in the bulkhead "${this.name}" within ${queueMs} ms. Ask again later, or let it take more calls at once.`,
    )
  }
}

const Options = BulkheadSettings.extend({
  within: z.instanceof(Bulkhead, { error: 'must be made by createBulkhead' }).optional(),
})

class LanePlace implements Place {
  #lane: Lane | undefined
  readonly #released: () => void

  constructor(lane: Lane, released: () => void) {
    this.#lane = lane
    this.#released = released
  }

  leave(): void {
    const lane = this.#lane
    if (!lane) return
    this.#lane = undefined
    lane.giveBack()
    this.#released()
  }
}

/** A bulkhead of its own, empty. Share it among all who draw on the same resource. Throws `resilience.invalid`. */
export function createBulkhead(options: BulkheadOptions = {}): Bulkhead {
  return createSharedBulkhead(options, undefined)
}

/** One whose places go by other rules than age. */
export function createSharedBulkhead(options: BulkheadOptions, sharing: Sharing | undefined): Bulkhead {
  const { within, ...settings } = readSettings(Options, 'createBulkhead', options)
  return new Bulkhead(settings, within, sharing)
}
