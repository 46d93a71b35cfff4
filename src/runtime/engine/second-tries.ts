/** Work that came to no end is tried again a while later, unless everything has stopped by then. */

import type { Clock } from '../../model/clock.ts'
import { LIMITS } from '../../model/limits.ts'

export class SecondTries {
  readonly #clock: Clock
  readonly #timers = new Set<unknown>()
  #isStopped = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  later(again: () => void): void {
    if (this.#isStopped) return
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer)
      again()
    }, LIMITS.storeRetry.maxMs)
    this.#timers.add(timer)
  }

  stop(): void {
    this.#isStopped = true
    for (const timer of this.#timers) this.#clock.clearTimeout(timer)
    this.#timers.clear()
  }
}
