/** An agent at work on one task: attempts, each bounded in time, with pauses between them. */

import { assign, setup, type DoneActorEvent, type ErrorActorEvent } from 'xstate'
import type { AttemptEnd } from '../model/agent.ts'
import { backoffMs } from '../model/backoff.ts'
import type { Backoff } from '../model/critic.ts'
import type { Json } from '../model/canonical.ts'
import { port } from './port.ts'

export type AgentInput = {
  readonly timeoutMs: number
  readonly retriesMax: number
  readonly backoff: Backoff
  /** What the attempts do; the chart only hands it on. */
  readonly work?: unknown
}

export type AttemptInput = { readonly attempt: number } & Pick<AgentInput, 'work'>

export type AgentEnd = {
  readonly status: 'succeeded' | 'failed' | 'timed_out'
  readonly attempts: number
  readonly output: Json
  readonly error: { readonly code: string; readonly message: string } | null
}

export type AgentContext = AgentInput & { readonly attempts: number; readonly last: AttemptEnd | null }

const TIMED_OUT = { code: 'timeout', message: 'The attempt took longer than its timeout.' }

const endOf = (event: object) => (event as DoneActorEvent<AttemptEnd>).output

/** The chart. `random` draws from 0 to 1, for the jitter of the pauses. */
export function createAgentMachine({ random }: { readonly random: () => number }) {
  return setup({
    types: {
      input: {} as AgentInput,
      context: {} as AgentContext,
      events: {} as DoneActorEvent<AttemptEnd, 'attempt'> | ErrorActorEvent,
      output: {} as AgentEnd,
    },
    actors: { attempt: port<AttemptInput, AttemptEnd>('attempt') },
    guards: {
      hasOutput: ({ event }) => endOf(event).kind === 'output',
      mayRetry: ({ context, event }) => {
        const end = endOf(event)
        return context.attempts <= context.retriesMax && end.kind === 'error' && end.retryable
      },
      retriesLeft: ({ context }) => context.attempts <= context.retriesMax,
    },
    actions: {
      count: assign({ attempts: ({ context }) => context.attempts + 1 }),
      note: assign({ last: ({ event }) => endOf(event) }),
      noteTimeout: assign({ last: { kind: 'error', ...TIMED_OUT, retryable: true } }),
    },
    delays: {
      timeout: ({ context }) => context.timeoutMs,
      pause: ({ context }) => backoffMs(context.backoff, context.attempts, random()),
    },
  }).createMachine({
    id: 'agent',
    context: ({ input }) => ({ ...input, attempts: 0, last: null }),
    initial: 'running',
    states: {
      running: {
        entry: 'count',
        invoke: {
          src: 'attempt',
          id: 'attempt',
          input: ({ context: { attempts, work } }) => ({ attempt: attempts, work }),
          onDone: [
            { guard: 'hasOutput', target: 'succeeded', actions: 'note' },
            { guard: 'mayRetry', target: 'retrying', actions: 'note' },
            { target: 'failed', actions: 'note' },
          ],
        },
        after: {
          timeout: [
            { guard: 'retriesLeft', target: 'retrying', actions: 'noteTimeout' },
            { target: 'timed_out', actions: 'noteTimeout' },
          ],
        },
      },
      retrying: { after: { pause: 'running' } },
      succeeded: { type: 'final', output: ({ context }) => endedAs('succeeded', context) },
      failed: { type: 'final', output: ({ context }) => endedAs('failed', context) },
      timed_out: { type: 'final', output: ({ context }) => endedAs('timed_out', context) },
    },
    // XState gives a chart the output of its final state only through its root.
    output: ({ event }) => (event as unknown as { output: AgentEnd }).output,
  })
}

export const agentMachine = createAgentMachine({ random: () => 0.5 })
export type AgentMachine = ReturnType<typeof createAgentMachine>

function endedAs(status: AgentEnd['status'], { attempts, last }: AgentContext): AgentEnd {
  const isOutput = last?.kind === 'output'
  return {
    status,
    attempts,
    output: isOutput ? last.output : null,
    error: last && !isOutput ? { code: last.code, message: last.message } : null,
  }
}
