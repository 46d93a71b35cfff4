/** A critic in one review: it waits, is gated, queues, runs, retries, and ends in exactly one way. */

import { assign, setup, type DoneActorEvent, type StateValue } from 'xstate'
import { backoffMs } from '../model/backoff.ts'
import {
  END_STATUSES,
  type CriticError,
  type CriticResult,
  type EndStatus,
  type LiveStatus,
  type Looked,
  type TimeoutScope,
} from '../model/critic-result.ts'
import type { Finding } from '../model/finding.ts'
import { deepFreeze } from '../model/frozen-copy.ts'
import type {
  ConditionOutcome,
  ConditionWork,
  FailedWork,
  Found,
  Outcome,
  Recalled,
  Recovered,
  Work,
} from '../model/outcome.ts'
import type { CriticPlan } from '../model/plan.ts'
import type { Cut } from '../model/review.ts'
import type { CriticInput } from '../model/review-input.ts'
import { port } from './port.ts'

/** Time and chance enter a chart as functions; nothing else in it is unpredictable. */
export type Sources = {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
}

/** What all critics of a panel share. */
export type CriticOptions = {
  readonly queueMs: number
  readonly hookMs: number
  /** False: no critic is retried. */
  readonly retries: boolean
  /** Which of the optional steps this panel has. */
  readonly consults: boolean
  readonly recalls: boolean
  readonly recovers: boolean
}

export type CriticMachineInput = {
  readonly plan: CriticPlan
  /** Which run of the panel this is, unique in the process: ids of reviews need not be. */
  readonly run: number
  readonly input: CriticInput
  readonly options: CriticOptions
}

export type CriticEvent =
  | {
      type: 'START'
      /** Findings of the dependencies. */
      prior: Readonly<Record<string, Finding>>
      /** Present when a condition has to be asked first: what it is asked with. */
      ask?: { findings: Readonly<Record<string, Finding>>; looked: readonly Looked[] }
    }
  | { type: 'SHUT'; reason: string; looked: readonly Looked[]; riskTier?: string }
  | { type: 'SKIP'; dependency: string; trouble: boolean }
  | { type: 'CUT'; cut: Cut }
  | { type: 'GRANTED' }
  | { type: 'QUEUED' }
  | { type: 'RATE_LIMITED' }
  | { type: 'REJECTED'; reason: string }
  | { type: 'RETRY_ALLOWED' }
  | { type: 'RETRY_REFUSED' }
  | DoneActorEvent<Outcome, 'evaluate'>
  | DoneActorEvent<ConditionOutcome, 'condition'>
  | DoneActorEvent<Recalled, 'consult'>
  | DoneActorEvent<Recalled, 'recall'>
  | DoneActorEvent<Recovered, 'recover'>

const NO_FINDINGS = Object.freeze({})
const NO_ERRORS: readonly string[] = Object.freeze([])

type Failure = {
  readonly status: 'error' | 'timeout' | 'invalid' | 'rejected' | 'cancelled'
  readonly error: CriticError
}

export type CriticContext = CriticMachineInput & {
  readonly prior: Readonly<Record<string, Finding>>
  readonly ask: {
    readonly findings: Readonly<Record<string, Finding>>
    readonly looked: readonly Looked[]
  } | null
  /** When the critic became ready, began to wait for its permit, began its attempt; null while it has not. */
  readonly readyAt: number | null
  readonly queuedAt: number | null
  readonly startedAt: number | null
  /** Finished waits and attempts. */
  readonly queueMs: number
  readonly executionMs: number
  readonly attempts: number
  readonly backoffMs: number
  /** What was wrong with a finding that is none. */
  readonly validationErrors: readonly string[]
  /** What the failure hook gave in place of a finding. */
  readonly substitute: Finding | null
  /** The latest failure; the critic ends with it unless a retry succeeds. */
  readonly failure: Failure | null
  readonly gating: {
    readonly reason: string
    readonly looked: readonly Looked[]
    readonly riskTier?: string
  } | null
  readonly skipping: CriticResult['skipping'] | null
}

const failed = (
  status: Failure['status'],
  message: string,
  name = 'CriticFailure',
  code: string = status,
): Failure => ({
  status,
  error: { code, name, message },
})

const timedOut = (scope: TimeoutScope, ms: number): Failure =>
  failed('timeout', `timed out after ${ms} ms (${scope})`, 'TimeoutError', `timeout.${scope}`)

const workInput = ({ context }: { context: CriticContext }): Work => ({
  run: context.run,
  critic: context.plan.index,
  input: context.input,
  prior: context.prior,
  attempt: context.attempts,
})

/** What a success was reached with: the output of that state. */
type Success = { readonly found: Found; readonly isFromCache: boolean }

/** By the critic's own work, or by what the cache or the hook had. */
function successOf({ output }: { readonly output: Outcome | Recalled }): Success | undefined {
  const isFromCache = 'found' in output
  const found = isFromCache ? output.found : output
  // Only findings lead to success.
  return found?.kind === 'finding' ? { found, isFromCache } : undefined
}

/** The end that was reached: XState hands over the event of the final state, `xstate.done.state.critic.success`. */
const endOf = ({ type }: { readonly type: string }) => endsByEvent[type] as EndStatus

const endsByEvent = Object.fromEntries(END_STATUSES.map((end) => [`xstate.done.state.critic.${end}`, end]))

/** How an end is reported. Frozen: listeners see it too. */
function resultOf(
  context: CriticContext,
  status: EndStatus,
  success: Success | undefined,
  at: number,
): CriticResult {
  const { plan, failure, gating, skipping, substitute, attempts, readyAt } = context
  const { name, stage, priority, cost } = plan
  const finding = success?.found.finding ?? substitute
  const validationErrors = success?.found.validationErrors ?? context.validationErrors
  const isFromCache = success?.isFromCache === true
  const spared = attempts === 0 && (status === 'gated' || status === 'skipped' || isFromCache)
  const result: { -readonly [Key in keyof CriticResult]: CriticResult[Key] } = {
    critic: name,
    stage,
    priority,
    status,
    attempts,
    retryCount: Math.max(0, attempts - 1),
    queueMs: waitedMs(context, at),
    executionMs: executedMs(context, at),
    durationMs: readyAt === null ? 0 : at - readyAt,
    cost: { weight: cost, spent: attempts * cost, saved: spared ? cost : 0 },
  }
  if (finding) result.finding = finding
  if (substitute) result.degraded = true
  if (isFromCache) result.fromCache = true
  if (failure && status === failure.status) result.error = deepFreeze(failure.error)
  if (gating && status === 'gated') result.gating = deepFreeze({ ...gating, saved: { cost, ms: 0 } })
  if (skipping && status === 'skipped') result.skipping = deepFreeze(skipping)
  if (validationErrors.length > 0) result.validationErrors = deepFreeze(validationErrors)
  Object.freeze(result.cost)
  return Object.freeze(result)
}

/**
 * The critic's chart. Its states carry the words of `status`: pending, admission (queued, rate_limited, running),
 * retrying, recovering, and eight ends.
 */
export function createCriticMachine({ now, random }: Sources) {
  return setup({
    types: {} as {
      input: CriticMachineInput
      context: CriticContext
      events: CriticEvent
      output: CriticResult
    },
    actors: {
      condition: port<ConditionWork, ConditionOutcome>('condition'),
      consult: port<Work, Recalled>('consult'),
      recall: port<Work, Recalled>('recall'),
      permit: port<{ run: number; critic: number }, undefined>('permit'),
      evaluate: port<Work, Outcome>('evaluate'),
      allowance: port<{ run: number }, undefined>('allowance'),
      recover: port<FailedWork, Recovered>('recover'),
    },
    guards: {
      asks: ({ event }) => event.type === 'START' && event.ask !== undefined,
      consults: ({ context }) => context.options.consults,
      recalls: ({ context }) => context.options.recalls,
      recovers: ({ context }) => context.options.recovers,
      isOpen: (_, output: ConditionOutcome) => output.open,
      isOpenAndConsults: ({ context }, output: ConditionOutcome) => output.open && context.options.consults,
      isOpenAndRecalls: ({ context }, output: ConditionOutcome) => output.open && context.options.recalls,
      isRecalled: (_, recalled: Recalled) => recalled.found !== undefined,
      isFinding: (_, outcome: Outcome) => outcome.kind === 'finding',
      isInvalid: (_, outcome: Outcome) => outcome.kind === 'invalid',
      isInvalidAndRecovers: ({ context }, outcome: Outcome) =>
        outcome.kind === 'invalid' && context.options.recovers,
      mayRetryError: ({ context }, outcome: Outcome) =>
        outcome.kind === 'error' &&
        outcome.retryable &&
        context.options.retries &&
        context.attempts <= context.plan.retriesMax,
      mayRetryTimeout: ({ context }) =>
        context.plan.retryOnTimeout && context.options.retries && context.attempts <= context.plan.retriesMax,
      /** On the way to a retry: the final status is that of the last attempt, whatever keeps the next from being made. */
      hasFailedAndRecovers: ({ context }) => context.failure !== null && context.options.recovers,
      isTimeoutCut: (_, cut: Cut) => cut.as === 'timeout',
      isRejectionCut: (_, cut: Cut) => cut.as === 'rejected',
      isSkippingCut: (_, cut: Cut) => cut.as === 'skipped',
      failedByError: ({ context }) => context.failure?.status === 'error',
      failedByTimeout: ({ context }) => context.failure?.status === 'timeout',
    },
    delays: {
      attemptTimeout: ({ context }) => context.plan.timeoutMs,
      queueTimeout: ({ context }) => context.options.queueMs,
      hookTimeout: ({ context }) => context.options.hookMs,
      backoff: ({ context }) => context.backoffMs,
    },
    actions: {
      becomeReady: assign(({ event }) =>
        event.type === 'START' ? { readyAt: now(), prior: event.prior, ask: event.ask ?? null } : {},
      ),
      startQueueing: assign(() => ({ queuedAt: now() })),
      becomeReadyToQueue: assign(({ event }) => {
        const at = now()
        return event.type === 'START' ? { readyAt: at, queuedAt: at, prior: event.prior, ask: null } : {}
      }),
      stopQueueing: assign(({ context }) => endOfWait(context, now())),
      beginAttempt: assign(({ context }) => {
        const at = now()
        const attempts = context.attempts + 1
        return { queuedAt: null, queueMs: waitedMs(context, at), startedAt: at, attempts }
      }),
      failWithError: assign(({ context }, outcome: Outcome) => ({
        ...endOfAttempt(context, now()),
        ...(outcome.kind === 'error' ? { failure: { status: 'error' as const, error: outcome.error } } : {}),
      })),
      failWithInvalid: assign(({ context }, outcome: Outcome) => {
        const validationErrors = outcome.kind === 'invalid' ? outcome.validationErrors : []
        return {
          ...endOfAttempt(context, now()),
          validationErrors,
          failure: failed('invalid', validationErrors.join('; '), 'InvalidFinding'),
        }
      }),
      failWithAttemptTimeout: assign(({ context }) => ({
        ...endOfAttempt(context, now()),
        failure: timedOut('attempt', context.plan.timeoutMs),
      })),
      failWithQueueTimeout: assign(({ context }) => ({
        ...endOfWait(context, now()),
        failure: timedOut('queue', context.options.queueMs),
      })),
      failWithRejection: assign((_, reason: string) => ({
        failure: failed(
          'rejected',
          rejectionMessages[reason] ?? reason,
          'RejectedError',
          `rejected.${reason}`,
        ),
      })),
      drawBackoff: assign(({ context }) => ({
        backoffMs: backoffMs(context.plan.backoff, context.attempts, random()),
      })),
      noteShut: assign(({ event }) =>
        event.type === 'SHUT'
          ? {
              gating: {
                reason: event.reason,
                looked: event.looked,
                ...(event.riskTier === undefined ? {} : { riskTier: event.riskTier }),
              },
            }
          : {},
      ),
      noteUnmet: assign(({ context }, reason: string) => ({
        gating: { reason, looked: context.ask?.looked ?? [] },
      })),
      noteSkip: assign(({ event }) =>
        event.type === 'SKIP'
          ? {
              skipping: {
                reason: 'dependency_without_finding' as const,
                dependency: event.dependency,
                trouble: event.trouble,
              },
            }
          : {},
      ),
      noteCut: assign((_, cut: Cut) => cutOf(cut)),
      takeSubstitute: assign((_, recovered: Recovered) =>
        recovered.finding ? { substitute: recovered.finding } : {},
      ),
    },
  }).createMachine({
    id: 'critic',
    context: ({ input: { plan, run, input, options } }) => ({
      plan,
      run,
      input,
      options,
      prior: NO_FINDINGS,
      ask: null,
      readyAt: null,
      queuedAt: null,
      startedAt: null,
      queueMs: 0,
      executionMs: 0,
      attempts: 0,
      backoffMs: 0,
      validationErrors: NO_ERRORS,
      substitute: null,
      failure: null,
      gating: null,
      skipping: null,
    }),
    output: ({ context, event }) =>
      resultOf(context, endOf(event), event.output as Success | undefined, now()),
    initial: 'pending',
    on: {
      CUT: [
        {
          guard: { type: 'isTimeoutCut', params: ({ event }) => event.cut },
          target: '.timeout',
          actions: { type: 'noteCut', params: ({ event }) => event.cut },
        },
        {
          guard: { type: 'isRejectionCut', params: ({ event }) => event.cut },
          target: '.rejected',
          actions: { type: 'noteCut', params: ({ event }) => event.cut },
        },
        {
          guard: { type: 'isSkippingCut', params: ({ event }) => event.cut },
          target: '.skipped',
          actions: { type: 'noteCut', params: ({ event }) => event.cut },
        },
        { target: '.cancelled', actions: { type: 'noteCut', params: ({ event }) => event.cut } },
      ],
    },
    states: {
      /** Waiting for its stage, its dependencies and its gate; then for a hook or the cache, which need no permit. */
      pending: {
        initial: 'waiting',
        states: {
          waiting: {
            on: {
              START: [
                { guard: 'asks', target: 'asking', actions: 'becomeReady' },
                { guard: 'consults', target: 'consulting', actions: 'becomeReady' },
                { guard: 'recalls', target: 'recalling', actions: 'becomeReady' },
                { target: '#critic.admission', actions: 'becomeReadyToQueue' },
              ],
              SHUT: { target: '#critic.gated', actions: 'noteShut' },
              SKIP: { target: '#critic.skipped', actions: 'noteSkip' },
            },
          },
          asking: {
            invoke: {
              id: 'condition',
              src: 'condition',
              input: ({ context }) => ({ ...workInput({ context }), findings: context.ask?.findings ?? {} }),
              onDone: [
                {
                  guard: { type: 'isOpenAndConsults', params: ({ event }) => event.output },
                  target: 'consulting',
                },
                {
                  guard: { type: 'isOpenAndRecalls', params: ({ event }) => event.output },
                  target: 'recalling',
                },
                {
                  guard: { type: 'isOpen', params: ({ event }) => event.output },
                  target: '#critic.admission',
                  actions: 'startQueueing',
                },
                {
                  target: '#critic.gated',
                  actions: { type: 'noteUnmet', params: ({ event }) => event.output.reason },
                },
              ],
            },
            after: {
              hookTimeout: {
                target: '#critic.gated',
                actions: {
                  type: 'noteUnmet',
                  params: ({ context }) =>
                    `policy_evaluation_error: no answer within ${context.options.hookMs} ms`,
                },
              },
            },
          },
          consulting: {
            invoke: {
              id: 'consult',
              src: 'consult',
              input: workInput,
              onDone: [
                {
                  guard: { type: 'isRecalled', params: ({ event }) => event.output },
                  target: '#critic.success',
                },
                { guard: 'recalls', target: 'recalling' },
                { target: '#critic.admission', actions: 'startQueueing' },
              ],
            },
            after: {
              hookTimeout: [
                { guard: 'recalls', target: 'recalling' },
                { target: '#critic.admission', actions: 'startQueueing' },
              ],
            },
          },
          /** Answered by the cache or by an identical evaluation under way; otherwise this critic does the work. */
          recalling: {
            invoke: {
              id: 'recall',
              src: 'recall',
              input: workInput,
              onDone: [
                {
                  guard: { type: 'isRecalled', params: ({ event }) => event.output },
                  target: '#critic.success',
                },
                { target: '#critic.admission', actions: 'startQueueing' },
              ],
            },
            after: { queueTimeout: { target: '#critic.admission', actions: 'startQueueing' } },
          },
        },
      },
      /** Holds or wants a permit; leaving returns it, whatever the reason. */
      admission: {
        invoke: {
          id: 'permit',
          src: 'permit',
          input: ({ context }) => ({ run: context.run, critic: context.plan.index }),
        },
        initial: 'waiting',
        states: {
          waiting: {
            initial: 'queued',
            on: {
              GRANTED: { target: 'running', actions: 'beginAttempt' },
              REJECTED: [
                { guard: 'hasFailedAndRecovers', target: '#critic.recovering', actions: 'stopQueueing' },
                { guard: 'failedByTimeout', target: '#critic.timeout', actions: 'stopQueueing' },
                { guard: 'failedByError', target: '#critic.error', actions: 'stopQueueing' },
                {
                  target: '#critic.rejected',
                  actions: [
                    'stopQueueing',
                    { type: 'failWithRejection', params: ({ event }) => event.reason },
                  ],
                },
              ],
            },
            after: {
              queueTimeout: [
                { guard: 'hasFailedAndRecovers', target: '#critic.recovering', actions: 'stopQueueing' },
                { guard: 'failedByTimeout', target: '#critic.timeout', actions: 'stopQueueing' },
                { guard: 'failedByError', target: '#critic.error', actions: 'stopQueueing' },
                { guard: 'recovers', target: '#critic.recovering', actions: 'failWithQueueTimeout' },
                { target: '#critic.timeout', actions: 'failWithQueueTimeout' },
              ],
            },
            states: {
              queued: { on: { RATE_LIMITED: 'rate_limited' } },
              /** Only a token of its rate is missing. */
              rate_limited: { on: { QUEUED: 'queued' } },
            },
          },
          running: {
            invoke: {
              id: 'evaluate',
              src: 'evaluate',
              input: workInput,
              onDone: [
                {
                  guard: { type: 'isFinding', params: ({ event }) => event.output },
                  target: '#critic.success',
                },
                {
                  guard: { type: 'mayRetryError', params: ({ event }) => event.output },
                  target: '#critic.retrying',
                  actions: { type: 'failWithError', params: ({ event }) => event.output },
                },
                {
                  guard: { type: 'isInvalidAndRecovers', params: ({ event }) => event.output },
                  target: '#critic.recovering',
                  actions: { type: 'failWithInvalid', params: ({ event }) => event.output },
                },
                {
                  guard: { type: 'isInvalid', params: ({ event }) => event.output },
                  target: '#critic.invalid',
                  actions: { type: 'failWithInvalid', params: ({ event }) => event.output },
                },
                {
                  guard: 'recovers',
                  target: '#critic.recovering',
                  actions: { type: 'failWithError', params: ({ event }) => event.output },
                },
                {
                  target: '#critic.error',
                  actions: { type: 'failWithError', params: ({ event }) => event.output },
                },
              ],
            },
            after: {
              attemptTimeout: [
                { guard: 'mayRetryTimeout', target: '#critic.retrying', actions: 'failWithAttemptTimeout' },
                { guard: 'recovers', target: '#critic.recovering', actions: 'failWithAttemptTimeout' },
                { target: '#critic.timeout', actions: 'failWithAttemptTimeout' },
              ],
            },
          },
        },
      },
      /** Asks for one of the review's retries, then waits; holds no permit. */
      retrying: {
        initial: 'asking',
        states: {
          asking: {
            invoke: { id: 'allowance', src: 'allowance', input: ({ context }) => ({ run: context.run }) },
            on: {
              RETRY_ALLOWED: { target: 'waiting', actions: 'drawBackoff' },
              RETRY_REFUSED: [
                { guard: 'recovers', target: '#critic.recovering' },
                { guard: 'failedByTimeout', target: '#critic.timeout' },
                { target: '#critic.error' },
              ],
            },
          },
          waiting: {
            after: { backoff: { target: '#critic.admission', actions: 'startQueueing' } },
          },
        },
      },
      /** The failure hook may give a substitute; the status stays what the last attempt made it. */
      recovering: {
        invoke: {
          id: 'recover',
          src: 'recover',
          input: ({ context }) => ({
            ...workInput({ context }),
            error: context.failure?.error ?? failed('error', 'failed').error,
            durationMs: context.readyAt === null ? 0 : now() - context.readyAt,
          }),
          onDone: [
            {
              guard: 'failedByTimeout',
              target: 'timeout',
              actions: { type: 'takeSubstitute', params: ({ event }) => event.output },
            },
            {
              guard: 'failedByError',
              target: 'error',
              actions: { type: 'takeSubstitute', params: ({ event }) => event.output },
            },
            { target: 'invalid', actions: { type: 'takeSubstitute', params: ({ event }) => event.output } },
          ],
        },
        after: {
          hookTimeout: [
            { guard: 'failedByTimeout', target: 'timeout' },
            { guard: 'failedByError', target: 'error' },
            { target: 'invalid' },
          ],
        },
        on: {
          CUT: [
            { guard: 'failedByTimeout', target: 'timeout' },
            { guard: 'failedByError', target: 'error' },
            { target: 'invalid' },
          ],
        },
      },
      success: {
        type: 'final',
        // Only the end of an actor leads here.
        output: ({ event }) => successOf(event as DoneActorEvent<Outcome | Recalled>),
      },
      invalid: { type: 'final' },
      error: { type: 'final' },
      timeout: { type: 'final' },
      gated: { type: 'final' },
      skipped: { type: 'final' },
      rejected: { type: 'final' },
      cancelled: { type: 'final' },
    },
  })
}

const rejectionMessages: Readonly<Record<string, string>> = {
  queue_full: 'the queue of waiting critics is full: raise limits.queueMax, or review less at once',
  budget_spent: 'the budget of this review is spent: raise budget.costMax, or gate expensive critics',
  reviews_full: 'too many reviews are under way: raise limits.reviewsMax, or review less at once',
}

/** Milliseconds it has waited for permits, with the wait that ends now; executed, with the attempt that ends now. */
const waitedMs = ({ queueMs, queuedAt }: CriticContext, at: number) =>
  queuedAt === null ? queueMs : queueMs + (at - queuedAt)
const executedMs = ({ executionMs, startedAt }: CriticContext, at: number) =>
  startedAt === null ? executionMs : executionMs + (at - startedAt)

const endOfWait = (context: CriticContext, at: number) => ({ queuedAt: null, queueMs: waitedMs(context, at) })
const endOfAttempt = (context: CriticContext, at: number) => ({
  startedAt: null,
  executionMs: executedMs(context, at),
})

function cutOf(cut: Cut): Partial<CriticContext> {
  switch (cut.as) {
    case 'timeout':
      return {
        failure: failed(
          'timeout',
          `cut by the timeout of the ${cut.scope}`,
          'TimeoutError',
          `timeout.${cut.scope}`,
        ),
      }
    case 'rejected':
      return {
        failure: failed(
          'rejected',
          rejectionMessages[cut.reason] ?? cut.reason,
          'RejectedError',
          `rejected.${cut.reason}`,
        ),
      }
    case 'skipped':
      return { skipping: { reason: 'verdict_settled', trouble: false } }
    case 'cancelled':
      return { failure: failed('cancelled', cut.reason, 'AbortError') }
  }
}

/** The status a state of the chart stands for, while the critic has not ended: its word in the state's path. */
export function liveStatusOf(value: StateValue): LiveStatus {
  if (typeof value === 'string') return value as LiveStatus
  // A state that has states inside is written { state: inside }.
  const [state, inner] = Object.entries(value)[0] as [string, StateValue]
  // Admission is no status; the states inside it are, and those inside the others are not.
  if (state !== 'admission') return state as LiveStatus
  return (typeof inner === 'object' ? inner['waiting'] : inner) as LiveStatus
}

/** The chart with time standing still: for drawing, linting and generating paths. */
export const criticMachine = createCriticMachine({ now: () => 0, random: () => 0 })
