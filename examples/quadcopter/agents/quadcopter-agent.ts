/** An agent of the quadcopter: it computes at once, and not at all when nobody waits any more. */

import { defineAgent, type AgentContext } from 'stagecraft/runtime'
import { QuadcopterView } from '../view.ts'

export const quadcopterAgent = <const Name extends string, Output>(
  name: Name,
  compute: (view: QuadcopterView, context: AgentContext) => Output | Promise<Output>,
) =>
  defineAgent({
    name,
    input: QuadcopterView,
    // The same numbers come out however often it is asked.
    retry: { retriesMax: 0 },
    run: (view, context) => {
      context.signal.throwIfAborted()
      return compute(view, context)
    },
  })
