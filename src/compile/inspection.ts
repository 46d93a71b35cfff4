/**
 * Whether anybody watches a system. Events for inspectors are made only then, also for an inspector that comes late.
 *
 * XState keeps the set of inspectors to itself. When it is empty, `_sendInspectionEvent` leaves without a look at the
 * event; otherwise it copies the event first. So an event that cannot be copied tells, before any inspector hears of it.
 */

import type { EventObject } from 'xstate'
import type { LiveSystem } from './internals.ts'

/** A system of ours always says whether it is watched; one of XState's, once it has been found out. */
export const WATCHED = Symbol('watched')

type Watchable = LiveSystem & { [WATCHED]?: boolean }

const REFUSAL = new Error('This event is only a question.')

const QUESTION = {
  get type(): string {
    throw REFUSAL
  },
}

/** True from the first inspector on; XState itself knows who still listens. */
export function isInspected(system: Watchable): boolean {
  const watched = system[WATCHED]
  if (watched !== undefined) return watched
  try {
    system._sendInspectionEvent(QUESTION)
    return false
  } catch (error) {
    if (error !== REFUSAL) throw error
    system[WATCHED] = true
    return true
  }
}

/** XState's `_relay`: hands an event over, and shows it to whoever watches. */
export function relay(
  system: Watchable,
  source: object | undefined,
  target: { _send(event: EventObject): void },
  event: EventObject,
): void {
  if (isInspected(system)) system._relay(source, target, event)
  else target._send(event)
}
