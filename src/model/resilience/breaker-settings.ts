/** The settings of a circuit breaker. */

import { z } from 'zod'
import { functionOf } from '../function-schema.ts'
import { LIMITS } from '../limits.ts'
import { clock, count, inspect, ms, name, share } from './settings.ts'

const { breaker, failuresRememberedMax } = LIMITS.resilience

export const BreakerSettings = z
  .strictObject({
    name: name.default('breaker'),
    failuresMax: z.int().min(1).max(failuresRememberedMax).optional(),
    failureRate: share.optional(),
    callsMin: count.default(breaker.callsMin),
    windowMs: ms.min(1).default(breaker.windowMs),
    openMs: ms.default(breaker.openMs),
    slowMs: ms.optional(),
    slowRate: share.optional(),
    trialsMax: count.default(breaker.trialsMax),
    successesToClose: count.default(breaker.successesToClose),
    isFailure: functionOf<(error: unknown) => boolean>().optional(),
    clock,
    inspect,
  })
  .refine(({ slowMs, slowRate }) => slowRate === undefined || slowMs !== undefined, {
    path: ['slowRate'],
    message: 'needs slowMs: it says which calls are slow',
  })
  .transform((settings) => ({
    ...settings,
    // Who asks for a share does not mean five failures among thousands of calls.
    failuresMax:
      settings.failuresMax ?? (settings.failureRate === undefined ? breaker.failuresMax : undefined),
    slowRate: settings.slowMs === undefined ? undefined : (settings.slowRate ?? breaker.slowRate),
  }))
export type BreakerSettings = z.output<typeof BreakerSettings>
