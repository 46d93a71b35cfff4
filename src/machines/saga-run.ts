/** A saga in one process: steps one after the other; when one fails or somebody cancels, they are undone, latest first. */

import { and, assign, setup, type DoneActorEvent } from 'xstate'
import { port } from './port.ts'

export type SagaStepPlan = {
  /** There is something that undoes it. */
  readonly undoable: boolean
  /** Once it is done there is no way back behind it. */
  readonly irreversible: boolean
}

export type SagaRunInput = {
  readonly steps: readonly SagaStepPlan[]
  /** How long a step that was cut may take to end before it is undone all the same. */
  readonly lingerMs: number
}

/** Steps by their place in the saga, from 0. */
export type StepIndex = { readonly step: number }
/** `begun`: false when its intent could not be recorded, so that nothing was done. */
export type StepEnd = { readonly succeeded: boolean; readonly begun: boolean }
export type UndoEnd = { readonly undone: boolean }

/** A step on the way back: it is undone, or nothing before it can be. */
export type StepBack = StepIndex & { readonly bars: boolean }

export type SagaRunContext = SagaRunInput & {
  /** The step under way. */
  readonly step: number
  /** The latest first. */
  readonly left: readonly StepBack[]
  readonly undone: readonly number[]
  readonly failed: readonly number[]
}

export type SagaRunEvent =
  | { readonly type: 'CANCEL' }
  | DoneActorEvent<StepEnd, 'step'>
  | DoneActorEvent<UndoEnd, 'compensate'>

const stepEnd = (event: object) => (event as DoneActorEvent<StepEnd>).output
const undoEnd = (event: object) => (event as DoneActorEvent<UndoEnd>).output

/** The way back from the step under way. It is on it too: what failed or was cut may be half done. */
function wayBack({ steps, step }: SagaRunContext, end: StepEnd): readonly StepBack[] {
  const last = end.begun ? step : step - 1
  return steps
    .slice(0, last + 1)
    .map(({ undoable, irreversible }, index) => ({
      step: index,
      undoable,
      bars: irreversible && (index < step || end.succeeded),
    }))
    .filter(({ undoable, bars }) => undoable || bars)
    .map(({ step: index, bars }) => ({ step: index, bars }))
    .toReversed()
}

/** Nothing was heard of a step that was cut and did not end in time. */
const UNHEARD: StepEnd = { succeeded: false, begun: true }

export const sagaRunMachine = setup({
  types: {
    input: {} as SagaRunInput,
    context: {} as SagaRunContext,
    events: {} as SagaRunEvent,
  },
  actors: {
    step: port<StepIndex, StepEnd>('step'),
    compensate: port<StepIndex, UndoEnd>('compensate'),
  },
  guards: {
    hasSucceeded: ({ event }) => stepEnd(event).succeeded,
    isLast: ({ context }) => context.step === context.steps.length - 1,
    isUndone: ({ event }) => undoEnd(event).undone,
    stepsLeft: ({ context }) => context.left.length > 0,
    isBarred: ({ context }) => context.left[0]?.bars === true,
    hasFailed: ({ context }) => context.failed.length > 0,
  },
  actions: {
    advance: assign({ step: ({ context }) => context.step + 1 }),
    turnBack: assign({ left: ({ context, event }) => wayBack(context, stepEnd(event)) }),
    turnBackUnheard: assign({ left: ({ context }) => wayBack(context, UNHEARD) }),
    noteUndone: assign(({ context: { left, undone } }) => ({
      left: left.slice(1),
      undone: [...undone, ...left.slice(0, 1).map(({ step }) => step)],
    })),
    noteFailed: assign(({ context: { left, failed } }) => ({
      left: left.slice(1),
      failed: [...failed, ...left.slice(0, 1).map(({ step }) => step)],
    })),
  },
  delays: { linger: ({ context }) => context.lingerMs },
}).createMachine({
  id: 'saga-run',
  context: ({ input }) => ({ ...input, step: 0, left: [], undone: [], failed: [] }),
  initial: 'doing',
  states: {
    doing: {
      invoke: { src: 'step', id: 'step', input: ({ context }) => ({ step: context.step }) },
      initial: 'running',
      states: {
        running: {
          on: {
            CANCEL: 'cut',
            'xstate.done.actor.step': [
              { guard: and(['hasSucceeded', 'isLast']), target: '#saga-run.COMPLETED' },
              { guard: 'hasSucceeded', target: '#saga-run.doing', reenter: true, actions: 'advance' },
              { target: '#saga-run.choosing', actions: 'turnBack' },
            ],
          },
        },
        // Its signal has aborted; while it still works, undoing it would do no good.
        cut: {
          on: { 'xstate.done.actor.step': { target: '#saga-run.choosing', actions: 'turnBack' } },
          after: { linger: { target: '#saga-run.choosing', actions: 'turnBackUnheard' } },
        },
      },
    },
    choosing: {
      always: [
        { guard: and(['isBarred', 'hasFailed']), target: 'COMPENSATION_FAILED' },
        { guard: 'isBarred', target: 'IRREVERSIBLE' },
        { guard: 'stepsLeft', target: 'undoing' },
        { guard: 'hasFailed', target: 'COMPENSATION_FAILED' },
        { target: 'COMPENSATED' },
      ],
    },
    // Nothing cuts this: what has been begun is brought to an end.
    undoing: {
      invoke: {
        src: 'compensate',
        id: 'compensate',
        // Where nothing is left, nothing is undone.
        input: ({ context }) => ({ step: (context.left[0] as StepBack).step }),
        onDone: [
          { guard: 'isUndone', target: 'choosing', actions: 'noteUndone' },
          { target: 'choosing', actions: 'noteFailed' },
        ],
      },
    },
    COMPLETED: { type: 'final' },
    COMPENSATED: { type: 'final' },
    COMPENSATION_FAILED: { type: 'final' },
    IRREVERSIBLE: { type: 'final' },
  },
})

/** The ends, as they are called everywhere. */
export type SagaRunEnd = 'COMPLETED' | 'COMPENSATED' | 'COMPENSATION_FAILED' | 'IRREVERSIBLE'
