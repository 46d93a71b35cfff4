/**
 * The `enqueue` of XState's `enqueueActions`. XState makes one, with eight functions on it, whenever such an action runs;
 * here one serves all, and writes into the list of whoever is collecting.
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

let collected: UnknownAction[] = []

/** The actions that are enqueued while `collect` runs. */
export function collectActions(collect: () => void): readonly UnknownAction[] {
  const outer = collected
  const own: UnknownAction[] = []
  collected = own
  try {
    collect()
  } finally {
    collected = outer
  }
  return own
}

/** What takes any arguments, and makes an action of them. */
type Make = (...args: never[]) => unknown

const enqueuing =
  (make: Make) =>
  (...args: never[]): void =>
    void collected.push(make(...args) as UnknownAction)

export const enqueue = Object.assign((action: UnknownAction): void => void collected.push(action), {
  assign: enqueuing(assign as Make),
  cancel: enqueuing(cancel as Make),
  raise: enqueuing(raise as Make),
  sendTo: enqueuing(sendTo as Make),
  sendParent: enqueuing(sendParent as Make),
  spawnChild: enqueuing(spawnChild as Make),
  stopChild: enqueuing(stopChild as Make),
  emit: enqueuing(emit as Make),
})
