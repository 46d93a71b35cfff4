/** createAgents: agents called outside projects, with the same places, breakers and retries. */

import type { InspectionEvent, Observer } from 'xstate'
import { z } from 'zod'
import { wallClock } from '../../actors/wall-clock.ts'
import { retriesMax, timeoutMs, type Agent } from '../../model/agent.ts'
import type { Clock } from '../../model/clock.ts'
import { StagecraftError } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { problemsOf } from '../../model/problems.ts'
import { harmless } from '../../model/harmless.ts'
import { fn } from '../../model/function-schema.ts'
import { agentsStopped, orchestratorStopped } from '../stopped.ts'
import { INTERPRETERS, type Interpreter } from '../../model/interpreter.ts'
import { wireAgent } from '../wiring.ts'
import { AgentPool, type AgentsSummary, type CallEnd } from './agent-pool.ts'
import { queueOf } from './entry.ts'
import { overallOf, placesFor } from './overall.ts'

export type AgentCallOptions = {
  /** Aborts the call: it ends `cancelled`. */
  readonly signal?: AbortSignal
  /** What `run` is given as its idempotency key; default a new one. */
  readonly key?: string
  /** One attempt, in milliseconds; default the agent's. */
  readonly timeoutMs?: number
  /** Default the agent's. */
  readonly retriesMax?: number
}

export type Agents = {
  /**
   * Calls an agent. However it ends, that is a value: `succeeded`, `failed`, `timed_out`, `circuit_open` (at once: who
   * calls can decide better than we whether to wait), `rejected` (the queue was full, or the wait too long) or
   * `cancelled`. Rejects with `agent.invalid`, and with `orchestrator.stopped` once it was stopped.
   */
  call<Input, Output>(
    agent: Agent<string, Input, Output>,
    input: NoInfer<Input>,
    options?: AgentCallOptions,
  ): Promise<CallEnd<Output>>
  /** What became of all calls, also those of projects, and how the agents stand. */
  summary(): AgentsSummary
}

/** Agents of one's own, outside an orchestrator. */
export type OwnAgents = Agents &
  AsyncDisposable & {
    /** Takes no new call, cancels those that wait, and those that run after `drainMs`, default 10,000. */
    stop(drainMs?: number): Promise<void>
  }

export type AgentsOptions = {
  /** Listed in the summary before their first call. */
  readonly agents?: readonly Agent[]
  readonly limits?: {
    /** Calls of all agents at once; default 20, shared by everything in the process that does not say otherwise. */
    readonly callsConcurrentMax?: number
  }
  /** Default the host's clock. */
  readonly clock?: Clock
  /** 0 to 1, for the jitter of retries; default Math.random. */
  readonly random?: () => number
  /** Who steps the charts; default what STAGECRAFT_INTERPRETER says, else `compiled`. */
  readonly interpreter?: Interpreter
  /** An XState inspector: sees the agents at work. */
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void)
}

const anAgent = z.looseObject(
  { name: z.string(), run: fn, settings: z.looseObject({ bulkhead: z.looseObject({}) }) },
  'must be made by defineAgent',
)

const Options = z.strictObject({
  agents: z.array(anAgent).default([]),
  limits: z.strictObject({ callsConcurrentMax: z.int().min(1).optional() }).prefault({}),
  clock: z.looseObject({ now: fn, setTimeout: fn, clearTimeout: fn }).optional(),
  random: fn.optional(),
  interpreter: z.enum(INTERPRETERS).optional(),
  inspect: z.unknown().optional(),
})

const CallOptions = z.strictObject({
  signal: z.instanceof(AbortSignal).optional(),
  key: z.string().min(1).max(LIMITS.textCharsMax).optional(),
  timeoutMs: timeoutMs.optional(),
  retriesMax: retriesMax.optional(),
})

/** Agents to be called outside projects. Throws `agent.invalid` for options out of range. */
export function createAgents(options: AgentsOptions = {}): OwnAgents {
  const { limits } = read(Options, 'createAgents', options)
  const { agents = [], clock = wallClock, random = Math.random, inspect } = options
  const pool = new AgentPool({
    machine: wireAgent(random, options.interpreter),
    overall: limits.callsConcurrentMax ? placesFor(limits.callsConcurrentMax, clock) : overallOf(clock),
    clock,
    inspect: inspect && harmless(inspect),
  })
  for (const agent of agents) pool.know(agent)
  return {
    ...agentsOf(pool, agentsStopped),
    stop: (ms = LIMITS.drainMs) => pool.stop(ms),
    [Symbol.asyncDispose]: () => pool.stop(LIMITS.drainMs),
  }
}

/** The public side of a pool, and what it says once it was stopped. */
export function agentsOf(pool: AgentPool, stopped: () => StagecraftError = orchestratorStopped): Agents {
  return {
    call: async <Input, Output>(
      agent: Agent<string, Input, Output>,
      input: Input,
      options: AgentCallOptions = {},
    ) => {
      read(anAgent, 'a call', agent)
      read(CallOptions, `the call of "${agent.name}"`, options)
      if (pool.isClosed) throw stopped()
      const { timeoutMs: ms, retriesMax: retries, key, signal } = options
      const { settings } = agent
      const end = await pool.call({
        agent: agent as unknown as Agent,
        key: key ?? crypto.randomUUID(),
        given: { input },
        timeoutMs: ms ?? settings.timeoutMs,
        retriesMax: retries ?? settings.retry.retriesMax,
        queue: queueOf(agent as unknown as Agent, LIMITS.agent),
        isPatient: false,
        signal,
      })
      // Its own schema has checked what the agent returned.
      return end as CallEnd<Output>
    },
    summary: () => pool.summary(),
  }
}

function read<S extends z.ZodType>(schema: S, what: string, value: unknown): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new StagecraftError(
    'agent.invalid',
    `The options of ${what} are not valid: ${problemsOf(result.error)}.`,
    {
      cause: result.error,
    },
  )
}
