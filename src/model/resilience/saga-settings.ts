/** The settings of a saga that lives in one process. */

import { z } from 'zod'
import { functionOf } from '../function-schema.ts'
import { LIMITS } from '../limits.ts'
import { clock, inspect, name } from './settings.ts'

type Fn = (...args: never[]) => unknown

export const SagaSettings = z.strictObject({
  name: name.default('saga'),
  steps: z
    .array(
      z.strictObject({
        name,
        run: functionOf<Fn>(),
        compensate: functionOf<Fn>().optional(),
        irreversible: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(LIMITS.tasksMax)
    .refine((steps) => new Set(steps.map((step) => step.name)).size === steps.length, {
      message: 'every step needs a name of its own',
    }),
  lingerMs: z.number().min(0).max(LIMITS.timeoutMs.max).default(LIMITS.lingerMs),
  onIntent: functionOf<Fn>().optional(),
  clock,
  inspect,
})
