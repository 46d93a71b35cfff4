/** The options of a panel: what may be given, its ranges, and its defaults. */

import { z } from 'zod'
import type { FindingCache } from '../../actors/cache.ts'
import type { Validation } from '../../actors/check-finding.ts'
import type { Hooks } from '../../actors/hooks.ts'
import { Limits, type LimitsOptions } from '../../actors/limits/limits.ts'
import { systemClock } from '../../actors/system-clock.ts'
import type { Clock } from '../../model/clock.ts'
import { StagecraftError } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { INTERPRETERS, type Interpreter } from '../../model/interpreter.ts'
import { STAGES, type Stage } from '../../model/stages.ts'
import { DEFAULT_RULES, type VerdictRules } from '../../model/verdict.ts'
import { problemsOf } from '../../model/problems.ts'
import { fn } from '../../model/function-schema.ts'

export type PanelOptions = {
  /** What may run and wait at once: bounds of this panel's own, or `createLimits()` to share them. */
  readonly limits?: Omit<LimitsOptions, 'clock'> | Limits
  /** Retries of all critics of one review together; default 20. */
  readonly retriesTotalMax?: number
  /** Weight one review may spend; default no bound. */
  readonly budget?: { readonly costMax?: number }
  /** Milliseconds. Defaults: review 60,000, queue 30,000, hook 1,000; a stage has the review's. */
  readonly timeouts?: {
    readonly reviewMs?: number
    readonly perStageMs?: Readonly<Partial<Record<Stage, number>>>
    readonly queueMs?: number
    readonly hookMs?: number
  }
  /** False: every critic runs, whatever its policy. Default true. */
  readonly gating?: boolean
  /** False: nothing is retried. Default true. */
  readonly retries?: boolean
  /** Default `report`. */
  readonly validation?: Validation
  /** True: once the verdict is deny, later stages are skipped. Default false. */
  readonly shortCircuit?: boolean
  /** True: stage, priority and policy that a definition leaves open are proposed from its name. Default false. */
  readonly classify?: boolean
  /** Where severity and uncertainty turn into a verdict. */
  readonly verdict?: Partial<VerdictRules>
  readonly cache?: FindingCache
  readonly hooks?: Hooks
  readonly clock?: Clock
  /** 0 to 1; default Math.random. */
  readonly random?: () => number
  /** Who steps the charts; default what STAGECRAFT_INTERPRETER says, else `compiled`. */
  readonly interpreter?: Interpreter
}

const delay = z.number().min(1).max(LIMITS.timeoutMs.max)
const Options = z.strictObject({
  limits: z
    .strictObject({
      concurrentMax: z.number().optional(),
      perStage: z.partialRecord(z.enum(STAGES), z.number()).optional(),
      queueMax: z.number().optional(),
      reviewsMax: z.number().optional(),
    })
    .optional(),
  retriesTotalMax: z.number().int().min(0).default(LIMITS.retriesTotalMax),
  budget: z
    .strictObject({ costMax: z.number().min(0).default(Infinity).or(z.literal(Infinity)) })
    .prefault({}),
  timeouts: z
    .strictObject({
      reviewMs: delay.default(LIMITS.reviewMs),
      perStageMs: z.partialRecord(z.enum(STAGES), delay).default({}),
      queueMs: delay.default(LIMITS.queueMs),
      hookMs: delay.default(LIMITS.hookMs),
    })
    .prefault({}),
  gating: z.boolean().default(true),
  retries: z.boolean().default(true),
  validation: z.enum(['report', 'strict', 'off']).default('report'),
  shortCircuit: z.boolean().default(false),
  classify: z.boolean().default(false),
  verdict: z
    .strictObject({
      denyAt: z.number().min(0).max(3).default(DEFAULT_RULES.denyAt),
      constrainAt: z.number().min(0).max(3).default(DEFAULT_RULES.constrainAt),
      uncertainAt: z.number().min(0).max(1).default(DEFAULT_RULES.uncertainAt),
      onGated: z.enum(['ignore', 'escalate']).default(DEFAULT_RULES.onGated),
    })
    .prefault({}),
  cache: z.looseObject({ get: fn, set: fn }).optional(),
  hooks: z
    .strictObject({ beforeCritic: fn.optional(), afterCritic: fn.optional(), onCriticFailure: fn.optional() })
    .prefault({}),
  clock: z.looseObject({ now: fn, setTimeout: fn, clearTimeout: fn }).optional(),
  random: fn.optional(),
  interpreter: z.enum(INTERPRETERS).optional(),
})

/** Options with every default filled in. Throws `panel.invalid`, naming what is out of range. */
export function readPanelOptions(given: PanelOptions) {
  const { limits } = given
  // Shared limits were checked when they were made.
  const parsed = Options.safeParse(limits instanceof Limits ? { ...given, limits: undefined } : given)
  if (!parsed.success) {
    throw new StagecraftError(
      'panel.invalid',
      `The options of the panel are not valid: ${problemsOf(parsed.error)}.`,
      {
        cause: parsed.error,
      },
    )
  }
  const { retriesTotalMax, budget, timeouts, gating, retries, validation, shortCircuit, classify, verdict } =
    parsed.data
  const clock = given.clock ?? systemClock
  return {
    retriesTotalMax,
    budget,
    timeouts,
    gating,
    retries,
    validation,
    shortCircuit,
    classify,
    verdict,
    clock,
    limits: limits instanceof Limits ? limits : new Limits({ ...limits, clock }),
    cache: given.cache,
    hooks: given.hooks ?? {},
    random: given.random ?? Math.random,
    interpreter: given.interpreter,
  }
}

export type ReadPanelOptions = ReturnType<typeof readPanelOptions>
