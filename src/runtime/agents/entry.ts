/** The way in of one attempt: past the rate, the queue and the breaker, and out again. */

import type { Agent, Heard, PlaceAnswer } from '../../model/agent.ts'
import type { Clock } from '../../model/clock.ts'
import { isStagecraftError, messageOf } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { BreakerPass } from '../../model/protection.ts'
import type { Bulkhead, Place } from '../resilience/bulkhead.ts'
import type { Guard } from './guard.ts'
import type { Turn } from './rate-line.ts'
import type { Holding } from './standing.ts'

/** How long an attempt waits for a place, and among how many; what is left out has no bound. */
export type Queue = { readonly queueMs?: number; readonly queueMax?: number }

/** What the agent's own definition says of its queue; a bulkhead that was made elsewhere has its own bounds. */
export function queueOf({ settings: { bulkhead } }: Agent, otherwise: Queue): Queue {
  if ('enter' in bulkhead) return {}
  const queueMs = bulkhead.queueMs ?? otherwise.queueMs
  const queueMax = bulkhead.queueMax ?? otherwise.queueMax
  return { ...(queueMs !== undefined && { queueMs }), ...(queueMax !== undefined && { queueMax }) }
}

export type EntryOptions = {
  readonly guard: Guard
  /** The places of all agents; one of the agent's own is needed as well, both at once or none. */
  readonly overall: Bulkhead
  readonly clock: Clock
  readonly queue: Queue
  /** How long the attempt may take. */
  readonly timeoutMs: number
  readonly tell: (answer: PlaceAnswer) => void
}

export class Entry {
  readonly #options: EntryOptions
  readonly #askedAt: number
  #controller: AbortController | undefined
  #deadline: unknown
  #turn: Turn | undefined
  #place: Place | undefined
  #pass: BreakerPass | undefined
  #holding: Holding | undefined
  #isOver = false

  constructor(options: EntryOptions) {
    this.#options = options
    this.#askedAt = options.clock.now()
  }

  /** Asks for everything; the answer may come at once. */
  ask(): void {
    const { guard, clock, queue } = this.#options
    // Nobody waits in a queue only to be refused at its end.
    if (guard.isOwnBreaker && (guard.breaker?.retryAt ?? 0) > clock.now()) return this.#refuse()
    const { line } = guard
    if (!line) return this.#askForPlace()
    if (line.size >= (queue.queueMax ?? Infinity))
      return this.#reject('queue_full', `${line.size} calls wait for their rate already.`)
    const late = () => this.#reject('queue_timeout', `It waited for its rate for ${queue.queueMs} ms.`)
    if (queue.queueMs !== undefined) this.#deadline = clock.setTimeout(late, queue.queueMs)
    // Its turn may come before `join` is back.
    let isIn = false
    this.#turn = line.join(() => {
      isIn = true
      if (this.#turn) this.#askForPlace()
    })
    if (isIn) this.#askForPlace()
  }

  /** Tells the breaker of the attempt; the first time counts. */
  hear(as: Heard, durationMs: number): void {
    if (as === 'success') this.#pass?.succeed(durationMs)
    else if (as === 'failure') this.#pass?.fail(durationMs)
    else this.#pass?.drop()
    this.#holding?.end(this.#options.clock.now(), as === 'success')
  }

  /** Who waits gets nothing any more; who is in stays. */
  turnAway(): void {
    if (!this.#place && !this.#isOver) this.#answer({ type: 'CANCEL' })
  }

  /** Gives back what it has, and waits for nothing any more. */
  leave(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#options.clock.clearTimeout(this.#deadline)
    this.#controller?.abort()
    this.#pass?.drop()
    this.#holding?.drop()
    this.#place?.leave()
    this.#turn?.leave()
  }

  #askForPlace(): void {
    const { guard, overall, clock, queue } = this.#options
    clock.clearTimeout(this.#deadline)
    const place = guard.bulkhead.tryEnter(overall)
    if (place) return this.#arrive(place)
    this.#controller = new AbortController()
    const { queueMs, queueMax } = queue
    const waitedMs = clock.now() - this.#askedAt
    guard.bulkhead
      .enter({
        signal: this.#controller.signal,
        within: overall,
        ...(queueMs !== undefined && { queueMs: Math.max(1, queueMs - waitedMs) }),
        ...(queueMax !== undefined && { queueMax }),
      })
      .then(
        (found) => (this.#isOver ? found.leave() : this.#arrive(found)),
        (error: unknown) => this.#turnedAway(error),
      )
  }

  #arrive(place: Place): void {
    const { guard, clock, timeoutMs, tell } = this.#options
    const pass = guard.breaker?.enter()
    if (guard.breaker && !pass) {
      place.leave()
      return this.#refuse()
    }
    this.#place = place
    this.#pass = pass
    this.#holding = guard.standing.hold(clock.now(), timeoutMs)
    this.#turn?.take()
    this.#turn?.leave()
    tell({ type: 'GRANTED' })
  }

  #refuse(): void {
    const { guard, clock } = this.#options
    const waitMs = (guard.breaker?.retryAt ?? 0) - clock.now()
    this.#answer({
      type: 'REFUSED',
      retryInMs: Math.min(LIMITS.refusedMs, Math.max(0, waitMs)),
      isFree: guard.breaker?.state === 'HALF_OPEN',
    })
  }

  #turnedAway(error: unknown): void {
    // Who went away by himself is told nothing.
    if (this.#isOver) return
    const isLate = isStagecraftError(error) && error.code === 'bulkhead.timeout'
    this.#reject(isLate ? 'queue_timeout' : 'queue_full', messageOf(error))
  }

  #reject(code: string, message: string): void {
    this.#answer({ type: 'REJECTED', code, message })
  }

  /** It gets in no more. */
  #answer(answer: PlaceAnswer): void {
    this.leave()
    this.#options.tell(answer)
  }
}
