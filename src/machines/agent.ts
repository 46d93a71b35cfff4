/** An agent at work: a place before every attempt, each attempt bounded in time, and pauses that hold no place. */

import { assign, setup, type DoneActorEvent, type ErrorActorEvent } from 'xstate'
import type { AgentEnd, AttemptEnd, Heard, PlaceAnswer, Preparation, Progress } from '../model/agent.ts'
import { backoffMs, type Backoff } from '../model/backoff.ts'
import { DELAY_MAX_MS } from '../model/limits.ts'
import { port } from './port.ts'

export type AgentInput = {
  readonly timeoutMs: number
  readonly retriesMax: number
  readonly backoff: Backoff
  /** True: a condition, or what the agent is given, is made once there is a place for the first attempt. */
  readonly prepares: boolean
  /** True: an attempt that an open breaker refuses is made later, at the cost of a retry. False: it is the end. */
  readonly isPatient: boolean
  /** What the actors do; the chart only hands it on. */
  readonly work?: unknown
}

type WorkInput = Pick<AgentInput, 'work'>
export type AttemptInput = { readonly attempt: number } & WorkInput

export type AgentContext = AgentInput & {
  /** Attempts that were begun. */
  readonly attempts: number
  /** The same, and those that an open breaker refused: what the retries are counted by. */
  readonly tries: number
  readonly isPrepared: boolean
  readonly last: AttemptEnd | null
  /** Until an attempt that was refused has a chance. */
  readonly refusedMs: number
  /** The newest report of the attempt under way, or of the last one. */
  readonly progress: Progress | null
}

export type AgentEvent =
  | PlaceAnswer
  | { readonly type: 'PROGRESS'; readonly progress: Progress }
  | DoneActorEvent<AttemptEnd, 'attempt'>
  | DoneActorEvent<Preparation, 'prepare'>
  | ErrorActorEvent

type Answer<Type> = Extract<AgentEvent, { type: Type }>

const ends = (status: AgentEnd['status']) => ({
  type: 'final' as const,
  output: ({ context }: { context: AgentContext }) => endedAs(status, context),
})

const endOf = (event: object) => (event as DoneActorEvent<AttemptEnd>).output
const failure = (code: string, message: string): AttemptEnd => ({
  kind: 'error',
  code,
  message,
  retryable: false,
  fault: 'call',
})

/** What was the fault of whoever made the call says nothing about the agent. */
const heardOf = (end: AttemptEnd): Heard =>
  end.kind === 'output' ? 'success' : end.fault === 'agent' ? 'failure' : 'neither'

const hearEnd = {
  type: 'hear' as const,
  params: ({ event }: { event: object }) => ({ as: heardOf(endOf(event)) }),
}
const hearTimeout = { type: 'hear' as const, params: { as: 'failure' as const } }

const mayTryAgain = ({ tries, retriesMax }: AgentContext) => tries <= retriesMax

/** The chart. `random` draws from 0 to 1, for the jitter of the pauses. */
export function createAgentMachine({ random }: { readonly random: () => number }) {
  return setup({
    types: {
      input: {} as AgentInput,
      context: {} as AgentContext,
      events: {} as AgentEvent,
      output: {} as AgentEnd,
    },
    actors: {
      /** Asks for a place and for the breaker's leave, and gives both back when it is stopped. */
      place: port<WorkInput, undefined>('place'),
      prepare: port<WorkInput, Preparation>('prepare'),
      attempt: port<AttemptInput, AttemptEnd>('attempt'),
    },
    guards: {
      isUnprepared: ({ context }) => !context.isPrepared,
      isReady: ({ event }) => (event as DoneActorEvent<Preparation>).output.kind === 'ready',
      isLeftOut: ({ event }) => (event as DoneActorEvent<Preparation>).output.kind === 'left_out',
      hasOutput: ({ event }) => endOf(event).kind === 'output',
      mayRetry: ({ context, event }) => {
        const end = endOf(event)
        return mayTryAgain(context) && end.kind === 'error' && end.retryable
      },
      retriesLeft: ({ context }) => mayTryAgain(context),
      mayOutlast: ({ context, event }) =>
        context.isPatient &&
        ((event as Answer<'REFUSED'>).isFree || mayTryAgain({ ...context, tries: context.tries + 1 })),
    },
    actions: {
      count: assign({
        attempts: ({ context }) => context.attempts + 1,
        tries: ({ context }) => context.tries + 1,
        refusedMs: 0,
        progress: null,
      }),
      notePrepared: assign({ isPrepared: true }),
      note: assign({ last: ({ event }) => endOf(event) }),
      noteTimeout: assign({
        last: failure('timeout', 'The attempt took longer than its timeout.'),
      }),
      noteLate: assign({
        last: failure('preparation_timeout', 'The condition and the input took longer than one attempt may.'),
      }),
      noteRefusal: assign({
        tries: ({ context, event }) => context.tries + ((event as Answer<'REFUSED'>).isFree ? 0 : 1),
        refusedMs: ({ event }) => (event as Answer<'REFUSED'>).retryInMs,
        last: failure(
          'circuit_open',
          'The circuit breaker of the agent is open: too many calls have failed.',
        ),
      }),
      noteRejection: assign({
        last: ({ event }) => {
          const { code, message } = event as Answer<'REJECTED'>
          return failure(code, message)
        },
      }),
      noteCancel: assign({ last: failure('cancelled', 'Nobody waits for it any more.') }),
      noteProgress: assign({
        progress: ({ event }) => (event as Answer<'PROGRESS'>).progress,
      }),
      /** The breaker hears of it; the runtime says how. */
      hear: (_, _attempt: { readonly as: Heard }) => {},
    },
    delays: {
      timeout: ({ context }) => context.timeoutMs,
      pause: ({ context: { backoff, tries, refusedMs } }) =>
        Math.min(DELAY_MAX_MS, refusedMs + backoffMs(backoff, Math.max(1, tries), random())),
    },
  }).createMachine({
    id: 'agent',
    context: ({ input }) => ({
      ...input,
      attempts: 0,
      tries: 0,
      isPrepared: !input.prepares,
      last: null,
      refusedMs: 0,
      progress: null,
    }),
    initial: 'trying',
    on: { CANCEL: { target: '.cancelled', actions: 'noteCancel' } },
    states: {
      trying: {
        // Left by whatever way, it gives the place back.
        invoke: { src: 'place', id: 'place', input: ({ context: { work } }) => ({ work }) },
        initial: 'queued',
        states: {
          queued: {
            on: {
              GRANTED: [{ guard: 'isUnprepared', target: 'preparing' }, { target: 'running' }],
              REFUSED: [
                { guard: 'mayOutlast', target: '#agent.retrying', actions: 'noteRefusal' },
                { target: '#agent.circuit_open', actions: 'noteRefusal' },
              ],
              REJECTED: { target: '#agent.rejected', actions: 'noteRejection' },
            },
          },
          preparing: {
            invoke: {
              src: 'prepare',
              id: 'prepare',
              input: ({ context: { work } }) => ({ work }),
              onDone: [
                { guard: 'isReady', target: 'running', actions: 'notePrepared' },
                { guard: 'isLeftOut', target: '#agent.skipped' },
                { target: '#agent.failed', actions: 'note' },
              ],
            },
            after: { timeout: { target: '#agent.failed', actions: 'noteLate' } },
          },
          running: {
            entry: 'count',
            invoke: {
              src: 'attempt',
              id: 'attempt',
              input: ({ context: { attempts, work } }) => ({ attempt: attempts, work }),
              onDone: [
                {
                  guard: 'hasOutput',
                  target: '#agent.succeeded',
                  actions: [hearEnd, 'note'],
                },
                {
                  guard: 'mayRetry',
                  target: '#agent.retrying',
                  actions: [hearEnd, 'note'],
                },
                { target: '#agent.failed', actions: [hearEnd, 'note'] },
              ],
            },
            on: { PROGRESS: { actions: 'noteProgress' } },
            after: {
              timeout: [
                {
                  guard: 'retriesLeft',
                  target: '#agent.retrying',
                  actions: [hearTimeout, 'noteTimeout'],
                },
                {
                  target: '#agent.timed_out',
                  actions: [hearTimeout, 'noteTimeout'],
                },
              ],
            },
          },
        },
      },
      retrying: { after: { pause: 'trying' } },
      succeeded: ends('succeeded'),
      failed: ends('failed'),
      timed_out: ends('timed_out'),
      skipped: ends('skipped'),
      circuit_open: ends('circuit_open'),
      rejected: ends('rejected'),
      cancelled: ends('cancelled'),
    },
    // XState gives a chart the output of its final state only through its root.
    output: ({ event }) => (event as unknown as { output: AgentEnd }).output,
  })
}

export const agentMachine = createAgentMachine({ random: () => 0.5 })
export type AgentMachine = ReturnType<typeof createAgentMachine>

function endedAs(status: AgentEnd['status'], { attempts, last }: AgentContext): AgentEnd {
  if (status === 'succeeded') {
    // The transition to it has just noted what the attempt made.
    const { output, changes } = last as Extract<AttemptEnd, { kind: 'output' }>
    return { status, attempts, output, error: null, ...(changes && { changes }) }
  }
  const error = status !== 'skipped' && last?.kind === 'error' ? last : null
  return { status, attempts, output: null, error: error && { code: error.code, message: error.message } }
}
