/** One run of a phase: its tasks as a graph, a panel over what they made, and the gate that has the last word. */

import { and, assign, emit, enqueueActions, setup, stopChild, type DoneActorEvent } from 'xstate'
import type { Json } from '../model/canonical.ts'
import type { Saying } from '../model/fact.ts'
import type { IsaRevision } from '../model/isa/revision.ts'
import { GATE_RESULTS, type GateResult, type PhasePlan, type TaskPlan } from '../model/lifecycle.ts'
import {
  allEnded,
  criticalFailed,
  cutTasks,
  failed,
  outcomeOf,
  readyTasks,
  setsValues,
  skipOrphans,
  type Conflict,
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
  /** Tasks that have done something in the world before the interruption. */
  readonly begun?: readonly string[]
  /** The ISA as the phase finds it; null while nobody has set a value. */
  readonly base: IsaRevision | null
}

export type PhaseContext = PhaseInput & {
  readonly tasks: TaskStates
  /** The revision its tasks have made. */
  readonly isa: IsaRevision | null
  /** Between values that were set: what contradicts each other, or a constraint. */
  readonly conflicts: readonly Conflict[]
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
  readonly conflicts: readonly Conflict[]
  readonly review: PhaseReview | null
}
export type GateEnd = { readonly answer: GateAnswer } | { readonly failure: string }
export type ReviewInput = {
  readonly phase: string
  readonly run: number
  readonly panel: string
  readonly tasks: TaskStates
}

export type MergeInput = {
  readonly phase: string
  readonly run: number
  readonly tasks: TaskStates
  readonly base: IsaRevision | null
}
/** `isa` is null where what was set is what was there before. */
export type MergeEnd =
  | { readonly isa: IsaRevision | null; readonly conflicts: readonly Conflict[] }
  | { readonly failure: string }

export type PhaseEvent =
  | ({ readonly type: 'HALT' } & Timed)
  | DoneActorEvent<TaskEnd | MergeEnd | GateEnd | PhaseReview>

const SILENT: GateAnswer = { result: 'PASS', reason: null, conflicts: [] }

const TASK = 'task.'
const childOf = ({ name }: TaskPlan) => `${TASK}${name}`

/** What an ended child came to. The charts that are provided end with nothing else. */
const endOf = (event: PhaseEvent) =>
  (event as DoneActorEvent).output as TaskEnd & MergeEnd & GateEnd & PhaseReview
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
    merge: port<MergeInput, MergeEnd>('merge'),
    review: port<ReviewInput, PhaseReview>('review'),
    gate: port<GateInput, GateEnd>('gate'),
  },
  guards: {
    criticalFailed: ({ context }) => criticalFailed(context.plan.tasks, context.tasks),
    tasksEnded: ({ context }) => allEnded(context.tasks),
    setsValues: ({ context }) => setsValues(context.tasks),
    hasReview: ({ context }) => context.plan.review !== null,
    asksGate: ({ context }) => context.plan.hasGate || context.plan.detects,
    hasFailure: ({ event }) => 'failure' in endOf(event),
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
      for (const task of context.plan.tasks) {
        if (context.tasks[task.name]?.status !== 'running') continue
        enqueue.stopChild(childOf(task))
        const { name, agent } = task
        enqueue.emit({ type: 'AGENT_CANCELLED', payload: { ...place(context), task: name, agent } })
      }
    }),
    /** A child that is done would otherwise stay in the snapshot. */
    forgetTask: stopChild(({ event }) => (event as DoneActorEvent).actorId),
    noteTask: assign(({ context, event }) => ({
      tasks: skipOrphans(context.plan.tasks, { ...context.tasks, [taskOf(event)]: endOf(event) }),
      ...begunAfter(context, [taskOf(event)]),
    })),
    noteMerge: assign(({ event }) => {
      const { isa, conflicts } = endOf(event) as Extract<MergeEnd, { readonly conflicts: unknown }>
      return { isa, conflicts }
    }),
    noteFailure: assign({
      broken: (_, { cause }: { cause: PhaseCause }) => cause,
      answer: ({ event }) => ({ ...SILENT, reason: (endOf(event) as { failure: string }).failure }),
    }),
    noteReview: assign({ review: ({ event }) => endOf(event) }),
    noteAnswer: assign({ answer: ({ event }) => (endOf(event) as { answer: GateAnswer }).answer }),
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
    isa: null,
    conflicts: [],
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
            { guard: and(['tasksEnded', 'setsValues']), target: 'merging' },
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
        merging: {
          invoke: {
            src: 'merge',
            id: 'merge',
            input: ({ context }) => ({ ...place(context), tasks: context.tasks, base: context.base }),
            onDone: [
              {
                guard: 'hasFailure',
                target: '#phase.FAIL',
                actions: { type: 'noteFailure', params: { cause: 'values_failed' } },
              },
              { guard: 'hasReview', target: 'reviewing', actions: 'noteMerge' },
              { guard: 'asksGate', target: 'gating', actions: 'noteMerge' },
              { target: 'concluding', actions: 'noteMerge' },
            ],
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
              conflicts: context.conflicts,
              review: context.review,
            }),
            onDone: [
              {
                guard: 'hasFailure',
                target: '#phase.FAIL',
                actions: ['sayAnswer', { type: 'noteFailure', params: { cause: 'gate_failed' } }],
              },
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
  const { plan, run, tasks, isa, review, answer, broken } = context
  const running = plan.tasks.flatMap(({ name }) => (tasks[name]?.status === 'running' ? [name] : []))
  const brokenAs: PhaseOutcome = broken === 'halted' ? 'HALTED' : 'FAIL'
  const end = broken ? { outcome: brokenAs, cause: broken, loopbackTo: null } : outcomeIn(context)
  return {
    phase: plan.name,
    run,
    ...end,
    reason: answer.reason,
    tasks: cutTasks(tasks),
    ...begunAfter(context, running),
    review,
    conflicts: [...context.conflicts, ...answer.conflicts],
    isa,
  }
}

/**
 * Tasks that may have to be undone, in the order in which they ended; what is still running ends last, by being cut. One
 * that ended without an attempt, as when its condition left it out, its breaker was open or its queue full, counts too:
 * it may have acted before a crash, of which this end knows nothing. To undo what was not done is harmless; to forget
 * what was done is not.
 */
function begunAfter(
  { plan, begun = [] }: PhaseContext,
  ended: readonly string[],
): Pick<PhaseContext, 'begun'> {
  const acting = plan.tasks.filter(({ compensates, irreversible }) => compensates ?? irreversible)
  const now = ended.filter((task) => acting.some(({ name }) => name === task))
  const all = [...begun.filter((task) => !now.includes(task)), ...now]
  return all.length > 0 ? { begun: all } : {}
}

function taskFact(end: TaskEnd): Saying['type'] {
  if (end.status === 'skipped') return 'AGENT_SKIPPED'
  return failed(end) ? 'AGENT_FAILED' : 'AGENT_COMPLETED'
}

const answered = (end: GateEnd): { readonly [key: string]: Json } =>
  'failure' in end ? { result: 'FAIL', failure: end.failure } : ({ ...end.answer } as { [key: string]: Json })
