/** What an actor puts off until its new snapshot stands, so that whoever is reached by it sees that snapshot. */

import type { EventObject } from 'xstate'
import { relay } from './inspection.ts'
import { ERROR_ACTOR, STOPPED, type LiveActor } from './internals.ts'

/** One piece of work, in a list: most actors put off one or two at a time. */
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

/** An action of an actor that has not started: when it is done at the start, it puts off its work once more. */
export class Again implements Deferred {
  next: Deferred | undefined = undefined
  readonly #actor: { defer(deferred: Deferred): void }
  readonly #deferred: Deferred

  constructor(actor: { defer(deferred: Deferred): void }, deferred: Deferred) {
    this.#actor = actor
    this.#deferred = deferred
  }

  work(): void {
    this.#actor.defer(this.#deferred)
  }
}

/** XState's `executeSpawn`. */
export class Start implements Deferred {
  next: Deferred | undefined = undefined
  readonly #child: LiveActor

  constructor(child: LiveActor) {
    this.#child = child
  }

  work(): void {
    if (this.#child._processingStatus !== STOPPED) this.#child.start()
  }
}

/** The end of XState's `executeStop`. */
export class Stop implements Deferred {
  next: Deferred | undefined = undefined
  readonly #child: LiveActor

  constructor(child: LiveActor) {
    this.#child = child
  }

  work(): void {
    this.#child._stop()
  }
}

/** XState's `executeRaise`, for an event with a delay. */
export class Schedule implements Deferred {
  next: Deferred | undefined = undefined
  readonly #actor: LiveActor
  readonly #event: EventObject
  readonly #delay: number
  readonly #id: string | undefined

  constructor(actor: LiveActor, event: EventObject, delay: number, id: string | undefined) {
    this.#actor = actor
    this.#event = event
    this.#delay = delay
    this.#id = id
  }

  work(): void {
    const actor = this.#actor
    actor.system.scheduler.schedule(actor, actor, this.#event, this.#delay, this.#id)
  }
}

/** XState's `executeCancel`. */
export class Cancel implements Deferred {
  next: Deferred | undefined = undefined
  readonly #actor: LiveActor
  readonly #id: string

  constructor(actor: LiveActor, id: string) {
    this.#actor = actor
    this.#id = id
  }

  work(): void {
    this.#actor.system.scheduler.cancel(this.#actor, this.#id)
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
