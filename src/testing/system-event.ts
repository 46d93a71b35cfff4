/** The events XState itself sends to a machine: a child is done or has failed, a delay has elapsed. */

import type { DoneActorEvent, ErrorActorEvent } from 'xstate'

/** A delay of a state has elapsed. */
export type DelayElapsedEvent = { readonly type: `xstate.after.${string}` }

/** The event that says the child of this id is done, with its output. */
export function doneEvent<const TId extends string, const TOutput>(
  actorId: TId,
  output: TOutput,
): DoneActorEvent<TOutput, TId> {
  return { type: `xstate.done.actor.${actorId}`, output, actorId }
}

/** The event that says the child of this id has failed. A plain object as `error` makes the better test data. */
export function errorEvent<const TId extends string, TError>(
  actorId: TId,
  error: TError,
): ErrorActorEvent<TError, TId> {
  return { type: `xstate.error.actor.${actorId}`, error, actorId }
}

/** The event of `after: { [delay]: … }` in the state of this id (`machineId.parent.child`). */
export function afterEvent(delay: string | number, stateId: string): DelayElapsedEvent {
  return { type: `xstate.after.${delay}.${stateId}` }
}
