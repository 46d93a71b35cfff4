/** The definition of an agent: who does a task of a phase, what it takes and what it gives. */

import { z } from 'zod'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Json } from './canonical.ts'
import { Backoff } from './backoff.ts'
import type { IsaChange } from './isa/change.ts'
import type { Isa } from './isa/isa.ts'
import { LIMITS } from './limits.ts'
import { Name } from './name.ts'
import { Protection, type ProtectionOptions } from './protection.ts'
import { fn } from './function-schema.ts'

/** What `run` is given beside the input. */
export type AgentContext = {
  /** Aborts when the attempt times out, or the phase is halted, cut or cancelled. */
  readonly signal: AbortSignal
  /** 1 for the first attempt; after a crash it begins at 1 again. */
  readonly attempt: number
  /** The same for every attempt of this task run, also after a crash: hand it on as an idempotency key. */
  readonly key: string
  /**
   * Says how far the work is: a number from 0 to 1, or that and a text. Call it as often as you like: at most one report
   * a second is told, the newest, and the last one before the end always. Nonsense is passed over.
   */
  readonly progress: (report: number | ProgressReport) => void
  /**
   * The project's physical values: a working copy of this attempt, the same each time it is asked for. What is set in it
   * is recorded when the attempt succeeds, and becomes the project's when its phase passes. Outside of a project it is
   * empty, and forgotten.
   */
  readonly isa: () => Promise<Isa>
}

export type ProgressReport = {
  /** From 0 to 1; what lies outside is taken for the nearer of the two. */
  readonly fraction?: number
  /** At most 1,000 characters; the rest is cut. */
  readonly message?: string
}

/** A report as it is told. */
export type Progress = { readonly fraction: number | null; readonly message: string | null }

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
> = ProtectionOptions & {
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
export type AttemptEnd = AttemptOutput | AttemptError

export type AttemptOutput = {
  readonly kind: 'output'
  readonly output: Json
  /** What it has set in the ISA. */
  readonly changes?: readonly IsaChange[]
}

export type AttemptError = {
  readonly kind: 'error'
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  /** `call`: another call of the agent may well succeed, so its breaker does not hear of it. */
  readonly fault: 'agent' | 'call'
}

/** What came of the condition and the input of a task. `left_out`: its condition was false. */
export type Preparation = { readonly kind: 'ready' } | { readonly kind: 'left_out' } | AttemptError

/** What a breaker hears of an attempt. */
export type Heard = 'success' | 'failure' | 'neither'

/** What a call hears that has asked for a place. */
export type PlaceAnswer =
  | { readonly type: 'GRANTED' }
  /** Its breaker lets nobody through; `isFree` while it only has no room for one more trial. */
  | { readonly type: 'REFUSED'; readonly retryInMs: number; readonly isFree: boolean }
  /** The queue is full, or the wait in it took too long. */
  | { readonly type: 'REJECTED'; readonly code: string; readonly message: string }
  /** Nobody gets a place any more. */
  | { readonly type: 'CANCEL' }

/** How work of an agent can end. */
export const AGENT_ENDS = [
  'succeeded',
  'failed',
  'timed_out',
  'skipped',
  'circuit_open',
  'rejected',
  'cancelled',
] as const

/** What all attempts of an agent at one task, or at one call, came to. */
export type AgentEnd<Output = Json> = { readonly attempts: number } & (
  | {
      readonly status: 'succeeded'
      readonly output: Output
      readonly error: null
      /** What it has set in the ISA. */
      readonly changes?: readonly IsaChange[]
    }
  | {
      readonly status: Exclude<(typeof AGENT_ENDS)[number], 'succeeded'>
      readonly output: null
      /** Null when it was skipped. */
      readonly error: { readonly code: string; readonly message: string } | null
    }
)

const schema = z.custom<StandardSchemaV1>(
  (value) =>
    (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value,
  'must be a schema (zod, valibot, arktype, or any other Standard Schema)',
)

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
  ...Protection,
  run: fn,
})
export type AgentSettings = Pick<
  z.infer<typeof AgentSettings>,
  'timeoutMs' | 'retry' | 'breaker' | 'bulkhead' | 'rate'
>
