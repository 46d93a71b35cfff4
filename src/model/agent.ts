/** The definition of an agent: who does a task of a phase, what it takes and what it gives. */

import { z } from 'zod'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Json } from './canonical.ts'
import { Backoff } from './critic.ts'
import { LIMITS } from './limits.ts'

/** What `run` is given beside the input. */
export type AgentContext = {
  /** Aborts when the attempt times out, or the phase is halted, cut or cancelled. */
  readonly signal: AbortSignal
  /** 1 for the first attempt; after a crash it begins at 1 again. */
  readonly attempt: number
  /** The same for every attempt of this task run, also after a crash: hand it on as an idempotency key. */
  readonly key: string
}

/** Work with typed ends. Takes part in phases; may be used in any number of tasks. */
export type Agent<Name extends string = string, Input = never, Output = unknown> = {
  readonly name: Name
  readonly settings: AgentSettings
  /** Undefined: whatever the task gives. */
  readonly input: StandardSchemaV1 | undefined
  readonly output: StandardSchemaV1 | undefined
  readonly run: (input: Input, context: AgentContext) => Output | Promise<Output>
}

export type AgentDefinition<
  Name extends string,
  I extends StandardSchemaV1 | undefined,
  O extends StandardSchemaV1 | undefined,
  Returned,
  Input = InputOf<I>,
> = {
  /** 1 to 64 letters, digits, `_` or `-`. */
  readonly name: Name
  /** Checks and types what `run` is given; it gets what the schema makes of it. */
  readonly input?: I
  /** Checks and types what `run` returns. What does not fit fails the task, and is not tried again. */
  readonly output?: O
  /** One attempt, in milliseconds; default 30,000. A task may say otherwise. */
  readonly timeoutMs?: number
  /** Default: 2 retries, after errors and timeouts; not after an error marked `retryable: false`. */
  readonly retry?: { readonly retriesMax?: number; readonly backoff?: z.input<typeof Backoff> }
  /** Must honour `signal`. What it returns must be plain data: it is recorded as JSON. */
  readonly run: (input: Input, context: AgentContext) => Returned
}

export type InputOf<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : unknown
export type OutputOf<S, Returned> = S extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<S>
  : Awaited<Returned>

/** What one attempt came to. It never fails otherwise. */
export type AttemptEnd =
  | { readonly kind: 'output'; readonly output: Json }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly retryable: boolean }

const fn = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
)
const schema = z.custom<StandardSchemaV1>(
  (value) =>
    (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value,
  'must be a schema (zod, valibot, arktype, or any other Standard Schema)',
)

export const NAME_PATTERN = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$/

/** Names of agents, tasks and phases. */
export const Name = z
  .string()
  .regex(NAME_PATTERN, 'must be 1 to 64 letters, digits, "_" or "-", and begin with a letter or digit')

export const timeoutMs = z.number().min(LIMITS.timeoutMs.min).max(LIMITS.timeoutMs.max)
export const retriesMax = z.int().min(LIMITS.retriesMax.min).max(LIMITS.retriesMax.max)

export const AgentSettings = z.strictObject({
  name: Name,
  input: schema.optional(),
  output: schema.optional(),
  timeoutMs: timeoutMs.default(LIMITS.task.timeoutMs),
  retry: z
    .strictObject({
      retriesMax: retriesMax.default(LIMITS.task.retriesMax),
      backoff: Backoff.prefault(LIMITS.agentBackoff),
    })
    .prefault({}),
  run: fn,
})
export type AgentSettings = Pick<z.infer<typeof AgentSettings>, 'timeoutMs' | 'retry'>
