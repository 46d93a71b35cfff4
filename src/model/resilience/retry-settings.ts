/** The settings of a retry. */

import { z } from 'zod'
import { Backoff } from '../backoff.ts'
import { functionOf } from '../function-schema.ts'
import { LIMITS } from '../limits.ts'
import { clock } from './settings.ts'

const { retry } = LIMITS.resilience
const { baseMs, factor, maxMs, jitter } = Backoff.shape

export const RetrySettings = z.strictObject({
  retriesMax: z.int().min(0).max(LIMITS.retriesMax.max).default(retry.retriesMax),
  backoff: z
    .strictObject({
      baseMs: baseMs.unwrap().default(retry.backoff.baseMs),
      factor: factor.unwrap().default(retry.backoff.factor),
      maxMs: maxMs.unwrap().default(retry.backoff.maxMs),
      jitter,
    })
    .prefault({}),
  isRetryable: functionOf<(error: unknown, attempt: number) => boolean>().optional(),
  random: functionOf<() => number>().optional(),
  clock,
})
export type RetrySettings = z.output<typeof RetrySettings>
