/** The settings of an adaptive limit. */

import { z } from 'zod'
import { functionOf } from '../function-schema.ts'
import { LIMITS } from '../limits.ts'
import { BulkheadSettings } from './bulkhead-settings.ts'
import { count, ms, name } from './settings.ts'

const { adaptive, callsMax } = LIMITS.resilience

export const AdaptiveSettings = BulkheadSettings.omit({ concurrentMax: true })
  .extend({
    name: name.default('adaptive'),
    min: count.default(adaptive.min),
    max: count.default(adaptive.max),
    initial: count.optional(),
    latencyMs: ms.optional(),
    increase: z.number().positive().max(callsMax).default(adaptive.increase),
    decrease: z.number().positive().lt(1).default(adaptive.decrease),
    coolMs: z.number().min(0).max(LIMITS.timeoutMs.max).default(adaptive.coolMs),
    isCongestion: functionOf<(error: unknown) => boolean>().optional(),
  })
  .transform((settings) => ({
    ...settings,
    initial: settings.initial ?? Math.min(settings.max, Math.max(settings.min, adaptive.initial)),
  }))
  .refine(({ min, initial, max }) => min <= initial && initial <= max, {
    path: ['initial'],
    message: 'must lie between min and max',
  })
export type AdaptiveSettings = z.output<typeof AdaptiveSettings>
