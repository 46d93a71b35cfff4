/** The settings of a token bucket. */

import { z } from 'zod'
import { LIMITS } from '../limits.ts'
import { clock, count, countOrNone, msOrNone, name } from './settings.ts'

const { rate, perSecondMax } = LIMITS.resilience

export const RateSettings = z.strictObject({
  name: name.default('rate'),
  ratePerSecond: z.number().positive().max(perSecondMax),
  burst: count.default(rate.burst),
  queueMax: countOrNone.default(rate.queueMax),
  queueMs: msOrNone.default(rate.queueMs),
  clock,
})
export type RateSettings = z.output<typeof RateSettings>
