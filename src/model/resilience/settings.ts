/** Reads what somebody configures: strict, because a misspelt limit would be no limit. */

import { z } from 'zod'
import type { InspectionEvent } from 'xstate'
import type { Clock } from '../clock.ts'
import { StagecraftError } from '../errors.ts'
import { functionOf } from '../function-schema.ts'
import { harmless } from '../harmless.ts'
import { LIMITS } from '../limits.ts'
import { problemsOf } from '../problems.ts'

const { resilience } = LIMITS

export const name = z.string().min(1).max(LIMITS.nameCharsMax)
/** A time; `LIMITS.timeoutMs.max` at most. */
export const ms = z.number().positive().max(LIMITS.timeoutMs.max)
/** A time that may also be Infinity, for no bound. */
export const msOrNone = z.union([ms, z.literal(Infinity)])
/** Above 0, to 1. */
export const share = z.number().positive().max(1)
export const count = z.int().min(1).max(resilience.callsMax)
export const countOrNone = z.int().min(0).max(resilience.callsMax)

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isClock = (value: unknown): boolean =>
  ['now', 'setTimeout', 'clearTimeout'].every((part) => isFunction(Object(value)[part]))

export const clock = z.custom<Clock>(isClock, 'must be a clock: now, setTimeout and clearTimeout').optional()
/** Hears a chart, as XState's inspection events; what it throws is dropped. */
export const inspect = functionOf<(event: InspectionEvent) => void>().transform(harmless).optional()

/** The settings with their defaults. Throws `resilience.invalid`, naming every problem. */
export function readSettings<S extends z.ZodType>(schema: S, what: string, options: unknown): z.output<S> {
  const read = schema.safeParse(options)
  if (read.success) return read.data
  throw new StagecraftError(
    'resilience.invalid',
    `The options of ${what} are not valid: ${problemsOf(read.error)}.`,
    { cause: read.error },
  )
}
