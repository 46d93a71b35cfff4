/** The queue of a bulkhead: `free` while nobody waits, `busy` while callers wait, `full` when no more may. */

import { assign, setup } from 'xstate'

export type BulkheadInput = {
  /** Callers that may wait; 0 for none. */
  readonly queueMax: number
}

export type BulkheadContext = BulkheadInput & { readonly waiting: number }

/** Who gets in at once is no event: the chart hears of those who have to wait. */
export type BulkheadEvent =
  /** A caller wants to wait; the chart takes it or it does not. */
  | { readonly type: 'WAIT' }
  /** A caller that waited got in, took too long, or gave up. */
  | { readonly type: 'SERVED' }
  | { readonly type: 'TIMED_OUT' }
  | { readonly type: 'CANCELLED' }
  /** A caller was refused, and a place was given back: a bulkhead without a queue is full in between. */
  | { readonly type: 'REFUSED' }
  | { readonly type: 'RELEASED' }

const leavesQueue = [
  { guard: 'isLast', target: 'free', actions: 'leave' },
  { guard: 'hasCompany', target: 'busy', actions: 'leave' },
] as const

export const bulkheadMachine = setup({
  types: {
    input: {} as BulkheadInput,
    context: {} as BulkheadContext,
    events: {} as BulkheadEvent,
  },
  guards: {
    hasRoom: ({ context }) => context.waiting < context.queueMax,
    fillsQueue: ({ context }) => context.waiting + 1 === context.queueMax,
    isLast: ({ context }) => context.waiting === 1,
    hasCompany: ({ context }) => context.waiting > 1,
    isQueueless: ({ context }) => context.queueMax === 0,
  },
  actions: {
    join: assign({ waiting: ({ context }) => context.waiting + 1 }),
    leave: assign({ waiting: ({ context }) => context.waiting - 1 }),
  },
}).createMachine({
  id: 'bulkhead',
  context: ({ input }) => ({ ...input, waiting: 0 }),
  initial: 'free',
  states: {
    free: {
      on: {
        WAIT: [
          { guard: 'fillsQueue', target: 'full', actions: 'join' },
          { guard: 'hasRoom', target: 'busy', actions: 'join' },
        ],
        REFUSED: { guard: 'isQueueless', target: 'full' },
      },
    },
    busy: {
      on: {
        WAIT: [{ guard: 'fillsQueue', target: 'full', actions: 'join' }, { actions: 'join' }],
        SERVED: leavesQueue,
        TIMED_OUT: leavesQueue,
        CANCELLED: leavesQueue,
      },
    },
    full: {
      on: {
        SERVED: leavesQueue,
        TIMED_OUT: leavesQueue,
        CANCELLED: leavesQueue,
        RELEASED: { guard: 'isQueueless', target: 'free' },
      },
    },
  },
})

export type BulkheadMachine = typeof bulkheadMachine
/** Its states, as they are called everywhere. */
export type BulkheadState = 'free' | 'busy' | 'full'
