/** Calls that wait for a token, oldest first: only the first one asks for a place, so that it has both at once. */

import type { Clock } from '../../model/clock.ts'
import type { TokenBucket } from '../../model/resilience/token-bucket.ts'

/** A turn in the line. It lasts until it is left, with or without a token. */
export type Turn = { readonly take: () => void; readonly leave: () => void }

type Waiting = { readonly go: () => void; isGoing: boolean }

export class RateLine {
  readonly #bucket: TokenBucket
  readonly #clock: Clock
  readonly #waiting = new Set<Waiting>()
  #timer: unknown

  constructor(bucket: TokenBucket, clock: Clock) {
    this.#bucket = bucket
    this.#clock = clock
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Calls `go` once it is this caller's turn and there is a token, perhaps at once. */
  join(go: () => void): Turn {
    const waiting: Waiting = { go, isGoing: false }
    this.#waiting.add(waiting)
    this.#next()
    return {
      take: () => this.#bucket.take(),
      leave: () => {
        if (this.#waiting.delete(waiting)) this.#next()
      },
    }
  }

  #next(): void {
    this.#clock.clearTimeout(this.#timer)
    const [first] = this.#waiting
    if (!first || first.isGoing) return
    const waitMs = this.#bucket.waitMs(this.#clock.now())
    if (waitMs > 0) this.#timer = this.#clock.setTimeout(() => this.#next(), waitMs)
    else {
      first.isGoing = true
      first.go()
    }
  }
}
