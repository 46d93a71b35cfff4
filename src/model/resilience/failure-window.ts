/** What a closed breaker has in mind of the last calls, in a fixed amount of memory. */

import { CallShares } from './call-shares.ts'
import { RecentFailures } from './recent-failures.ts'

export type WindowRules = {
  readonly windowMs: number
  /** So many failures within the window are too many; undefined for no such bound. */
  readonly failuresMax?: number | undefined
  /** Shares from which on failed and slow calls are too many, once there were `callsMin`. */
  readonly failureRate?: number | undefined
  readonly slowRate?: number | undefined
  readonly callsMin: number
}

export class FailureWindow {
  readonly #failures: RecentFailures | undefined
  readonly #shares: CallShares | undefined

  constructor(rules: WindowRules) {
    const { windowMs, failuresMax, failureRate, slowRate } = rules
    if (failuresMax !== undefined) this.#failures = new RecentFailures(failuresMax, windowMs)
    if (failureRate !== undefined || slowRate !== undefined) this.#shares = new CallShares(rules)
  }

  /** Without a share to watch, only failures matter. */
  get wantsSuccesses(): boolean {
    return this.#shares !== undefined
  }

  /** Takes one call that ended at `now`, in milliseconds; true when what it remembers has become too much. */
  record(now: number, failed: boolean, slow: boolean): boolean {
    const tooMany = failed && (this.#failures?.add(now) ?? false)
    const tooLarge = this.#shares?.add(now, failed, slow) ?? false
    return tooMany || tooLarge
  }

  clear(): void {
    this.#failures?.clear()
    this.#shares?.clear()
  }
}
