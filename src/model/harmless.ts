/** Keeps what an inspector throws away from the actor it watches. */

import type { InspectionEvent, Observer } from 'xstate'

/** An inspector that throws would put the actor it watches into error: what it throws is dropped. */
export function harmless(
  inspect: Observer<InspectionEvent> | ((event: InspectionEvent) => void),
): (event: InspectionEvent) => void {
  return (event) => {
    try {
      if (typeof inspect === 'function') inspect(event)
      else inspect.next?.(event)
    } catch {
      // The inspector's fault stays the inspector's.
    }
  }
}
