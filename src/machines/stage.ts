/** A stage of one review: the parent of its critics, which starts each as soon as its gate lets it. */

import { assign, enqueueActions, setup, type DoneActorEvent, type ErrorActorEvent } from 'xstate'
import type { CriticResult } from '../model/critic-result.ts'
import {
  changesGates,
  decideStart,
  findingsLookedAt,
  findingsOf,
  lookAt,
  lookedAt,
  LookedMemo,
  outlookOf,
  type Outlook,
  type Settled,
} from '../model/gate.ts'
import { resultWithoutRun, type CriticPlan, type Plan, type StagePlan } from '../model/plan.ts'
import type { Cut, StageSummary } from '../model/review.ts'
import type { CriticInput } from '../model/review-input.ts'
import { forgetEnded } from './forget-ended.ts'
import { createCriticMachine, type CriticEvent, type CriticOptions, type Sources } from './critic.ts'

export type StageOptions = {
  readonly critic: CriticOptions
  readonly gating: boolean
  readonly perStageMs: Readonly<Partial<Record<string, number>>>
  /** The bound of a stage that has none of its own. */
  readonly reviewMs: number
}

export type StageMachineInput = {
  readonly stage: StagePlan
  readonly plan: Plan
  readonly run: number
  readonly input: CriticInput
  readonly options: StageOptions
}

export type StageEvent =
  | { type: 'RUN'; settled: Settled }
  | { type: 'CUT'; cut: Cut }
  | DoneActorEvent<CriticResult>
  | ErrorActorEvent

export type StageOutput = { readonly results: readonly CriticResult[]; readonly summary: StageSummary }

export type StageContext = StageMachineInput & {
  /** By position in the plan: earlier stages, and what has settled here but for the latest. */
  readonly settled: Settled
  /** What has settled since. Few at a time, so that an end does not cost a copy of all. */
  readonly latest: readonly CriticResult[]
  /** Critics that have been neither started nor shut out nor skipped, in starting order. */
  readonly waiting: readonly number[]
  /** Those of them that the latest event may have changed the gate of. */
  readonly touched: readonly number[]
  readonly outlook: Outlook
  /** Critics that have not ended. */
  readonly left: number
  readonly startedAt: number | null
  readonly cut: Cut | null
}

/** What may settle before it is put in its place among all others. */
const LATEST_MAX = 32

/** In the order of the plan, so that it does not matter who settled first. */
function withLatest({ plan: { positions }, latest }: StageContext, result: CriticResult): CriticResult[] {
  const position = positions[result.critic] ?? -1
  const next = [...latest, result]
  let at = latest.length
  for (
    let before = next[at - 1];
    before && (positions[before.critic] ?? -1) > position;
    before = next[at - 1]
  )
    next[at--] = before
  next[at] = result
  return next
}

/** By position in the plan: earlier stages, and all that has settled here. */
export function settledNow({ plan, settled, latest }: StageContext): Settled {
  if (latest.length === 0) return settled
  const now = [...settled]
  for (const result of latest) now[plan.positions[result.critic] ?? -1] = result
  return now
}

function summaryOf(context: StageContext, at: number): StageOutput {
  const { stage, startedAt, cut } = context
  const settled = settledNow(context)
  const ends: Partial<Record<CriticResult['status'], number>> = {}
  const results: CriticResult[] = []
  const { critics } = stage
  for (let position = 0; position < critics.length; position += 1) {
    const result = settled[critics[position] as number]
    if (!result) continue
    results.push(result)
    ends[result.status] = (ends[result.status] ?? 0) + 1
  }
  return {
    results,
    summary: Object.freeze({
      stage: stage.stage,
      ends: Object.freeze(ends),
      durationMs: startedAt === null ? 0 : at - startedAt,
      ...(cut ? { cut: cut.as } : {}),
      ...(cut?.as === 'timeout' ? { timeoutScope: cut.scope } : {}),
    }),
  }
}

const NOBODY: readonly number[] = []
const NOTHING_SETTLED: Settled = []
const NOTHING_LATEST: readonly CriticResult[] = []

/** Who must be decided again after a result: its dependents, or everyone who waits, when gates may have changed. */
function touchedBy(critic: CriticPlan, waiting: readonly number[], gatesChanged: boolean): readonly number[] {
  if (gatesChanged) return waiting
  return critic.dependents.length === 0
    ? NOBODY
    : waiting.filter((index) => critic.dependents.includes(index))
}

/** Those who wait, but for the touched that are decided now. */
function without(waiting: readonly number[], touched: readonly number[], undecided: readonly number[]) {
  const decided = new Set(touched)
  for (const index of undecided) decided.delete(index)
  return waiting.filter((index) => !decided.has(index))
}

/** What the end of a critic changes for those who wait; undefined when nobody does. */
function changeFor({ plan, outlook, waiting }: StageContext, result: CriticResult) {
  const critic = plan.critics[plan.positions[result.critic] ?? -1]
  // Only critics of the plan are spawned.
  if (!critic || waiting.length === 0) return undefined
  const next = critic.watched ? lookAt(outlook, result) : outlook
  return { outlook: next, touched: touchedBy(critic, waiting, changesGates(outlook, next)) }
}

/** A critic whose own chart broke; with our charts this cannot happen, but a review must not hang on it. */
function brokenOf({ context, event }: { context: StageContext; event: ErrorActorEvent }): CriticResult {
  const critic = context.plan.critics[context.plan.positions[event.actorId] ?? -1]
  if (!critic) throw new Error(`The stage has no critic "${event.actorId}".`)
  const message = event.error instanceof Error ? event.error.message : String(event.error)
  return resultWithoutRun(critic, 'error', { code: 'error', name: 'BrokenActor', message })
}

/** What to tell a critic now; undefined to let it wait. */
function tell(
  critic: CriticPlan,
  { plan, outlook, input, options }: StageContext,
  settled: Settled,
  memo: LookedMemo,
): CriticEvent | undefined {
  const riskTier = input.context.riskTier
  const start = decideStart(critic, { settled, outlook, riskTier, gating: options.gating })
  switch (start.do) {
    case 'wait':
      return undefined
    case 'start':
      return { type: 'START', prior: findingsOf(critic.dependencies, settled) }
    case 'ask':
      return {
        type: 'START',
        prior: findingsOf(critic.dependencies, settled),
        ask: {
          findings: findingsLookedAt(critic, plan, settled, memo),
          looked: lookedAt(critic, plan, settled, memo),
        },
      }
    case 'skip':
      return { type: 'SKIP', dependency: start.dependency, trouble: start.trouble }
    case 'shut':
      return start.riskTier === undefined
        ? { type: 'SHUT', reason: start.reason, looked: lookedAt(critic, plan, settled, memo) }
        : { type: 'SHUT', reason: start.reason, looked: [], riskTier: start.riskTier }
  }
}

/** The stage's chart: pending until the review runs it, running, cutting when it is cut short, settled. */
export function createStageMachine({ now, random }: Sources) {
  return setup({
    types: {} as {
      input: StageMachineInput
      context: StageContext
      events: StageEvent
      output: StageOutput
    },
    actors: { critic: createCriticMachine({ now, random }) },
    guards: {
      isLast: ({ context }) => context.left === 1,
      /** True when nobody who waits could start, or be shut out, because of this end. */
      touchesNobody: ({ context }, result: CriticResult) => !changeFor(context, result)?.touched.length,
    },
    delays: {
      stageTimeout: ({ context }) =>
        context.options.perStageMs[context.stage.stage] ?? context.options.reviewMs,
    },
    actions: {
      /** Provided by the runtime: counts and hooks hear of every critic that ends. */
      reportEnd: (_scope, _result: CriticResult) => {},
      /** One assign for all, so that the record of children is copied once and not once per critic. */
      spawnCritics: assign(({ context, spawn }) => {
        const { plan, run, input, options } = context
        const { critics } = context.stage
        for (let at = 0; at < critics.length; at += 1) {
          const critic = plan.critics[critics[at] as number]
          if (critic)
            spawn('critic', { id: critic.name, input: { plan: critic, run, input, options: options.critic } })
        }
        return {}
      }),
      begin: assign(({ context, event }) =>
        event.type === 'RUN'
          ? {
              startedAt: now(),
              settled: event.settled,
              latest: NOTHING_LATEST,
              outlook: outlookOf(context.plan, context.stage.critics, event.settled),
              touched: context.waiting,
            }
          : {},
      ),
      /** Tells every critic it is time for, and remembers who is still waiting. */
      decideTouched: enqueueActions(({ context, enqueue }) => {
        const { touched, waiting, plan } = context
        if (touched.length === 0) return
        const settled = settledNow(context)
        const memo = new LookedMemo()
        const undecided = touched.filter((index) => {
          const critic = plan.critics[index]
          const event = critic && tell(critic, context, settled, memo)
          if (event) enqueue.sendTo(critic.name, event)
          return !event
        })
        if (undecided.length === touched.length) return
        enqueue.assign({
          settled,
          latest: NOTHING_LATEST,
          touched: NOBODY,
          waiting: touched === waiting ? undecided : without(waiting, touched, undecided),
        })
      }),
      settle: assign(({ context }, result: CriticResult) => {
        if (context.plan.positions[result.critic] === undefined) return {}
        const latest = withLatest(context, result)
        const left = context.left - 1
        const change = changeFor(context, result)
        if (latest.length < LATEST_MAX) return change ? { ...change, latest, left } : { latest, left }
        return { settled: settledNow({ ...context, latest }), latest: NOTHING_LATEST, left, ...change }
      }),
      forgetEnded: forgetEnded(),
      cutAll: enqueueActions(({ context, enqueue }, cut: Cut) => {
        const settled = settledNow(context)
        enqueue.assign({ cut, waiting: NOBODY, touched: NOBODY })
        for (const index of context.stage.critics) {
          const critic = context.plan.critics[index]
          if (critic && !settled[index]) enqueue.sendTo(critic.name, { type: 'CUT', cut })
        }
      }),
    },
  }).createMachine({
    id: 'stage',
    context: ({ input }) => ({
      ...input,
      settled: NOTHING_SETTLED,
      latest: NOTHING_LATEST,
      waiting: input.stage.critics,
      touched: NOBODY,
      outlook: { open: 0, violation: false, uncertainty: false },
      left: input.stage.critics.length,
      startedAt: null,
      cut: null,
    }),
    entry: 'spawnCritics',
    initial: 'pending',
    on: {
      'xstate.done.actor.*': [
        {
          guard: 'isLast',
          target: '.settled',
          actions: [
            { type: 'settle', params: ({ event }) => event.output },
            { type: 'reportEnd', params: ({ event }) => event.output },
            'forgetEnded',
          ],
        },
        {
          guard: { type: 'touchesNobody', params: ({ event }) => event.output },
          actions: [
            { type: 'settle', params: ({ event }) => event.output },
            { type: 'reportEnd', params: ({ event }) => event.output },
          ],
        },
        {
          actions: [
            { type: 'settle', params: ({ event }) => event.output },
            { type: 'reportEnd', params: ({ event }) => event.output },
            'decideTouched',
          ],
        },
      ],
      'xstate.error.actor.*': [
        {
          guard: 'isLast',
          target: '.settled',
          actions: [
            { type: 'settle', params: brokenOf },
            { type: 'reportEnd', params: brokenOf },
            'forgetEnded',
          ],
        },
        {
          actions: [
            { type: 'settle', params: brokenOf },
            { type: 'reportEnd', params: brokenOf },
            'decideTouched',
          ],
        },
      ],
    },
    output: ({ context }) => summaryOf(context, now()),
    states: {
      /** Its critics exist and wait; the review has not come to this stage. */
      pending: {
        on: {
          RUN: { target: 'running', actions: ['begin', 'decideTouched'] },
          CUT: { target: 'cutting', actions: { type: 'cutAll', params: ({ event }) => event.cut } },
        },
      },
      running: {
        on: {
          CUT: { target: 'cutting', actions: { type: 'cutAll', params: ({ event }) => event.cut } },
        },
        after: {
          stageTimeout: {
            target: 'cutting',
            actions: { type: 'cutAll', params: { as: 'timeout', scope: 'stage' } },
          },
        },
      },
      /** Every unfinished critic has been told to end; nothing new starts. */
      cutting: {},
      settled: { type: 'final' },
    },
  })
}

/** The stage's chart with time standing still: for drawing, linting and generating paths. */
export const stageMachine = createStageMachine({ now: () => 0, random: () => 0 })
