/**
 * A token bucket around calls: so many a second, a few at once, a bounded queue for the others. It has no chart:
 * what it holds is a quantity that grows by itself, and a state "empty" would be out of date before anybody looked.
 */

import { systemClock } from '../../actors/system-clock.ts'
import type { Clock } from '../../model/clock.ts'
import { StagecraftError } from '../../model/errors.ts'
import { RateSettings } from '../../model/resilience/rate-settings.ts'
import { readSettings } from '../../model/resilience/settings.ts'
import { TokenBucket as Tokens } from '../../model/resilience/token-bucket.ts'
import { WaitingLine } from '../../model/resilience/waiting-line.ts'
import type { CallOptions, Work } from './call-options.ts'
import { runWork } from './run-work.ts'
import { waitIn } from './wait-in.ts'

export type TokenBucketOptions = {
  /** Names it in messages; default "rate". */
  readonly name?: string
  /** Tokens a second; less than one is fine. */
  readonly ratePerSecond: number
  /** Tokens it holds at most, and when it begins; default 1. */
  readonly burst?: number
  /** Callers that may wait for a token; default 100, 0 for none. */
  readonly queueMax?: number
  /** How long a caller may wait; default 30,000, Infinity for no bound. */
  readonly queueMs?: number
  readonly clock?: Clock
}

export type TokenBucketStats = {
  readonly taken: number
  readonly waiting: number
  /** Refused at once because too many waited. */
  readonly refused: number
  /** Gave up because the wait took too long. */
  readonly timedOut: number
  /** Aborted while they waited. */
  readonly cancelled: number
}

export class TokenBucket {
  readonly name: string
  readonly #clock: Clock
  readonly #tokens: Tokens
  readonly #queueMax: number
  readonly #queueMs: number
  readonly #line = new WaitingLine()
  readonly #stats = { taken: 0, waiting: 0, refused: 0, timedOut: 0, cancelled: 0 }
  #timer: unknown

  /** For `createTokenBucket`, which reads the settings. */
  constructor({ name, ratePerSecond, burst, queueMax, queueMs, clock = systemClock }: RateSettings) {
    this.name = name
    this.#clock = clock
    this.#tokens = new Tokens(ratePerSecond, burst, clock.now())
    this.#queueMax = queueMax
    this.#queueMs = queueMs
  }

  get stats(): TokenBucketStats {
    return { ...this.#stats }
  }

  /** Calls the work once there is a token; rejects like `take` when there was none. */
  call<T>(work: Work<T>, options?: CallOptions): Promise<T> {
    return this.guard(() => runWork(work, options?.signal), options)
  }

  /** Like `call`, for what ends by itself once the signal has aborted, also when that was before it began. */
  async guard<T>(run: () => T | Promise<T>, options?: CallOptions): Promise<T> {
    options?.signal?.throwIfAborted()
    if (!this.tryTake()) await this.take(options)
    return run()
  }

  /** Takes a token, at once or after a wait. Rejects with `rate.full`, `rate.timeout` or the signal's reason. */
  async take({ signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    if (this.tryTake()) return
    if (this.#stats.waiting >= this.#queueMax) throw this.#refuse()
    this.#stats.waiting += 1
    const waiting = waitIn(this.#line, {
      clock: this.#clock,
      queueMs: this.#queueMs,
      signal,
      served: () => undefined,
      tooLong: () => this.#tooLong(),
      over: (how) => {
        this.#stats.waiting -= 1
        if (how === 'TIMED_OUT') this.#stats.timedOut += 1
        if (how === 'CANCELLED') this.#stats.cancelled += 1
        this.#arm()
      },
    })
    this.#arm()
    return waiting
  }

  /** Takes a token if there is one right now. */
  tryTake(): boolean {
    // A timer may be late, and who waits comes first.
    this.#serve()
    return !this.#line.first && this.#takeToken()
  }

  #takeToken(): boolean {
    if (this.#tokens.waitMs(this.#clock.now()) > 0) return false
    this.#tokens.take()
    this.#stats.taken += 1
    return true
  }

  #serve(): void {
    for (let { first } = this.#line; first && this.#takeToken(); { first } = this.#line) {
      this.#line.leave(first)
      first.served()
    }
  }

  /** One timer for all who wait, and none for nobody. */
  #arm(): void {
    if (!this.#line.first) {
      this.#clock.clearTimeout(this.#timer)
      this.#timer = undefined
      return
    }
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined
      this.#serve()
      this.#arm()
    }, this.#tokens.waitMs(this.#clock.now()))
  }

  #refuse(): StagecraftError {
    this.#stats.refused += 1
    return new StagecraftError(
      'rate.full',
      `The token bucket "${this.name}" is empty and ${this.#stats.waiting} callers wait for a token. Ask again later, or less often.`,
    )
  }

  #tooLong(): StagecraftError {
    return new StagecraftError(
      'rate.timeout',
      `There was no token in the bucket "${this.name}" within ${this.#queueMs} ms. Ask again later, or less often.`,
    )
  }
}

/** A bucket of its own, full. Share it among all who are bound by the same rate. Throws `resilience.invalid`. */
export function createTokenBucket(options: TokenBucketOptions): TokenBucket {
  return new TokenBucket(readSettings(RateSettings, 'createTokenBucket', options))
}
