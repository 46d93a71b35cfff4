/** A circuit breaker: CLOSED lets calls through, OPEN refuses them, HALF_OPEN tries a few. */

import { and, assign, setup } from 'xstate'
import { atOf } from './timed.ts'

export type BreakerInput = {
  readonly openMs: number
  /** Trials at once. */
  readonly trialsMax: number
  /** Trials that must succeed before it closes; more than `trialsMax` are made one after the other. */
  readonly successesToClose: number
}

export type BreakerContext = BreakerInput & {
  /** When trials may begin, in milliseconds of the host's clock; only OPEN looks at it. */
  readonly retryAt: number
  /** When the last trial began; only HALF_OPEN looks at it. */
  readonly triedAt: number
  /** Trials under way, and trials that succeeded. */
  readonly trials: number
  readonly successes: number
}

/** The chart has no clock: `at` says when. Calls of the closed state are counted outside; only a trip comes in. */
export type BreakerEvent =
  | { readonly type: 'TRIP'; readonly at: number; readonly openMs?: number }
  | { readonly type: 'RESET' }
  /** Somebody asks to make a trial; the chart takes it or it does not. */
  | { readonly type: 'TRIAL'; readonly at: number }
  | { readonly type: 'TRIAL_SUCCEEDED' }
  | { readonly type: 'TRIAL_FAILED'; readonly at: number }
  /** Cancelled: its slot is free for another. */
  | { readonly type: 'TRIAL_DROPPED' }

const openMsOf = (event: BreakerEvent) => (event.type === 'TRIP' ? event.openMs : undefined)

export const breakerMachine = setup({
  types: {
    input: {} as BreakerInput,
    context: {} as BreakerContext,
    events: {} as BreakerEvent,
  },
  guards: {
    isDue: ({ context, event }) => atOf(event) >= context.retryAt,
    isTrying: ({ context }) => context.trials > 0,
    hasSlot: ({ context }) => context.trials < context.trialsMax,
    isOverdue: ({ context, event }) => atOf(event) >= context.triedAt + context.openMs,
    isEnough: ({ context }) => context.successes + 1 >= context.successesToClose,
  },
  actions: {
    open: assign(({ context, event }) => ({
      retryAt: atOf(event) + (openMsOf(event) ?? context.openMs),
      trials: 0,
      successes: 0,
    })),
    beginTrial: assign({
      trials: ({ context }) => context.trials + 1,
      triedAt: ({ event }) => atOf(event),
    }),
    endTrial: assign({ trials: ({ context }) => context.trials - 1 }),
    countSuccess: assign({ successes: ({ context }) => context.successes + 1 }),
    forget: assign({ trials: 0, successes: 0 }),
  },
}).createMachine({
  id: 'breaker',
  context: ({ input }) => ({ ...input, retryAt: 0, triedAt: 0, trials: 0, successes: 0 }),
  initial: 'CLOSED',
  states: {
    CLOSED: { on: { TRIP: { target: 'OPEN', actions: 'open' } } },
    OPEN: {
      on: {
        TRIAL: { guard: 'isDue', target: 'HALF_OPEN', actions: 'beginTrial' },
        TRIP: { actions: 'open' },
        RESET: { target: 'CLOSED', actions: 'forget' },
      },
    },
    HALF_OPEN: {
      on: {
        TRIAL: [
          { guard: 'hasSlot', actions: 'beginTrial' },
          // Trials that hang must not keep it here for ever: they have failed.
          { guard: 'isOverdue', target: 'OPEN', actions: 'open' },
        ],
        TRIAL_SUCCEEDED: [
          { guard: and(['isTrying', 'isEnough']), target: 'CLOSED', actions: 'forget' },
          { guard: 'isTrying', actions: ['endTrial', 'countSuccess'] },
        ],
        TRIAL_FAILED: { guard: 'isTrying', target: 'OPEN', actions: 'open' },
        TRIAL_DROPPED: { guard: 'isTrying', actions: 'endTrial' },
        TRIP: { target: 'OPEN', actions: 'open' },
        RESET: { target: 'CLOSED', actions: 'forget' },
      },
    },
  },
})

export type BreakerMachine = typeof breakerMachine
/** Its states, as they are called everywhere. */
export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN'
