/** The definition of a critic: its settings as data, and the function that does the work. */

import { Backoff } from './backoff.ts'
import { z } from 'zod'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Finding } from './finding.ts'
import { LIMITS } from './limits.ts'
import type { CriticInput, ReviewContext } from './review-input.ts'
import { STAGES, type Stage } from './stages.ts'

export const POLICIES = ['ALWAYS', 'ON_VIOLATION', 'ON_HIGH_RISK', 'ON_UNCERTAINTY'] as const

/** When a critic runs, by name. */
export type PolicyName = (typeof POLICIES)[number]

/** What a condition is asked with: the review's context, and the findings of every critic it looks at, by name. */
export type ConditionInput = {
  readonly context: ReviewContext
  readonly findings: Readonly<Record<string, Finding>>
}

/** A condition of the user's own; the critic runs when it says true. */
export type Condition = { readonly when: (input: ConditionInput) => boolean | Promise<boolean> }

export type Policy = PolicyName | Condition

export const DOMAINS = ['rights', 'autonomy', 'fairness', 'truth', 'risk', 'operations'] as const

/** What a critic speaks for. Reasons are listed in this order, other domains after them. */
export type Domain = (typeof DOMAINS)[number]

/** What `evaluate` is given beside the input. */
export type EvaluateContext<Prior extends string = string> = {
  /** Aborts when the attempt times out or the review is cut. */
  readonly signal: AbortSignal
  /** The findings of the critics named in `dependsOn`. */
  readonly prior: Readonly<Record<Prior, Finding>>
  /** 1 for the first attempt. */
  readonly attempt: number
  /** The same for every attempt of this critic in this review: use it as an idempotency key. */
  readonly key: string
}

export const Retry = z.strictObject({
  retriesMax: z
    .number()
    .int()
    .min(LIMITS.retriesMax.min)
    .max(LIMITS.retriesMax.max)
    .default(LIMITS.retriesMax.default),
  onTimeout: z.boolean().default(false),
  backoff: Backoff.prefault({}),
})

export const CriticLimits = z.strictObject({
  concurrentMax: z.number().int().min(1).optional(),
  ratePerSecond: z.number().positive().finite().optional(),
  burst: z.number().int().min(1).default(1),
})
/** A critic's own limits, held over all reviews of the process that share them. */
export type CriticLimits = z.infer<typeof CriticLimits>

/** Letters, digits, `_`, `-` and `.`; it is a key of `review.critics`. */
export const CriticName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[a-zA-Z][\w.-]*$/, 'must begin with a letter and go on with letters, digits, "_", "-" or "."')

const isFunction = (value: unknown) => typeof value === 'function'

/** The shape of a definition, with the defaults of all that does not depend on classification. */
export const CriticSettings = z.strictObject({
  name: CriticName,
  stage: z.enum(STAGES).optional(),
  priority: z.number().int().min(LIMITS.priority.min).max(LIMITS.priority.max).optional(),
  policy: z
    .union([
      z.enum(POLICIES),
      z.strictObject({ when: z.custom<Condition['when']>(isFunction, 'must be a function') }),
    ])
    .optional(),
  dependsOn: z.array(z.string()).default([]),
  required: z.boolean().default(true),
  domain: z.string().min(1).optional(),
  timeoutMs: z.number().min(LIMITS.timeoutMs.min).max(LIMITS.timeoutMs.max).default(LIMITS.timeoutMs.default),
  retry: Retry.prefault({}),
  limits: CriticLimits.prefault({}),
  cost: z.number().min(0).max(LIMITS.costMax).default(1),
  tags: z.array(z.string()).default([]),
  version: z.string().default('1'),
  output: z
    .custom<StandardSchemaV1>(
      (value) => typeof value === 'object' && value !== null && '~standard' in value,
      'must be a zod schema or another Standard Schema',
    )
    .optional(),
  validate: z.custom<(finding: Finding) => boolean | string>(isFunction, 'must be a function').optional(),
  evaluate: z.custom<Evaluate>(isFunction, 'must be a function: (input, { signal }) => finding'),
})
export type CriticSettings = z.infer<typeof CriticSettings>

/** The work of a critic, once its types are forgotten. */
export type Evaluate = (input: CriticInput, context: EvaluateContext) => unknown

/** The finding of a critic whose `output` is the schema S; without a schema, a plain Finding. */
export type FindingOf<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> & Finding : Finding

/** What `evaluate` may return: what the schema accepts; without a schema, a Finding. */
export type Evaluated<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S> & Finding : Finding

/** What a person writes to define a critic. Only `name` and `evaluate` are needed. */
export type CriticDefinition<
  Name extends string = string,
  DependsOn extends string = string,
  S extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
> = {
  /** Unique in the panel; the key of its result. */
  readonly name: Name
  /** Default CORE_ANALYSIS. */
  readonly stage?: Stage
  /** 1 goes first, 10 last; default 5. */
  readonly priority?: number
  /** When it runs; default ALWAYS. */
  readonly policy?: Policy
  /** Critics of the same or an earlier stage; their findings arrive in `prior`. */
  readonly dependsOn?: readonly DependsOn[]
  /** Default true: when this critic cannot be heard, the verdict is at least `escalate`. */
  readonly required?: boolean
  /** Default: the name, if it is one of the six domains. */
  readonly domain?: Domain | (string & {})
  /** Milliseconds for one attempt; default 10,000. */
  readonly timeoutMs?: number
  /** Default: no retries. */
  readonly retry?: {
    readonly retriesMax?: number
    readonly onTimeout?: boolean
    readonly backoff?: Partial<Backoff>
  }
  /** Default: none but those of the panel. */
  readonly limits?: {
    readonly concurrentMax?: number
    readonly ratePerSecond?: number
    readonly burst?: number
  }
  /** Relative weight, for the cost summary and the budget; default 1. */
  readonly cost?: number
  readonly tags?: readonly string[]
  /** Part of the cache key: change it when the critic's judgement changes. Default '1'. */
  readonly version?: string
  /** A zod schema, or any Standard Schema; it refines the type of the finding. */
  readonly output?: S
  /** True, or a message that says what is wrong with the finding. */
  readonly validate?: (finding: FindingOf<S>) => boolean | string
  readonly evaluate: (
    input: CriticInput,
    context: EvaluateContext<DependsOn>,
  ) => Evaluated<S> | Promise<Evaluated<S>>
}

/** A defined critic, as panels take it. Its `evaluate` refuses to be called outside a panel. */
export type Critic<
  Name extends string = string,
  DependsOn extends string = string,
  F extends Finding = Finding,
> = {
  readonly name: Name
  readonly dependsOn: readonly DependsOn[]
  readonly settings: CriticSettings
  readonly evaluate: (input: CriticInput, context: EvaluateContext) => F | Promise<F>
}
