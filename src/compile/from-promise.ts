/** XState's `fromPromise`, with the same snapshots and events, whose AbortSignal is made only when the work reads it. */

import { fromPromise as xstateFromPromise, type AnyActorRef, type EventObject } from 'xstate'
import { relay } from './inspection.ts'
import { STOP, type LiveActor } from './internals.ts'

type FromPromise = typeof xstateFromPromise
type Create = Parameters<FromPromise>[0]
type Given = Parameters<Create>[0]

/** What the work is given; most work has no use for the signal. */
class Work {
  readonly input: unknown
  readonly system: Given['system']
  readonly self: Given['self']
  readonly emit: Given['emit']
  #controller: AbortController | undefined
  #isAborted = false

  constructor(input: unknown, { system, self, emit }: Pick<Given, 'system' | 'self' | 'emit'>) {
    this.input = input
    this.system = system
    this.self = self
    this.emit = emit
    this.#controller = undefined
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#isAborted) this.#controller.abort()
    }
    return this.#controller.signal
  }

  abort(): void {
    this.#isAborted = true
    this.#controller?.abort()
  }
}

/**
 * In place of XState's: `const load = fromPromise(async ({ input, signal }) => …)`. Reading `signal` makes it, so take it
 * out of what is given only where it is used.
 */
export const fromPromise = ((create: Create) => {
  const logic = xstateFromPromise(create)
  const works = new WeakMap<AnyActorRef, Work>()
  type Logic = typeof logic
  type Start = NonNullable<Logic['start']>
  const start: Start = (state, scope) => {
    if (state.status !== 'active') return
    const { self } = scope
    const work = new Work((state as { readonly input?: unknown }).input, scope as unknown as Given)
    works.set(self, work)
    const actor = self as unknown as LiveActor
    const settle = (type: string, data: unknown) => {
      if (actor.getSnapshot().status !== 'active') return
      works.delete(self)
      relay(actor.system, actor, actor, { type, data } as EventObject)
    }
    Promise.resolve(create(work as unknown as Given)).then(
      (data) => settle('xstate.promise.resolve', data),
      (error: unknown) => settle('xstate.promise.reject', error),
    )
  }
  const transition: Logic['transition'] = (state, event, scope) => {
    if (event.type === STOP && state.status === 'active') {
      works.get(scope.self)?.abort()
      works.delete(scope.self)
    }
    return logic.transition(state, event, scope)
  }
  return { ...logic, start, transition }
  // It differs from XState's only in when the signal is made.
}) as FromPromise
