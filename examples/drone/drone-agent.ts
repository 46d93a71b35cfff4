/** An agent of the drone: it computes at once, and not at all when nobody waits any more. */

import { defineAgent } from 'stagecraft/runtime'
import { DroneView } from './view.ts'

export const droneAgent = <const Name extends string, Output>(
  name: Name,
  compute: (view: DroneView) => Output,
) =>
  defineAgent({
    name,
    input: DroneView,
    // The same numbers come out however often it is asked.
    retry: { retriesMax: 0 },
    run: (view, { signal }) => {
      signal.throwIfAborted()
      return compute(view)
    },
  })
