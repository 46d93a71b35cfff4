/** A wish for a permit, then the permit itself. */

import TinyQueue from 'tinyqueue'
import type { Account } from './account.ts'
import type { Lane } from './resource.ts'

/** How a request hears what becomes of it. */
export type Answers = {
  granted(): void
  queued(): void
  rateLimited(): void
  rejected(reason: string): void
}

/** Where a request lets go. */
export type Counter = {
  /** A permit comes back. */
  returned(request: PermitRequest): void
  /** A request that was waiting is withdrawn. */
  left(request: PermitRequest): void
}

/** Counted: shared work keeps a permit after its critic has let go. */
export class PermitRequest {
  readonly lane: Lane
  readonly account: Account
  readonly answers: Answers
  readonly order: number
  readonly #counter: Counter
  state: 'waiting' | 'granted' | 'over' = 'waiting'
  said: 'queued' | 'rate_limited' = 'queued'
  awaitsToken = false
  #holders = 1

  constructor(counter: Counter, lane: Lane, account: Account, answers: Answers, order: number) {
    this.#counter = counter
    this.lane = lane
    this.account = account
    this.answers = answers
    this.order = order
  }

  /** Lets go, once for each holder. The last one returns the permit; a waiting request leaves the queue. */
  release(): void {
    if (this.state === 'over' || --this.#holders > 0) return
    const was = this.state
    this.state = 'over'
    if (was === 'granted') this.#counter.returned(this)
    else this.#counter.left(this)
  }

  /** One more holder, who must `release` as well. */
  keep(): void {
    this.#holders += 1
  }
}

/** Requests by priority, then oldest first. */
export const newQueue = (requests: PermitRequest[] = []) =>
  new TinyQueue<PermitRequest>(
    requests,
    (a, b) => a.lane.critic.priority - b.lane.critic.priority || a.order - b.order,
  )

/** The same queue without the requests that are over. */
export const living = (queue: ReturnType<typeof newQueue>) =>
  newQueue(queue.data.filter((request) => request.state === 'waiting'))
