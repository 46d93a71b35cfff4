/** One timer for all that is due some time: it looks again now and then, because clocks jump. */

import type { Clock } from '../../model/clock.ts'
import { LIMITS } from '../../model/limits.ts'

export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #dueAt = Infinity
  #timer: unknown
  #isStopped = false

  /** `ring` is called at or after the time that was set, and sets the next. */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at this time, or at an earlier one that was set before. */
  setBy(dueAt: number): void {
    if (this.#isStopped || dueAt >= this.#dueAt) return
    this.#dueAt = dueAt
    this.#arm()
  }

  /** For good: what comes due later is for the next owner. */
  stop(): void {
    this.#isStopped = true
    this.#dueAt = Infinity
    this.#clock.clearTimeout(this.#timer)
  }

  #arm(): void {
    this.#clock.clearTimeout(this.#timer)
    const delayMs = Math.min(Math.max(0, this.#dueAt - this.#clock.now()), LIMITS.timerLookMs)
    this.#timer = this.#clock.setTimeout(() => this.#look(), delayMs)
  }

  #look(): void {
    if (this.#dueAt === Infinity) return
    if (this.#clock.now() < this.#dueAt) return this.#arm()
    this.#dueAt = Infinity
    this.#ring()
  }
}
