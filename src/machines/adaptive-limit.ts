/** An adaptive limit: `increasing` while all goes well; `cooling` after a decrease, until it shows what it did. */

import { assign, setup } from 'xstate'
import { atOf } from './timed.ts'

export type AdaptiveLimitInput = {
  /** How long signs of congestion are put down to what has just been decreased for. */
  readonly coolMs: number
}

export type AdaptiveLimitContext = AdaptiveLimitInput & { readonly coolAt: number }

/** The chart has no clock: `at` says when. While it is increasing, a call that went well is no event. */
export type AdaptiveLimitEvent =
  | { readonly type: 'CONGESTED'; readonly at: number }
  | { readonly type: 'WENT_WELL'; readonly at: number }

export const adaptiveLimitMachine = setup({
  types: {
    input: {} as AdaptiveLimitInput,
    context: {} as AdaptiveLimitContext,
    events: {} as AdaptiveLimitEvent,
  },
  guards: { isCool: ({ context, event }) => atOf(event) >= context.coolAt },
  actions: { beginToCool: assign({ coolAt: ({ context, event }) => atOf(event) + context.coolMs }) },
}).createMachine({
  id: 'adaptive-limit',
  context: ({ input }) => ({ ...input, coolAt: 0 }),
  initial: 'increasing',
  states: {
    increasing: { on: { CONGESTED: { target: 'cooling', actions: 'beginToCool' } } },
    cooling: {
      on: {
        CONGESTED: { guard: 'isCool', actions: 'beginToCool' },
        WENT_WELL: { guard: 'isCool', target: 'increasing' },
      },
    },
  },
})

export type AdaptiveLimitMachine = typeof adaptiveLimitMachine
/** Its states, as they are called everywhere. */
export type AdaptiveLimitState = 'increasing' | 'cooling'
