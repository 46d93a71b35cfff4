/** Tells a call that was never made from one that failed. */

import { isStagecraftError, type ErrorCode } from '../../model/errors.ts'

const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'breaker.open',
  'bulkhead.full',
  'bulkhead.timeout',
  'rate.full',
  'rate.timeout',
])

/** True for what a breaker, a bulkhead or a token bucket rejects with when it lets nobody through. */
export const isRefusal = (error: unknown): boolean => isStagecraftError(error) && REFUSALS.has(error.code)
