/** Tries again what failed, after a pause that grows and is drawn by chance. */

import { isRetryable as mayBeRetried } from '../../actors/describe-error.ts'
import { systemClock } from '../../actors/system-clock.ts'
import { backoffMs, type Backoff } from '../../model/backoff.ts'
import type { Clock } from '../../model/clock.ts'
import { RetrySettings } from '../../model/resilience/retry-settings.ts'
import { readSettings } from '../../model/resilience/settings.ts'
import type { CallOptions, Work } from './call-options.ts'
import { isRefusal } from './is-refusal.ts'
import { pause } from './pause.ts'
import { runWork } from './run-work.ts'

export type RetryOptions = {
  /** After the first attempt; default 3. */
  readonly retriesMax?: number
  /** The pause before retry n is drawn from 0 to `baseMs * factor^(n-1)`, `maxMs` at most; default 1,000, 2, 60,000. */
  readonly backoff?: Partial<Backoff>
  /**
   * Whether attempt n, from 1, may be followed by another. Default: unless the error says `retryable: false`, or a part
   * of this package has refused the call.
   */
  readonly isRetryable?: (error: unknown, attempt: number) => boolean
  /** 0 to 1; default Math.random. */
  readonly random?: () => number
  readonly clock?: Clock
}

/** Work that may want to know which attempt it is, from 1. */
export type AttemptWork<T> = (signal: AbortSignal, attempt: number) => T | Promise<T>

export class Retry {
  readonly #settings: RetrySettings
  readonly #clock: Clock
  readonly #random: () => number

  /** For `createRetry`, which reads the settings. */
  constructor(settings: RetrySettings) {
    this.#settings = settings
    this.#clock = settings.clock ?? systemClock
    this.#random = settings.random ?? Math.random
  }

  /** Resolves with the first success; rejects with the last error, or at once with the signal's reason. */
  async call<T>(work: AttemptWork<T>, { signal }: CallOptions = {}): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted()
      try {
        return await runWork(oneAttempt(work, attempt), signal)
      } catch (error) {
        if (signal?.aborted || !this.#mayTryAgain(error, attempt)) throw error
      }
      await pause(this.#clock, backoffMs(this.#settings.backoff, attempt, this.#random()), signal)
    }
  }

  #mayTryAgain(error: unknown, attempt: number): boolean {
    const { retriesMax, isRetryable = isWorthIt } = this.#settings
    if (attempt > retriesMax) return false
    try {
      return isRetryable(error, attempt)
    } catch {
      // A judge that fails gives nobody leave to try again, and the work's own error says more.
      return false
    }
  }
}

/** One attempt, which seems to take as many parameters as the work: `(...args)` seems to take none, and gets both. */
export const oneAttempt = <T>(work: AttemptWork<T>, attempt: number): Work<T> =>
  work.length === 0 ? (...[signal]) => work(signal, attempt) : (signal) => work(signal, attempt)

const isWorthIt = (error: unknown) => mayBeRetried(error) && !isRefusal(error)

/** Retries of one kind. It holds no state of its own: as many calls as one likes. Throws `resilience.invalid`. */
export function createRetry(options: RetryOptions = {}): Retry {
  return new Retry(readSettings(RetrySettings, 'createRetry', options))
}
