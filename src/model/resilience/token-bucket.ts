/** A token bucket: at most `burst` at once, then `ratePerSecond`. Starts full; rates below one per second work. */

export class TokenBucket {
  readonly #burst: number
  readonly #perMs: number
  #tokens: number
  #filledAt: number

  constructor(ratePerSecond: number, burst: number, now: number) {
    this.#burst = burst
    this.#perMs = ratePerSecond / 1_000
    this.#tokens = burst
    this.#filledAt = now
  }

  /** Milliseconds until there is a token; 0 when there is one. */
  waitMs(now: number): number {
    this.#refill(now)
    return this.#tokens >= 1 ? 0 : (1 - this.#tokens) / this.#perMs
  }

  /** Takes one token; the caller has seen that `waitMs` is 0. */
  take(): void {
    this.#tokens -= 1
  }

  #refill(now: number): void {
    const filled = this.#tokens + Math.max(0, now - this.#filledAt) * this.#perMs
    // Sums of fractions fall just short of a whole token: 10 * 0.1 is one.
    const rounded = Math.abs(filled - Math.round(filled)) < 1e-9 ? Math.round(filled) : filled
    this.#tokens = Math.min(this.#burst, rounded)
    this.#filledAt = now
  }
}
