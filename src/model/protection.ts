/** What stands around the calls of an agent: a circuit breaker, a bulkhead, a rate. */

import { z } from 'zod'
import { LIMITS } from './limits.ts'
import { BreakerSettings } from './resilience/breaker-settings.ts'
import { count, countOrNone, msOrNone } from './resilience/settings.ts'

/** What an agent needs of a breaker that was made elsewhere; that of `stagecraft/resilience` is one. */
export type AgentBreaker = {
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN'
  /** In milliseconds of its clock; undefined unless it is OPEN. */
  readonly retryAt: number | undefined
  enter(): BreakerPass | undefined
}

/** Leave to make one attempt; the first of its three ends counts. */
export type BreakerPass = {
  succeed(durationMs?: number): void
  fail(durationMs?: number): void
  drop(): void
}

/** What an agent needs of a bulkhead that was made elsewhere; that of `stagecraft/resilience` is one. */
export type AgentBulkhead = {
  readonly concurrentMax: number
  enter(options?: { readonly signal?: AbortSignal }): Promise<{ leave(): void }>
  tryEnter(): { leave(): void } | undefined
}

/** True for something that was made, false for its settings. */
export const isMade = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'enter' in value && typeof value.enter === 'function'

const Bulkhead = z.strictObject({
  concurrentMax: count.default(LIMITS.agent.concurrentMax),
  queueMax: countOrNone.optional(),
  queueMs: msOrNone.optional(),
})

const Rate = z.strictObject({
  ratePerSecond: z.number().positive().max(LIMITS.resilience.perSecondMax),
  burst: count.default(LIMITS.resilience.rate.burst),
})

type OwnBreaker = Omit<z.input<typeof BreakerSettings>, 'name' | 'isFailure' | 'clock' | 'inspect'>

const NOT_ITS_OWN = ['name', 'isFailure', 'clock', 'inspect']

/** Those of a breaker, without what an agent knows by itself. */
const OwnBreaker = z
  .unknown()
  .superRefine((value, context) => {
    for (const key of Object.keys(Object(value)))
      if (NOT_ITS_OWN.includes(key))
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'is not for the breaker of an agent to say',
        })
  })
  .pipe(BreakerSettings)

/** What was made elsewhere, or settings; a union would not say what is wrong with them. */
const madeOr = <Made, S extends z.ZodType>(
  what: string,
  isOf: (value: unknown) => value is Made,
  settings: S,
) =>
  z.unknown().transform((value, context): Made | z.output<S> => {
    if (isOf(value)) return value
    if (isMade(value)) {
      context.addIssue({ code: 'custom', message: `must be ${what} of stagecraft/resilience, or settings` })
      return z.NEVER
    }
    const read = settings.safeParse(value)
    if (read.success) return read.data
    for (const { path, message } of read.error.issues)
      context.addIssue({ code: 'custom', path: [...path], message })
    return z.NEVER
  })

/** Whatever has an `enter` is not settings; which of the parts it is, its other members say. */
const isMadeWith = (member: string, value: unknown): boolean => isMade(value) && member in Object(value)

const isBreaker = (value: unknown): value is AgentBreaker | false =>
  value === false || isMadeWith('retryAt', value)
const isBulkhead = (value: unknown): value is AgentBulkhead => isMadeWith('tryEnter', value)

export const Protection = {
  breaker: madeOr('a circuit breaker', isBreaker, OwnBreaker).prefault({}),
  bulkhead: madeOr('a bulkhead', isBulkhead, Bulkhead).prefault({}),
  rate: Rate.optional(),
}

export type ProtectionOptions = {
  /**
   * Shared by everybody who uses the agent; default: 5 failures within 60 s open it for 60 s, then 3 successful trials
   * close it. A breaker of `stagecraft/resilience` is shared with whoever else has it; false for none.
   */
  readonly breaker?: OwnBreaker | AgentBreaker | false
  /**
   * Shared by everybody who uses the agent; default: 5 calls at once. Tasks of projects wait as long as it takes, other
   * calls at most 30 s and at most 100 of them, unless `queueMs` and `queueMax` say otherwise for both.
   */
  readonly bulkhead?: z.input<typeof Bulkhead> | AgentBulkhead
  /** Attempts of everybody together; default no bound. */
  readonly rate?: z.input<typeof Rate>
}
