/** A saga undoes what a project has done in the world: one step after the other, the latest first. */

import { and, assign, emit, setup, type DoneActorEvent } from 'xstate'
import { backoffMs } from '../model/backoff.ts'
import type { Saying } from '../model/fact.ts'
import { LIMITS } from '../model/limits.ts'
import {
  nameOf,
  type SagaEnd,
  type SagaOutcome,
  type Step,
  type StepName,
  type UndoFailure,
} from '../model/saga.ts'
import { port } from './port.ts'

/** The latest first. */
export type SagaInput = { readonly steps: readonly Step[] }

export type CompensateInput = Step
/** The failure is a reference; null when the step is undone. */
export type CompensateEnd = { readonly failure: string | null }

export type SagaContext = {
  /** Steps that were not tried yet; the first is the one under way. */
  readonly left: readonly Step[]
  readonly undone: readonly StepName[]
  readonly failed: readonly UndoFailure[]
  /** At the step under way. */
  readonly attempts: number
  /** Of the last attempt. */
  readonly failure: string | null
}

export type SagaEvent = DoneActorEvent<CompensateEnd, 'compensate'>

/** In `undoing` and `waiting` there is a step under way. */
const present = ({ left }: SagaContext) => left[0] as Step
const endOf = (event: SagaEvent) => event.output

/** The phase itself has no task to name. */
const told = (step: StepName) => {
  const { phase, run, task } = step
  return { phase, run, ...(task !== null && { task }) }
}

/** The next step, or none. */
const next = ({ left }: SagaContext) => ({ left: left.slice(1), attempts: 0, failure: null })

export const sagaMachine = setup({
  types: {
    input: {} as SagaInput,
    context: {} as SagaContext,
    events: {} as SagaEvent,
    output: {} as SagaOutcome,
    emitted: {} as Saying,
  },
  actors: { compensate: port<CompensateInput, CompensateEnd>('compensate') },
  guards: {
    hasFailed: ({ context }) => context.failed.length > 0,
    isAtPivot: ({ context }) => context.left[0]?.isPivot === true,
    isThrough: ({ context }) => context.left.length === 0 || present(context).isPivot,
    isUndone: ({ event }) => endOf(event).failure === null,
    retriesLeft: ({ context }) => context.attempts <= LIMITS.compensation.retriesMax,
    stepsLeft: ({ context }) => context.left.length > 0,
  },
  actions: {
    count: assign({ attempts: ({ context }) => context.attempts + 1 }),
    noteFailure: assign({ failure: ({ event }) => endOf(event).failure }),
    noteUndone: assign(({ context }) => ({
      ...next(context),
      undone: [...context.undone, nameOf(present(context))],
    })),
    giveUp: assign(({ context, event }) => ({
      ...next(context),
      failed: [...context.failed, { ...nameOf(present(context)), message: endOf(event).failure ?? '' }],
    })),
    sayStarted: emit(({ context }) => ({
      type: 'COMPENSATION_STARTED' as const,
      payload: { ...told(present(context)), attempt: context.attempts, after: context.failure },
    })),
    sayUndone: emit(({ context }) => ({
      type: 'COMPENSATION_COMPLETED' as const,
      payload: told(present(context)),
    })),
    sayFailed: emit(({ context, event }) => ({
      type: 'COMPENSATION_FAILED' as const,
      payload: { ...told(present(context)), message: endOf(event).failure },
    })),
    sayIrreversible: emit(({ context }) => ({
      type: 'COMPENSATION_IRREVERSIBLE' as const,
      payload: told(present(context)),
    })),
  },
  delays: {
    // Without chance: nobody else waits for the same moment, and a replay comes to the same.
    pause: ({ context }) => backoffMs(LIMITS.compensation.backoff, context.attempts, 1),
  },
}).createMachine({
  id: 'saga',
  context: ({ input }) => ({ left: input.steps, undone: [], failed: [], attempts: 0, failure: null }),
  initial: 'choosing',
  states: {
    choosing: {
      always: [
        { guard: and(['isThrough', 'hasFailed']), target: 'COMPENSATION_FAILED' },
        { guard: 'isAtPivot', target: 'IRREVERSIBLE', actions: 'sayIrreversible' },
        { guard: 'stepsLeft', target: 'undoing' },
        { target: 'COMPENSATED' },
      ],
    },
    undoing: {
      entry: ['count', 'sayStarted'],
      invoke: {
        src: 'compensate',
        id: 'compensate',
        input: ({ context }) => present(context),
        onDone: [
          { guard: 'isUndone', target: 'choosing', actions: ['sayUndone', 'noteUndone'] },
          { guard: 'retriesLeft', target: 'waiting', actions: 'noteFailure' },
          { target: 'choosing', actions: ['sayFailed', 'giveUp'] },
        ],
      },
    },
    waiting: { after: { pause: 'undoing' } },
    COMPENSATED: { type: 'final', output: ({ context }) => outcomeOf(context, 'COMPENSATED') },
    COMPENSATION_FAILED: {
      type: 'final',
      output: ({ context }) => outcomeOf(context, 'COMPENSATION_FAILED'),
    },
    IRREVERSIBLE: { type: 'final', output: ({ context }) => outcomeOf(context, 'IRREVERSIBLE') },
  },
  // XState gives a chart the output of its final state only through its root.
  output: ({ event }) => (event as unknown as { output: SagaOutcome }).output,
})

function outcomeOf({ left, undone, failed }: SagaContext, end: SagaEnd): SagaOutcome {
  const pivot = left[0]
  return { end, undone, failed, irreversible: pivot ? nameOf(pivot) : null }
}
