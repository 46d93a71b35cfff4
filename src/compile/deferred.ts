/** What an actor puts off until its new snapshot stands, so that whoever is reached by it sees that snapshot. */

import type { EventObject } from 'xstate'
import { relay } from './inspection.ts'
import { ERROR_ACTOR, STOPPED, type LiveActor } from './internals.ts'

/**
 * One piece of work, in a list: most actors put off one or two at a time. There are four kinds, because V8 is fast with
 * so many at one place.
 */
export type Deferred = {
  next: Deferred | undefined
  work(): void
}

/** Whatever a logic asks for by `defer`. */
export class Call implements Deferred {
  next: Deferred | undefined = undefined
  readonly work: () => void

  constructor(work: () => void) {
    this.work = work
  }
}

/** The start of a child, or its end: XState's `executeSpawn`, and what is left of `executeStop`. */
export class Life implements Deferred {
  next: Deferred | undefined = undefined
  readonly #child: LiveActor
  readonly #begins: boolean

  constructor(child: LiveActor, begins: boolean) {
    this.#child = child
    this.#begins = begins
  }

  work(): void {
    if (!this.#begins) this.#child._stop()
    else if (this.#child._processingStatus !== STOPPED) this.#child.start()
  }
}

/** An event with a delay, or (without one) that it is not sent after all: XState's `executeRaise` and `executeCancel`. */
export class Timing implements Deferred {
  next: Deferred | undefined = undefined
  readonly #actor: LiveActor
  readonly #id: string | undefined
  readonly #event: EventObject | undefined
  readonly #delay: number | undefined

  constructor(actor: LiveActor, id: string | undefined, event?: EventObject, delay?: number) {
    this.#actor = actor
    this.#id = id
    this.#event = event
    this.#delay = delay
  }

  work(): void {
    const actor = this.#actor
    const { scheduler } = actor.system
    if (this.#delay === undefined) scheduler.cancel(actor, this.#id as string)
    // Without an event XState fails when it is due.
    else scheduler.schedule(actor, actor, this.#event as EventObject, this.#delay, this.#id)
  }
}

/** XState's `executeSendTo`, for an event without a delay. */
export class Send implements Deferred {
  next: Deferred | undefined = undefined
  readonly #source: LiveActor
  readonly #target: LiveActor
  readonly #event: EventObject

  constructor(source: LiveActor, target: LiveActor, event: EventObject) {
    this.#source = source
    this.#target = target
    this.#event = event
  }

  work(): void {
    const source = this.#source
    relay(source.system, source, this.#target, asSent(this.#event, source.id))
  }
}

/** An error that is sent on purpose arrives as one of the sender's. */
function asSent(event: EventObject, id: string): EventObject {
  if (event.type !== 'xstate.error') return event
  const { data: error } = event as { readonly data?: unknown }
  return { type: `${ERROR_ACTOR}.${id}`, error, actorId: id } as EventObject
}
