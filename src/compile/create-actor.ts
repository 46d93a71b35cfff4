/** XState's `createActor`, which makes an actor of a compiled machine lean. */

import { createActor as createXStateActor, type AnyActorLogic, type AnyActorRef } from 'xstate'
import { CompiledMachine } from './compiled-machine.ts'
import { LeanActor } from './lean-actor.ts'
import { LeanSystem } from './lean-system.ts'

type CreateActor = typeof createXStateActor
type Given = Parameters<typeof createXStateActor<AnyActorLogic>>[1]

/**
 * In place of XState's: the same actor, cheaper to make and to keep when its machine is compiled. What has been persisted,
 * and other logic, is made by XState.
 */
export const createActor = ((logic: AnyActorLogic, options?: Given | null) =>
  logic instanceof CompiledMachine && isPlain(options ?? {})
    ? leanActor(logic, options ?? {})
    : createXStateActor(logic, options ?? {})) as CreateActor

/** True when everything asked for is here as well. */
const isPlain = (options: NonNullable<Given>): boolean => {
  for (const key in options)
    if (!PLAIN.has(key) && options[key as keyof typeof options] !== undefined) return false
  return true
}

const PLAIN: ReadonlySet<string> = new Set(['input', 'id', 'clock', 'logger', 'inspect', 'systemId'])

function leanActor(logic: AnyActorLogic, options: NonNullable<Given>): AnyActorRef {
  const { inspect, id, systemId, input } = options
  const system = new LeanSystem(options)
  if (inspect) system.inspect(inspect)
  const actor = new LeanActor(logic, system, undefined, logic, input, id, systemId)
  // It is an actor by its prototype.
  return actor as unknown as AnyActorRef
}
