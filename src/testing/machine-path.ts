/** A path: the events that lead a machine from its start to a state, and what each of them must bring about. */

import type { AnyMachineSnapshot, EventObject, StateValue } from 'xstate'
import { canonicalForm } from './canonical-form.ts'

/** What can be seen of a machine between two events. `context` and `output` are compared in canonical form. */
export type PathState = {
  readonly value: StateValue
  readonly status: 'active' | 'done' | 'error' | 'stopped'
  /** As `serializeContext` showed it. */
  readonly context: unknown
  readonly output: unknown
}

/** An event, and the state after it. */
export type PathStep<TEvent extends EventObject = EventObject> = PathState & { readonly event: TEvent }

export type MachinePath<TEvent extends EventObject = EventObject> = {
  /** One line: `pending —START→ admission.queued —CANCEL→ cancelled (done)`. */
  readonly description: string
  readonly input: unknown
  /** Where the machine stands before the first event. */
  readonly start: PathState
  readonly steps: readonly PathStep<TEvent>[]
  /** Where the machine stands after the last event. */
  readonly final: PathState
  /** What the path was generated to see of a context; a replay looks through the same glasses. */
  readonly serializeContext: (context: unknown) => unknown
}

/** What a path remembers of a snapshot. */
export function toPathState(
  { value, status, context, output }: AnyMachineSnapshot,
  serializeContext: (context: unknown) => unknown,
): PathState {
  return { value, status, context: serializeContext(context), output }
}

/** The one line that names a path. */
export function describePath(start: PathState, steps: readonly PathStep[]): string {
  const states = steps.map((step) => ` —${describeEvent(step.event)}→ ${describeState(step)}`)
  return describeState(start) + states.join('')
}

function describeState({ value, status }: PathState): string {
  const text = describeValue(value)
  return status === 'active' ? text : `${text} (${status})`.trimStart()
}

/** `a.b` for nested states, `(a & b.c)` for parallel ones. */
export function describeValue(value: StateValue): string {
  if (typeof value === 'string') return value
  const parts = Object.entries(value).map(([key, inner]) => {
    const text = inner === undefined ? '' : describeValue(inner)
    return text === '' ? key : `${key}.${text}`
  })
  return parts.length > 1 ? `(${parts.join(' & ')})` : parts.join('')
}

/** A description is read as the title of a test, so a long payload is cut. */
const PAYLOAD_SHOWN_MAX = 60

/** The type, and what else the event carries. */
export function describeEvent({ type, ...payload }: EventObject & { readonly actorId?: unknown }): string {
  // XState repeats the id of the type in `actorId`; reading it twice helps nobody.
  delete payload.actorId
  const text = canonicalForm(payload)
  if (text === '{}') return type
  return `${type} ${text.length > PAYLOAD_SHOWN_MAX ? `${text.slice(0, PAYLOAD_SHOWN_MAX)}…` : text}`
}
