/** How long to wait before a retry. */

import { z } from 'zod'
import { DELAY_MAX_MS, LIMITS } from './limits.ts'

/** The delay before retry n is `baseMs * factor^(n-1)`, at most `maxMs`; `full` jitter draws from 0 to that. */
export const Backoff = z.strictObject({
  baseMs: z.number().min(0).max(LIMITS.timeoutMs.max).default(LIMITS.backoff.baseMs),
  factor: z.number().min(1).max(1_000).default(LIMITS.backoff.factor),
  maxMs: z.number().min(0).max(LIMITS.timeoutMs.max).default(LIMITS.backoff.maxMs),
  jitter: z.enum(['full', 'none']).default('full'),
})
export type Backoff = z.infer<typeof Backoff>

/**
 * Milliseconds before retry n (from 1): `min(maxMs, baseMs * factor^(n-1))`, with full jitter times `chance` (0 to 1).
 * Source of full jitter: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backoffMs(backoff: Backoff, retry: number, chance: number): number {
  const { baseMs, factor, maxMs, jitter } = backoff
  const delayMs = Math.min(maxMs, baseMs * factor ** (retry - 1), DELAY_MAX_MS)
  // A source of chance that is out of its range must not exceed the cap.
  return jitter === 'full' ? delayMs * Math.min(1, Math.max(0, chance || 0)) : delayMs
}
