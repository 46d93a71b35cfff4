/** Shared work: identical evaluations under way at once are made once, and the others wait for it. */

import type { Found, Outcome } from '../model/outcome.ts'

/** A permit that can have several holders. */
type Holdable = { keep(): void; release(): void }

/** The one call of `evaluate` that several critics wait for. */
type Call = { readonly promise: Promise<Outcome>; readonly abort: () => void }

/** One evaluation, its leader who does the work, and those who wait for it. */
class Flight {
  leader: Member | undefined
  readonly followers = new Set<Member>()
  call: Call | undefined
}

/** One critic's part in a flight. */
export class Member {
  readonly key: string
  readonly #flights: SharedWork
  readonly #flight: Flight
  #answer: ((found: Found | undefined) => void) | undefined

  constructor(flights: SharedWork, key: string, flight: Flight) {
    this.#flights = flights
    this.key = key
    this.#flight = flight
  }

  get leads(): boolean {
    return this.#flight.leader === this
  }

  /** Settles with the leader's finding, or with undefined as soon as this member is to lead itself. */
  outcome(): Promise<Found | undefined> {
    if (this.leads) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#answer = resolve
    })
  }

  /** The leader's call, or the one it inherited from a leader that left. The permit is kept until the call is over. */
  work(
    begin: (signal: AbortSignal) => Outcome | Promise<Outcome>,
    permit: Holdable | undefined,
  ): Promise<Outcome> {
    const flight = this.#flight
    if (flight.call) return flight.call.promise
    const call = startCall(begin, permit, (outcome) => {
      // A call that was given up may end long after the next one has begun.
      if (outcome.kind !== 'finding' && flight.call === call) flight.call = undefined
    })
    flight.call = call
    return call.promise
  }

  /** The leader's attempt is over before the call is: by its own deadline, or because its review was cut. */
  abandon(isDeadline: boolean): void {
    if (!isDeadline && this.#flight.followers.size > 0) return
    this.#flight.call?.abort()
    this.#flight.call = undefined
  }

  /** A leader ends: with a finding for everybody, or (undefined) leaving the work to a follower. A follower leaves. */
  end(found: Found | undefined): void {
    const flight = this.#flight
    if (!this.leads) {
      flight.followers.delete(this)
      return
    }
    flight.leader = undefined
    if (found) {
      for (const follower of flight.followers) follower.#answer?.(found)
      flight.followers.clear()
    }
    const [heir] = flight.followers
    if (!heir) {
      flight.call?.abort()
      this.#flights.forget(this.key)
      return
    }
    flight.followers.delete(heir)
    flight.leader = heir
    heir.#answer?.(undefined)
  }
}

function startCall(
  begin: (signal: AbortSignal) => Outcome | Promise<Outcome>,
  permit: Holdable | undefined,
  onSettled: (outcome: Outcome) => void,
): Call {
  const controller = new AbortController()
  permit?.keep()
  let isHeld = true
  const letGo = () => {
    if (isHeld) permit?.release()
    isHeld = false
  }
  const promise = Promise.resolve(begin(controller.signal)).then((outcome) => {
    letGo()
    onSettled(outcome)
    return outcome
  })
  return {
    promise,
    abort: () => {
      controller.abort(new DOMException('Nobody waits for this work any more.', 'AbortError'))
      letGo()
    },
  }
}

/** The flights over one cache, by key. */
export class SharedWork {
  readonly #flights = new Map<string, Flight>()

  get size(): number {
    return this.#flights.size
  }

  /** Joins the evaluation of a key: the first to come leads. */
  join(key: string): Member {
    const known = this.#flights.get(key)
    const flight = known ?? new Flight()
    const member = new Member(this, key, flight)
    if (known) flight.followers.add(member)
    else {
      flight.leader = member
      this.#flights.set(key, flight)
    }
    return member
  }

  forget(key: string): void {
    this.#flights.delete(key)
  }
}
