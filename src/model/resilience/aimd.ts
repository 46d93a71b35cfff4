/**
 * A limit that finds its own size: additive increase, multiplicative decrease.
 * Source: D.-M. Chiu and R. Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance in
 * Computer Networks", Computer Networks and ISDN Systems 17 (1989); the increase is spread over the calls of one round
 * as in V. Jacobson, "Congestion Avoidance and Control", SIGCOMM 1988.
 */

export type AimdRules = {
  readonly min: number
  readonly max: number
  readonly initial: number
  /** Added for each round of as many calls as the limit allows. */
  readonly increase: number
  /** Multiplied with; above 0, below 1. */
  readonly decrease: number
}

export class Aimd {
  readonly #rules: AimdRules
  #limit: number

  constructor(rules: AimdRules) {
    this.#rules = rules
    this.#limit = rules.initial
  }

  /** A whole number, from `min` to `max`. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  /** A call went well while `running` were under way. A limit that nobody reaches has not proved itself. */
  raise(running: number): void {
    if (running * 2 < this.limit) return
    this.#limit = Math.min(this.#rules.max, this.#limit + this.#rules.increase / this.#limit)
  }

  lower(): void {
    this.#limit = Math.max(this.#rules.min, this.#limit * this.#rules.decrease)
  }
}
