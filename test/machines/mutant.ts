/** Broken copies of charts: a test is worth something only if it fails for one of these. */

import { StateMachine, type AnyStateMachine } from 'xstate'

/** A copy of a chart with another value at one place of its configuration. Implementations are shared. */
export function mutantOf<TMachine extends AnyStateMachine>(
  machine: TMachine,
  place: readonly (string | number)[],
  value: unknown,
): TMachine {
  // Only its shape as data matters here; XState reads it again.
  const config = put(machine.config, place, value) as AnyStateMachine['config']
  // The types of a chart say nothing of its configuration, so they are the same.
  return new StateMachine(config, machine.implementations) as AnyStateMachine as TMachine
}

function put(within: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value
  const inner: unknown = Reflect.get(Object(within), key)
  if (inner === undefined) throw new Error(`The configuration has nothing at "${key}".`)
  const changed = put(inner, rest, value)
  if (!Array.isArray(within)) return { ...Object(within), [key]: changed }
  return within.map((item: unknown, index) => (index === key ? changed : item))
}
