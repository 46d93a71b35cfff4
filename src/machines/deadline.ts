/** A deadline: work is `running` until it is `done`, its time has run out, or somebody cancels it. */

import { setup } from 'xstate'

export type DeadlineInput = { readonly ms: number }

export type DeadlineEvent =
  | { readonly type: 'DONE' }
  /** What is around it ends, which may be an outer deadline. */
  | { readonly type: 'CANCEL' }

export const deadlineMachine = setup({
  types: {
    input: {} as DeadlineInput,
    context: {} as DeadlineInput,
    events: {} as DeadlineEvent,
  },
  delays: { time: ({ context }) => context.ms },
}).createMachine({
  id: 'deadline',
  context: ({ input }) => input,
  initial: 'running',
  states: {
    running: {
      on: { DONE: 'done', CANCEL: 'cancelled' },
      after: { time: 'timed_out' },
    },
    done: { type: 'final' },
    timed_out: { type: 'final' },
    cancelled: { type: 'final' },
  },
})
