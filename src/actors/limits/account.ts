/** What one review may still spend: weight of critics, and retries. */

export type AccountLimits = { readonly costMax: number; readonly retriesTotalMax: number }

export class Account {
  #costLeft: number
  #retriesLeft: number

  constructor({ costMax, retriesTotalMax }: AccountLimits) {
    this.#costLeft = costMax
    this.#retriesLeft = retriesTotalMax
  }

  canPay(cost: number): boolean {
    // Sums of fractions fall just short: three times 0.1 is not 0.3.
    return cost <= this.#costLeft + cost * 1e-9
  }

  pay(cost: number): void {
    this.#costLeft -= cost
  }

  /** Takes one retry, if there is one left. */
  takeRetry(): boolean {
    if (this.#retriesLeft <= 0) return false
    this.#retriesLeft -= 1
    return true
  }
}
