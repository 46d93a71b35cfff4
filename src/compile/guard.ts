/** Whether a transition is enabled. Plain guards are called as they are; the others are left to XState. */

import { and, type AnyStateMachine, type EventObject, type MachineContext } from 'xstate'
import type { Draft } from './draft.ts'
import type { BuiltInGuard } from './internals.ts'

export type Guard = (draft: Draft, args: GuardArgs) => boolean

/** As a chart writes it: a function, a name, or a name with parameters. */
export type GuardSource = string | { readonly type: string; readonly params?: unknown } | PlainGuard

/** What guards are told: the same for all that one event asks. */
export type GuardArgs = { readonly context: MachineContext; readonly event: EventObject }
type PlainGuard = (args: GuardArgs, params: unknown) => boolean

export function guardOf(source: GuardSource, machine: AnyStateMachine): Guard {
  if (typeof source === 'function')
    return 'check' in source ? byXState(source) : (_, args) => source(args, undefined)
  const paramsOf = paramsOfGuard(source)
  const name = typeof source === 'string' ? source : source.type
  const other = byXState(source)
  let known: unknown
  let plain: PlainGuard | undefined
  return (draft, args) => {
    // A machine of any type has guards of any type.
    const guards = machine.implementations.guards as Readonly<Record<string, unknown>>
    // Who puts another implementation into a machine that runs, gets it from XState as well.
    if (guards[name] !== known) plain = plainGuard((known = guards[name]))
    return plain ? plain(args, paramsOf?.(args)) : other(draft, args)
  }
}

/** A user's own function; XState makes others. */
const plainGuard = (found: unknown): PlainGuard | undefined =>
  typeof found === 'function' && !('check' in found) ? (found as PlainGuard) : undefined

function paramsOfGuard(source: Exclude<GuardSource, PlainGuard>): ((args: GuardArgs) => unknown) | undefined {
  if (typeof source === 'string' || !('params' in source)) return undefined
  const { params } = source
  return typeof params === 'function' ? (args) => params(args) as unknown : () => params
}

/** XState's own evaluation, which it shows only inside of `and`. */
function byXState(source: GuardSource): Guard {
  const guard = and([source as never]) as unknown as BuiltInGuard
  return (draft, args) => guard.check(draft.asSnapshot, args, guard)
}
