/** The settings of a bulkhead. */

import { z } from 'zod'
import { LIMITS } from '../limits.ts'
import { clock, count, countOrNone, inspect, msOrNone, name } from './settings.ts'

const { bulkhead } = LIMITS.resilience

export const BulkheadSettings = z.strictObject({
  name: name.default('bulkhead'),
  concurrentMax: count.default(bulkhead.concurrentMax),
  queueMax: countOrNone.default(bulkhead.queueMax),
  queueMs: msOrNone.default(bulkhead.queueMs),
  clock,
  inspect,
})
export type BulkheadSettings = z.output<typeof BulkheadSettings>

/** What one caller may say of its own wait. */
export const WaitSettings = z.strictObject({ queueMax: countOrNone.optional(), queueMs: msOrNone.optional() })
