/**
 * The `enqueue` of XState's `enqueueActions`. XState makes one, with eight functions on it, whenever such an action runs,
 * and an action for each call; here one serves all, and notes what it was called with.
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

/** The list that is being written. Nobody hears who enqueues at another time. */
let isCollecting = false
let first: Enqueued | undefined
let last: Enqueued | undefined

/** The first of the actions that are enqueued while `collect` runs. */
export function collectActions(
  collect: (args: object, params: unknown) => void,
  args: object,
  params: unknown,
): Enqueued | undefined {
  // Whoever collects may send an event to another machine, which collects as well.
  const outerFirst = first
  const outerLast = last
  const wasCollecting = isCollecting
  first = last = undefined
  isCollecting = true
  try {
    collect(args, params)
    return first
  } finally {
    first = outerFirst
    last = outerLast
    isCollecting = wasCollecting
  }
}

function note(make: Make, one?: unknown, two?: unknown, three?: unknown): void {
  if (!isCollecting) return
  const enqueued = new Enqueued(make, one, two, three)
  if (last) last.next = enqueued
  else first = enqueued
  last = enqueued
}

/** None of them takes more than three arguments. */
const noting =
  (make: Make) =>
  (one?: unknown, two?: unknown, three?: unknown): void =>
    note(make, one, two, three)

const asItIs = (action: UnknownAction) => action

export const enqueue = Object.assign(noting(asItIs as Make), {
  assign: noting(assign as Make),
  cancel: noting(cancel as Make),
  raise: noting(raise as Make),
  sendTo: noting(sendTo as Make),
  sendParent: noting(sendParent as Make),
  spawnChild: noting(spawnChild as Make),
  stopChild: noting(stopChild as Make),
  emit: noting(emit as Make),
})
