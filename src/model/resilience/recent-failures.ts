/** The times of the last failures: exact, and no more of them than make a breaker open. */

export class RecentFailures {
  readonly #max: number
  readonly #windowMs: number
  /** A ring: the oldest is the one that is written next. */
  readonly #at: number[]
  #next = 0

  constructor(max: number, windowMs: number) {
    this.#max = max
    this.#windowMs = windowMs
    this.#at = Array<number>(max).fill(-Infinity)
  }

  /** True when `max` failures, this one included, lie within the window. */
  add(now: number): boolean {
    this.#at[this.#next] = now
    this.#next = (this.#next + 1) % this.#max
    const oldest = this.#at[this.#next] ?? -Infinity
    return now - oldest < this.#windowMs
  }

  clear(): void {
    this.#at.fill(-Infinity)
  }
}
