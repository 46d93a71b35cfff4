/**
 * XState's `assign` for contexts alone. XState's own rebuilds the whole snapshot (value, tags, methods) after every
 * assignment, because an assignment may spawn; one that does not leaves all of that as it was.
 */

import { assign as xstateAssign, type AnyActorRef, type EventObject, type MachineContext } from 'xstate'

type Resolving = { readonly context: MachineContext }

type Args = { readonly event: EventObject; readonly self: AnyActorRef; readonly system: unknown }

type Assignment = (args: Args & { context: MachineContext }, params: unknown) => MachineContext

function resolve(
  _scope: unknown,
  snapshot: Resolving,
  { event, self, system }: Args,
  params: unknown,
  { assignment }: { assignment: Assignment },
): readonly [Resolving, undefined, undefined] {
  const { context } = snapshot
  const update = assignment({ context, event, self, system }, params)
  return [{ ...snapshot, context: { ...context, ...update } }, undefined, undefined]
}

/** Like XState's, and seen as such by every tool; takes a function, and offers it no `spawn`. */
export const assign: typeof xstateAssign = (assignment) => {
  if (typeof assignment !== 'function')
    throw new TypeError('This assign takes a function of the whole context.')
  return Object.assign(xstateAssign(assignment), { resolve })
}
