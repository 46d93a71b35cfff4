/**
 * An action like XState's own `stopChild`, for all children that have ended, at once. `stopChild` copies the record of
 * children each time, which makes ending a stage cost the square of its critics; so does leaving them to be stopped
 * when the parent ends. A child that has ended needs no stopping: it only has to be forgotten.
 */

import type { ActionFunction, AnyActorRef, EventObject, MachineContext, ParameterizedObject } from 'xstate'

type Parent = { readonly children: Readonly<Record<string, AnyActorRef>> }

const isActive = (child: AnyActorRef): boolean => child.getSnapshot().status === 'active'

function forget(_scope: unknown, snapshot: Parent): readonly [Parent, undefined, undefined] {
  const children: Record<string, AnyActorRef> = {}
  for (const name of Object.keys(snapshot.children)) {
    const child = snapshot.children[name]
    if (child && isActive(child)) children[name] = child
  }
  return [{ ...snapshot, children }, undefined, undefined]
}

/** Forgets every child that is not active any more. */
export function forgetEnded<
  TContext extends MachineContext,
  TEvent extends EventObject,
  TParams extends ParameterizedObject['params'] | undefined,
>() {
  const action = Object.assign(() => {}, { type: 'stagecraft.forgetEnded', resolve: forget })
  // XState's built-in actions are functions with a `resolve`; their type is that of any other action.
  return action as unknown as ActionFunction<
    TContext,
    TEvent,
    TEvent,
    TParams,
    never,
    never,
    never,
    never,
    never
  >
}
