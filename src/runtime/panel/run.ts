/** One review under way, in the hands of who asked for it. */

import type { Observable } from 'rxjs'
import type { ActorRefFrom, InspectionEvent, Observer } from 'xstate'
import { messageOf } from '../../model/errors.ts'
import type { Review } from '../../model/review.ts'
import { factsOf, type ReviewFact } from './facts.ts'
import type { ReviewMachine } from '../wiring.ts'

export type RunOptions = {
  /** Cancels the review when it aborts. */
  readonly signal?: AbortSignal
  /** An XState inspector, for example Stately's. */
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void)
}

/** One review under way. */
export type Run<R extends Review = Review> = {
  readonly id: string
  /** Never rejects for anything a critic does. */
  readonly result: Promise<R>
  /** What happens, from the moment of subscription; subscribe at once to see all of it. */
  readonly facts: Observable<ReviewFact>
  /** The review's actor; it starts in a microtask, so that it can be inspected from its beginning. */
  readonly actor: ActorRefFrom<ReviewMachine>
  /** Ends what is unfinished as `cancelled`; what is finished is kept. */
  cancel(reason?: string): void
}

type RunParts = {
  readonly id: string
  readonly signal: AbortSignal | undefined
  readonly now: () => number
  /** Called once, when the actor has ended in whatever way: clears up, and says what the review came to. */
  readonly conclude: () => Review
}

/** The run of an actor that has not started yet. */
export function runOf(actor: ActorRefFrom<ReviewMachine>, { id, signal, now, conclude }: RunParts): Run {
  const { promise, resolve, reject } = Promise.withResolvers<Review>()
  const cancel = (reason = 'cancelled by the caller') => {
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'CUT', cut: { as: 'cancelled', reason } })
  }
  const onAbort = () => cancel(reasonOf(signal))
  const finish = () => {
    signal?.removeEventListener('abort', onAbort)
    // Only a clock of the user's own can throw here; nobody may wait for ever because of it.
    try {
      resolve(conclude())
    } catch (error) {
      reject(error)
    }
  }
  actor.subscribe({ complete: finish, error: finish })
  // At once, not when the actor starts: the signal may abort in between.
  signal?.addEventListener('abort', onAbort)
  return new RunInHand(id, promise, actor, cancel, now)
}

/** The facts are made when somebody asks for them. */
class RunInHand implements Run {
  readonly id: string
  readonly result: Promise<Review>
  readonly actor: ActorRefFrom<ReviewMachine>
  readonly cancel: (reason?: string) => void
  readonly #now: () => number
  #facts: Observable<ReviewFact> | undefined

  constructor(
    id: string,
    result: Promise<Review>,
    actor: ActorRefFrom<ReviewMachine>,
    cancel: (reason?: string) => void,
    now: () => number,
  ) {
    this.id = id
    this.result = result
    this.actor = actor
    this.cancel = cancel
    this.#now = now
    this.#facts = undefined
  }

  get facts(): Observable<ReviewFact> {
    this.#facts ??= factsOf(this.actor, this.#now)
    return this.#facts
  }
}

/** Why a signal aborted, in words. */
export function reasonOf(signal: AbortSignal | undefined): string {
  return signal?.reason === undefined ? 'cancelled by the caller' : messageOf(signal.reason)
}
