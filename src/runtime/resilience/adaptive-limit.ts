/** A limit on calls at once that adapts to how they go: more while they are quick, fewer when they are not. */

import type { Actor, InspectionEvent } from 'xstate'
import { createActor } from '../../compile/create-actor.ts'
import { systemClock } from '../../actors/system-clock.ts'
import {
  adaptiveLimitMachine,
  type AdaptiveLimitMachine,
  type AdaptiveLimitState,
} from '../../machines/adaptive-limit.ts'
import type { Clock } from '../../model/clock.ts'
import { AdaptiveSettings } from '../../model/resilience/adaptive-settings.ts'
import { Aimd } from '../../model/resilience/aimd.ts'
import { readSettings } from '../../model/resilience/settings.ts'
import { stepped } from '../interpreter.ts'
import { Bulkhead, type BulkheadStats, type EnterOptions } from './bulkhead.ts'
import type { Work } from './call-options.ts'
import { isRefusal } from './is-refusal.ts'
import { runWork } from './run-work.ts'

export type AdaptiveLimitOptions = {
  /** Names it in messages and in the inspector; default "adaptive". */
  readonly name?: string
  /** Bounds of the limit, and where it begins; default 1, 100 and 10. */
  readonly min?: number
  readonly max?: number
  readonly initial?: number
  /** A call that took longer is a sign of congestion; default: only errors are. */
  readonly latencyMs?: number
  /** Added to the limit for each round of calls that went well; default 1. */
  readonly increase?: number
  /** What the limit is multiplied with at a sign of congestion; default 0.5. */
  readonly decrease?: number
  /** After a decrease, how long further signs are taken for its late cause; default 1,000. */
  readonly coolMs?: number
  /** False for an error that has nothing to do with load. Default: every error but a refusal by another part. */
  readonly isCongestion?: (error: unknown) => boolean
  /** Callers that may wait; default 100, 0 for none. */
  readonly queueMax?: number
  /** How long a caller may wait; default 30,000, Infinity for no bound. */
  readonly queueMs?: number
  readonly clock?: Clock
  /** Hears the charts of the limit and of its queue, as XState's inspection events. */
  readonly inspect?: (event: InspectionEvent) => void
}

export type AdaptiveLimitStats = BulkheadStats & {
  /** Calls at once that are allowed now. */
  readonly limit: number
  /** How often it was lowered. */
  readonly decreases: number
}

/** Leave to call once. The first of its three ends counts, later ones are ignored. */
export type Permit = {
  /** `durationMs`: how long the call took; measured when left out. */
  succeed(durationMs?: number): void
  /** The call failed for load. */
  fail(): void
  /** It says nothing about load: cancelled, or failed for another reason. */
  drop(): void
}

export class AdaptiveLimit {
  readonly name: string
  /** The running chart, for the inspector. */
  readonly actor: Actor<AdaptiveLimitMachine>
  readonly #clock: Clock
  readonly #aimd: Aimd
  readonly #places: Bulkhead
  readonly #latencyMs: number
  readonly #isCongestion: (error: unknown) => boolean
  #decreases = 0

  /** For `createAdaptiveLimit`, which reads the settings. */
  constructor(settings: AdaptiveSettings) {
    const { name, queueMax, queueMs, coolMs, clock, inspect } = settings
    this.name = name
    this.#clock = clock ?? systemClock
    this.#latencyMs = settings.latencyMs ?? Infinity
    this.#isCongestion = settings.isCongestion ?? ((error) => !isRefusal(error))
    this.#aimd = new Aimd(settings)
    this.#places = new Bulkhead({
      name: `${name} queue`,
      queueMax,
      queueMs,
      concurrentMax: this.#aimd.limit,
      clock,
      inspect,
    })
    this.actor = createActor(stepped(adaptiveLimitMachine), {
      id: name,
      input: { coolMs },
      ...(inspect && { inspect }),
    })
    this.actor.start()
  }

  get state(): AdaptiveLimitState {
    return this.actor.getSnapshot().value
  }

  /** Calls at once that are allowed now. */
  get limit(): number {
    return this.#aimd.limit
  }

  get stats(): AdaptiveLimitStats {
    return { ...this.#places.stats, limit: this.limit, decreases: this.#decreases }
  }

  /** Rejects with `bulkhead.full`, `bulkhead.timeout` or the signal's reason when the work was never called. */
  call<T>(work: Work<T>, options?: EnterOptions): Promise<T> {
    return this.guard(() => runWork(work, options?.signal), options)
  }

  /** Like `call`, for what ends by itself once the signal has aborted, also when that was before it began. */
  async guard<T>(run: () => T | Promise<T>, options?: EnterOptions): Promise<T> {
    const signal = options?.signal
    const permit = await this.enter(options)
    try {
      const value = await run()
      permit.succeed()
      return value
    } catch (error) {
      if (signal?.aborted || !this.#blames(error)) permit.drop()
      else permit.fail()
      throw error
    }
  }

  /** A permit, at once or after a wait; rejects like `call`. */
  async enter(options?: EnterOptions): Promise<Permit> {
    const place = await this.#places.enter(options)
    const startedAt = this.#clock.now()
    let isOver = false
    const end = (learn: () => void) => {
      if (isOver) return
      isOver = true
      learn()
      place.leave()
    }
    return {
      succeed: (durationMs = this.#clock.now() - startedAt) => end(() => this.#heard(durationMs)),
      fail: () => end(() => this.#congested()),
      drop: () => end(() => {}),
    }
  }

  #heard(durationMs: number): void {
    if (durationMs > this.#latencyMs) this.#congested()
    else this.#wentWell()
  }

  #wentWell(): void {
    if (this.state === 'cooling') this.actor.send({ type: 'WENT_WELL', at: this.#clock.now() })
    if (this.state === 'cooling') return
    this.#aimd.raise(this.#places.stats.running)
    this.#resize()
  }

  #congested(): void {
    const event = { type: 'CONGESTED', at: this.#clock.now() } as const
    if (!this.actor.getSnapshot().can(event)) return
    this.#aimd.lower()
    this.#decreases += 1
    this.actor.send(event)
    this.#resize()
  }

  #resize(): void {
    if (this.limit !== this.#places.concurrentMax) this.#places.resize(this.limit)
  }

  /** A judge that fails has not acquitted anybody. */
  #blames(error: unknown): boolean {
    try {
      return this.#isCongestion(error)
    } catch {
      return true
    }
  }
}

/** A limit of its own. Share it among all who call the same callee. Throws `resilience.invalid`. */
export function createAdaptiveLimit(options: AdaptiveLimitOptions = {}): AdaptiveLimit {
  return new AdaptiveLimit(readSettings(AdaptiveSettings, 'createAdaptiveLimit', options))
}
