/** One run of a phase: its tasks as a graph, a panel over what they made, and the gate that has the last word. */

import { and, assign, emit, enqueueActions, setup, stopChild, type DoneActorEvent } from 'xstate'
import type { Json } from '../model/canonical.ts'
import type { Saying } from '../model/fact.ts'
import { GATE_RESULTS, type GateResult, type PhasePlan, type TaskPlan } from '../model/lifecycle.ts'
import {
  allEnded,
  criticalFailed,
  cutTasks,
  failed,
  outcomeOf,
  readyTasks,
  skipOrphans,
  type GateAnswer,
  type PhaseCause,
  type PhaseOutcome,
  type PhaseResult,
  type PhaseReview,
  type TaskEnd,
  type TaskStates,
} from '../model/phase.ts'
import { port } from './port.ts'
import type { Timed } from './timed.ts'

export type PhaseInput = {
  readonly plan: PhasePlan
  readonly run: number
  readonly iteration: number
  /** Tasks that an interrupted run of the phase has already ended. */
  readonly kept: TaskStates
}

export type PhaseContext = PhaseInput & {
  readonly tasks: TaskStates
  readonly review: PhaseReview | null
  readonly answer: GateAnswer
  /** Set when the run ended before its gate could speak. */
  readonly broken: PhaseCause | null
}

/** A task, the gate and the review each end with what they came to. */
export type TaskInput = { readonly phase: string; readonly run: number; readonly task: string }
export type GateInput = {
  readonly phase: string
  readonly run: number
  readonly iteration: number
  readonly tasks: TaskStates
  readonly review: PhaseReview | null
}
export type GateEnd = { readonly answer: GateAnswer } | { readonly failure: string }
export type ReviewInput = {
  readonly phase: string
  readonly run: number
  readonly panel: string
  readonly tasks: TaskStates
}

export type PhaseEvent = ({ readonly type: 'HALT' } & Timed) | DoneActorEvent<TaskEnd | GateEnd | PhaseReview>

const SILENT: GateAnswer = { result: 'PASS', reason: null, conflicts: [] }

const TASK = 'task.'
const childOf = ({ name }: TaskPlan) => `${TASK}${name}`

/** What an ended child came to. The charts that are provided end with nothing else. */
const endOf = (event: PhaseEvent) => (event as DoneActorEvent).output as TaskEnd & GateEnd & PhaseReview
const taskOf = (event: PhaseEvent) => (event as DoneActorEvent).actorId.slice(TASK.length)

const outcomeIn = ({ plan, review, answer }: PhaseContext) =>
  outcomeOf(answer, {
    review,
    needsApproval: plan.approval?.when === 'always',
    loopbackTo: plan.loopbackTo,
    hasGate: plan.hasGate,
  })

const place = ({ plan, run }: PhaseContext) => ({ phase: plan.name, run })

export const phaseMachine = setup({
  types: {
    input: {} as PhaseInput,
    context: {} as PhaseContext,
    events: {} as PhaseEvent,
    output: {} as PhaseResult,
    emitted: {} as Saying,
  },
  actors: {
    task: port<TaskInput, TaskEnd>('task'),
    review: port<ReviewInput, PhaseReview>('review'),
    gate: port<GateInput, GateEnd>('gate'),
  },
  guards: {
    criticalFailed: ({ context }) => criticalFailed(context.plan.tasks, context.tasks),
    tasksEnded: ({ context }) => allEnded(context.tasks),
    hasReview: ({ context }) => context.plan.review !== null,
    asksGate: ({ context }) => context.plan.hasGate || context.plan.detects,
    gateFailed: ({ event }) => 'failure' in endOf(event),
    comesTo: ({ context }, { outcome }: { outcome: GateResult }) => outcomeIn(context).outcome === outcome,
  },
  actions: {
    startReady: enqueueActions(({ context, enqueue }) => {
      const ready = readyTasks(context.plan.tasks, context.tasks)
      for (const task of ready)
        enqueue.spawnChild('task', {
          id: childOf(task),
          input: { phase: context.plan.name, run: context.run, task: task.name },
        })
      const running = Object.fromEntries(ready.map(({ name }) => [name, { status: 'running' as const }]))
      enqueue.assign({ tasks: { ...context.tasks, ...running } })
    }),
    stopTasks: enqueueActions(({ context, enqueue }) => {
      for (const task of context.plan.tasks)
        if (context.tasks[task.name]?.status === 'running') enqueue.stopChild(childOf(task))
    }),
    /** A child that is done would otherwise stay in the snapshot. */
    forgetTask: stopChild(({ event }) => (event as DoneActorEvent).actorId),
    noteTask: assign({
      tasks: ({ context, event }) =>
        skipOrphans(context.plan.tasks, { ...context.tasks, [taskOf(event)]: endOf(event) }),
    }),
    noteReview: assign({ review: ({ event }) => endOf(event) }),
    noteAnswer: assign({ answer: ({ event }) => (endOf(event) as { answer: GateAnswer }).answer }),
    noteGateFailure: assign({
      broken: 'gate_failed',
      answer: ({ event }) => ({ ...SILENT, reason: (endOf(event) as { failure: string }).failure }),
    }),
    breakOff: assign({ broken: (_, { cause }: { cause: PhaseCause }) => cause }),
    sayStarted: emit(({ context }) => ({
      type: 'PHASE_STARTED' as const,
      payload: { ...place(context), iteration: context.iteration },
    })),
    sayTask: enqueueActions(({ context, event, enqueue }) => {
      const before = context.tasks
      const after = skipOrphans(context.plan.tasks, { ...before, [taskOf(event)]: endOf(event) })
      for (const { name, agent } of context.plan.tasks) {
        const end = after[name] as TaskEnd | undefined
        if (end === undefined || end === before[name]) continue
        enqueue.emit({
          type: taskFact(end),
          payload: { ...place(context), task: name, agent, ...end } as Json,
        })
      }
    }),
    sayReview: enqueueActions(({ context, event, enqueue }) => {
      const review = endOf(event) as PhaseReview
      enqueue.emit({
        type: 'REVIEW_RECORDED',
        payload: { ...place(context), panel: context.plan.review, ...review },
      })
      if (review.verdict === 'deny' || review.verdict === 'escalate')
        enqueue.emit({ type: 'CRITIC_ALERT', payload: { ...place(context), verdict: review.verdict } })
    }),
    sayAnswer: emit(({ context, event }) => ({
      type: 'GATE_ANSWERED' as const,
      payload: { ...place(context), ...answered(endOf(event)) },
    })),
    sayHalted: emit(({ context }) => ({ type: 'PHASE_HALTED' as const, payload: place(context) })),
  },
  delays: {
    phaseTimeout: ({ context }) => context.plan.timeoutMs ?? Infinity,
  },
}).createMachine({
  id: 'phase',
  context: ({ input }) => ({
    ...input,
    tasks: {
      ...Object.fromEntries(input.plan.tasks.map(({ name }) => [name, { status: 'pending' as const }])),
      ...input.kept,
    },
    review: null,
    answer: SILENT,
    broken: null,
  }),
  initial: 'underway',
  states: {
    underway: {
      entry: 'sayStarted',
      initial: 'tasks',
      after: {
        phaseTimeout: { target: 'FAIL', actions: { type: 'breakOff', params: { cause: 'phase_timeout' } } },
      },
      on: {
        HALT: { target: 'HALTED', actions: [{ type: 'breakOff', params: { cause: 'halted' } }, 'sayHalted'] },
      },
      states: {
        tasks: {
          entry: 'startReady',
          exit: 'stopTasks',
          always: [
            {
              guard: 'criticalFailed',
              target: '#phase.FAIL',
              actions: { type: 'breakOff', params: { cause: 'task_failed' } },
            },
            { guard: and(['tasksEnded', 'hasReview']), target: 'reviewing' },
            { guard: and(['tasksEnded', 'asksGate']), target: 'gating' },
            { guard: 'tasksEnded', target: 'concluding' },
          ],
          on: {
            'xstate.done.actor.*': {
              actions: ['sayTask', 'noteTask', 'forgetTask', 'startReady'],
            },
          },
        },
        reviewing: {
          invoke: {
            src: 'review',
            id: 'review',
            input: ({ context }) => ({
              ...place(context),
              panel: context.plan.review ?? '',
              tasks: context.tasks,
            }),
            onDone: [
              { guard: 'asksGate', target: 'gating', actions: ['sayReview', 'noteReview'] },
              { target: 'concluding', actions: ['sayReview', 'noteReview'] },
            ],
          },
        },
        gating: {
          invoke: {
            src: 'gate',
            id: 'gate',
            input: ({ context }) => ({
              ...place(context),
              iteration: context.iteration,
              tasks: context.tasks,
              review: context.review,
            }),
            onDone: [
              { guard: 'gateFailed', target: '#phase.FAIL', actions: ['sayAnswer', 'noteGateFailure'] },
              { target: 'concluding', actions: ['sayAnswer', 'noteAnswer'] },
            ],
          },
        },
        concluding: {
          always: GATE_RESULTS.map((outcome) => ({
            guard: { type: 'comesTo' as const, params: { outcome } },
            target: `#phase.${outcome}`,
          })),
        },
      },
    },
    PASS: { type: 'final' },
    FAIL: { type: 'final' },
    RETRY: { type: 'final' },
    APPROVAL_NEEDED: { type: 'final' },
    LOOPBACK: { type: 'final' },
    HALTED: { type: 'final' },
  },
  output: ({ context }) => resultOf(context),
})

function resultOf(context: PhaseContext): PhaseResult {
  const { plan, run, tasks, review, answer, broken } = context
  const brokenAs: PhaseOutcome = broken === 'halted' ? 'HALTED' : 'FAIL'
  const end = broken ? { outcome: brokenAs, cause: broken, loopbackTo: null } : outcomeIn(context)
  return {
    phase: plan.name,
    run,
    ...end,
    reason: answer.reason,
    tasks: cutTasks(tasks),
    review,
    conflicts: answer.conflicts,
  }
}

function taskFact(end: TaskEnd): Saying['type'] {
  if (end.status === 'skipped') return 'AGENT_SKIPPED'
  return failed(end) ? 'AGENT_FAILED' : 'AGENT_COMPLETED'
}

const answered = (end: GateEnd): { readonly [key: string]: Json } =>
  'failure' in end ? { result: 'FAIL', failure: end.failure } : ({ ...end.answer } as { [key: string]: Json })
