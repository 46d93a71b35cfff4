/** A review: spawns its stages, runs one after the other, and ends with one result per critic, whatever cuts it short. */

import { assign, enqueueActions, raise, setup, type DoneActorEvent, type ErrorActorEvent } from 'xstate'
import { decisionOf } from '../model/decision.ts'
import type { Settled } from '../model/gate.ts'
import { inOrder } from '../model/in-order.ts'
import { resultWithoutRun, type Plan } from '../model/plan.ts'
import type { Cut, StageSummary } from '../model/review.ts'
import { STAGES } from '../model/stages.ts'
import type { CriticInput } from '../model/review-input.ts'
import type { VerdictRules } from '../model/verdict.ts'
import type { Sources } from './critic.ts'
import { createStageMachine, type StageOptions, type StageOutput } from './stage.ts'

export type ReviewOptions = {
  readonly stage: StageOptions
  readonly reviewMs: number
  /** True: once the verdict is deny, later stages are skipped. */
  readonly shortCircuit: boolean
  readonly rules: VerdictRules
}

export type ReviewMachineInput = {
  readonly plan: Plan
  readonly run: number
  readonly input: CriticInput
  readonly options: ReviewOptions
  /** Present for a review that may not begin: shed, or cancelled beforehand. */
  readonly refused?: Cut
}

export type ReviewEvent =
  /** Raised by the chart itself. */
  { type: 'BEGIN' } | { type: 'CUT'; cut: Cut } | DoneActorEvent<StageOutput> | ErrorActorEvent

export type ReviewOutput = {
  /** One per critic, in the order of the plan. */
  readonly results: StageOutput['results']
  readonly stages: readonly StageSummary[]
  readonly durationMs: number
  readonly cut?: Cut
}

export type ReviewContext = ReviewMachineInput & {
  readonly settled: Settled
  /** Stages that have settled. They run one by one, so their number is the position of the one that runs. */
  readonly stages: readonly StageSummary[]
  readonly startedAt: number
  readonly cut: Cut | null
}

/** Made once: a text that is put together anew has to be looked up anew. */
const STAGE_IDS = STAGES.map((_, position) => `stage.${position}`)

/** A plan has no stage twice, and no others than these. */
const stageId = (position: number) => STAGE_IDS[position] as string

/** What is settled once one more stage is. */
function withStage({ plan, settled, stages }: ReviewContext, { results, summary }: StageOutput) {
  const now = [...settled]
  for (const result of results) now[plan.positions[result.critic] ?? -1] = result
  return { settled: now, stages: [...stages, summary] }
}

/** In the order of the plan, not of settling. */
function byPlan({ plan, stages }: ReviewContext): readonly StageSummary[] {
  const position = ({ stage }: StageSummary) => plan.stages.findIndex((one) => one.stage === stage)
  return inOrder(stages, (a, b) => position(a) - position(b))
}

/** True when nothing a later stage says can make the verdict stricter. */
function isSettledVerdict({ plan, options }: ReviewContext, settled: Settled): boolean {
  const results = settled.filter((result) => result !== undefined)
  return decisionOf(plan, results, options.rules).verdict === 'deny'
}

/** The review's chart: running its stages, cutting when it is cut short, settled. */
export function createReviewMachine({ now, random }: Sources) {
  return setup({
    types: {} as {
      input: ReviewMachineInput
      context: ReviewContext
      events: ReviewEvent
      output: ReviewOutput
    },
    actors: { stage: createStageMachine({ now, random }) },
    guards: {
      isRefused: ({ context }) => context.refused !== undefined,
      isLast: ({ context }) => context.stages.length === context.plan.stages.length - 1,
      isShortCircuited: ({ context }, stage: StageOutput) =>
        context.options.shortCircuit && isSettledVerdict(context, withStage(context, stage).settled),
    },
    delays: {
      reviewTimeout: ({ context }) => context.options.reviewMs,
    },
    actions: {
      spawnStages: assign(({ context, spawn }) => {
        for (const [position, stage] of context.plan.stages.entries())
          spawn('stage', {
            id: stageId(position),
            input: {
              stage,
              plan: context.plan,
              run: context.run,
              input: context.input,
              options: context.options.stage,
            },
          })
        return {}
      }),
      runStage: enqueueActions(({ context, enqueue }) => {
        enqueue.sendTo(stageId(context.stages.length), { type: 'RUN', settled: context.settled })
      }),
      settleStage: enqueueActions(({ context, enqueue }, output: StageOutput) => {
        enqueue.assign(withStage(context, output))
        enqueue.stopChild(
          stageId(context.plan.stages.findIndex(({ stage }) => stage === output.summary.stage)),
        )
      }),
      cutAll: enqueueActions(({ context, enqueue }, cut: Cut) => {
        enqueue.assign({ cut })
        const settled = new Set(context.stages.map(({ stage }) => stage))
        for (const [position, { stage }] of context.plan.stages.entries())
          if (!settled.has(stage)) enqueue.sendTo(stageId(position), { type: 'CUT', cut })
      }),
    },
  }).createMachine({
    id: 'review',
    context: ({ input }) => ({
      ...input,
      // As long as it will be: a list that grows is copied on the way.
      settled: input.plan.critics.map(() => undefined),
      stages: [],
      startedAt: now(),
      cut: null,
    }),
    entry: 'spawnStages',
    initial: 'starting',
    output: ({ context }) => ({
      results: context.settled.filter((result) => result !== undefined),
      stages: byPlan(context),
      durationMs: now() - context.startedAt,
      ...(context.cut ? { cut: context.cut } : {}),
    }),
    states: {
      /** Decides whether it may begin at all. */
      starting: {
        entry: raise({ type: 'BEGIN' }),
        on: {
          BEGIN: [
            {
              guard: 'isRefused',
              target: 'cutting',
              actions: {
                type: 'cutAll',
                params: ({ context }) => context.refused ?? { as: 'cancelled', reason: 'refused' },
              },
            },
            { target: 'running' },
          ],
        },
      },
      running: {
        entry: 'runStage',
        on: {
          'xstate.done.actor.*': [
            {
              guard: 'isLast',
              target: 'settled',
              actions: { type: 'settleStage', params: ({ event }) => event.output },
            },
            {
              guard: { type: 'isShortCircuited', params: ({ event }) => event.output },
              target: 'cutting',
              actions: [
                { type: 'settleStage', params: ({ event }) => event.output },
                { type: 'cutAll', params: { as: 'skipped' } },
              ],
            },
            {
              actions: [{ type: 'settleStage', params: ({ event }) => event.output }, 'runStage'],
            },
          ],
          CUT: { target: 'cutting', actions: { type: 'cutAll', params: ({ event }) => event.cut } },
        },
        after: {
          reviewTimeout: {
            target: 'cutting',
            actions: { type: 'cutAll', params: { as: 'timeout', scope: 'review' } },
          },
        },
      },
      /** Every unfinished stage has been told to end; nothing new starts. */
      cutting: {
        on: {
          'xstate.done.actor.*': [
            {
              guard: 'isLast',
              target: 'settled',
              actions: { type: 'settleStage', params: ({ event }) => event.output },
            },
            { actions: { type: 'settleStage', params: ({ event }) => event.output } },
          ],
        },
      },
      settled: { type: 'final' },
    },
  })
}

/**
 * What a review has come to. One that was stopped from outside, before its end, has `cancelled` for every critic whose
 * stage had not settled.
 */
export function outputOf(
  snapshot: { readonly output?: ReviewOutput | undefined; readonly context: ReviewContext },
  at: number,
): ReviewOutput {
  if (snapshot.output) return snapshot.output
  const { plan, settled, stages, startedAt } = snapshot.context
  const cut: Cut = { as: 'cancelled', reason: 'the actor of the review was stopped' }
  return {
    results: plan.critics.map(
      (critic) =>
        settled[critic.index] ??
        resultWithoutRun(critic, 'cancelled', { code: 'cancelled', name: 'AbortError', message: cut.reason }),
    ),
    stages,
    durationMs: at - startedAt,
    cut,
  }
}

/** The review's chart with time standing still: for drawing, linting and generating paths. */
export const reviewMachine = createReviewMachine({ now: () => 0, random: () => 0 })
