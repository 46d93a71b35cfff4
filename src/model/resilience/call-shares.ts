/** The shares of failed and of slow calls in a sliding window, counted in slices of it. */

/** The window is right to one slice: it covers the last 95 to 100 % of its time. */
const SLICES = 20

export type ShareRules = {
  readonly windowMs: number
  readonly failureRate?: number | undefined
  readonly slowRate?: number | undefined
  readonly callsMin: number
}

type Slice = { calls: number; failed: number; slow: number }

const empty = (): Slice => ({ calls: 0, failed: 0, slow: 0 })

export class CallShares {
  readonly #rules: ShareRules
  readonly #sliceMs: number
  readonly #slices = Array.from({ length: SLICES }, empty)
  readonly #sum = empty()
  /** The newest slice, its number, and when it ends. */
  #slice = this.#sliceOf(0)
  #number = -Infinity
  #untilMs = -Infinity

  constructor(rules: ShareRules) {
    this.#rules = rules
    this.#sliceMs = rules.windowMs / SLICES
  }

  /** True when one of the shares has reached its bound. */
  add(now: number, failed: boolean, slow: boolean): boolean {
    const slice = this.#sliceAt(now)
    const sum = this.#sum
    slice.calls += 1
    sum.calls += 1
    if (failed) {
      slice.failed += 1
      sum.failed += 1
    }
    if (slow) {
      slice.slow += 1
      sum.slow += 1
    }
    const { callsMin, failureRate, slowRate } = this.#rules
    if (sum.calls < callsMin) return false
    // A quotient is rounded as the bound was when it was written: 7 of 100 is 0.07, while 0.07 * 100 is above 7.
    return (
      (failureRate !== undefined && sum.failed / sum.calls >= failureRate) ||
      (slowRate !== undefined && sum.slow / sum.calls >= slowRate)
    )
  }

  clear(): void {
    for (const slice of this.#slices) Object.assign(slice, empty())
    Object.assign(this.#sum, empty())
  }

  /** A clock that was set back stays in the newest slice until it has caught up. */
  #sliceAt(now: number): Slice {
    if (now >= this.#untilMs) this.#begin(Math.floor(now / this.#sliceMs))
    return this.#slice
  }

  /** Begins the slice of this number, counted from the clock's origin, and forgets those it takes the place of. */
  #begin(number: number): void {
    const oldest = Math.max(this.#number + 1, number - SLICES + 1)
    for (let next = oldest; next <= number; next += 1) {
      this.#slice = this.#sliceOf(next)
      this.#sum.calls -= this.#slice.calls
      this.#sum.failed -= this.#slice.failed
      this.#sum.slow -= this.#slice.slow
      Object.assign(this.#slice, empty())
    }
    this.#number = Math.max(number, this.#number)
    this.#untilMs = (this.#number + 1) * this.#sliceMs
  }

  #sliceOf(number: number): Slice {
    // A clock may begin below zero. The ring has a slice for every remainder.
    return this.#slices[((number % SLICES) + SLICES) % SLICES] as Slice
  }
}
