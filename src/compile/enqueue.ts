/**
 * The `enqueue` of XState's `enqueueActions`. XState makes one, with eight functions on it, whenever such an action runs,
 * and an action for each call; here each such action has one, which notes what it was called with.
 */

import {
  assign,
  cancel,
  emit,
  raise,
  sendParent,
  sendTo,
  spawnChild,
  stopChild,
  type UnknownAction,
} from 'xstate'

/** What takes any arguments, and makes an action of them. */
type Make = (...args: never[]) => unknown

/** An action that was asked for, in a list. */
export class Enqueued {
  next: Enqueued | undefined = undefined
  readonly make: Make
  readonly first: unknown
  readonly second: unknown
  readonly third: unknown

  constructor(make: Make, first: unknown, second: unknown, third: unknown) {
    this.make = make
    this.first = first
    this.second = second
    this.third = third
  }

  /** XState's own object for it, which many do without. */
  get action(): UnknownAction {
    const make = this.make as (...args: unknown[]) => UnknownAction
    return make(this.first, this.second, this.third)
  }
}

/** Who enqueues for one `enqueueActions`, and what. */
export class Collector {
  /** The first that was enqueued in this run. */
  first: Enqueued | undefined
  #last: Enqueued | undefined
  /** Nobody hears who enqueues at another time. */
  #isOpen = false
  /** XState's, for the action to call. */
  readonly enqueue: object

  constructor() {
    this.first = undefined
    this.#last = undefined
    this.enqueue = Object.assign(notingFor(this, asItIs), {
      assign: notingFor(this, assign as Make),
      cancel: notingFor(this, cancel as Make),
      raise: notingFor(this, raise as Make),
      sendTo: notingFor(this, sendTo as Make),
      sendParent: notingFor(this, sendParent as Make),
      spawnChild: notingFor(this, spawnChild as Make),
      stopChild: notingFor(this, stopChild as Make),
      emit: notingFor(this, emit as Make),
    })
  }

  /** A run begins; the same action of another actor may be in the middle of its own, which is handed back to `end`. */
  begin(): Outer {
    const outer = this.#isOpen ? { first: this.first, last: this.#last } : undefined
    this.first = this.#last = undefined
    this.#isOpen = true
    return outer
  }

  end(outer: Outer): void {
    this.first = outer?.first
    this.#last = outer?.last
    this.#isOpen = outer !== undefined
  }

  note(make: Make, first: unknown, second: unknown, third: unknown): void {
    if (!this.#isOpen) return
    const enqueued = new Enqueued(make, first, second, third)
    if (this.#last) this.#last.next = enqueued
    else this.first = enqueued
    this.#last = enqueued
  }
}

type Outer = { readonly first: Enqueued | undefined; readonly last: Enqueued | undefined } | undefined

/** None of them takes more than three arguments. */
const notingFor =
  (collector: Collector, make: Make) =>
  (first?: unknown, second?: unknown, third?: unknown): void =>
    collector.note(make, first, second, third)

const asItIs = ((action: UnknownAction) => action) as Make
