/** Several parts around one call, in the one order that makes sense. */

import { z } from 'zod'
import type { Clock } from '../../model/clock.ts'
import { clock, ms, name, readSettings } from '../../model/resilience/settings.ts'
import { AdaptiveLimit } from './adaptive-limit.ts'
import { Bulkhead } from './bulkhead.ts'
import type { CallOptions, Work } from './call-options.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import { oneAttempt, Retry, type AttemptWork } from './retry.ts'
import { runWork } from './run-work.ts'
import { TokenBucket } from './token-bucket.ts'
import { holdTo } from './with-timeout.ts'

/** From the outside in; leave out what is not needed. A part may be in as many combinations as one likes. */
export type Parts = {
  /** Goes through all that follows again for each attempt, and holds nothing while it pauses. */
  readonly retry?: Retry
  /** A token is taken before a place, so that no place is held while there is none. */
  readonly rate?: TokenBucket
  /** Places in both are taken at once. What waits for them has not begun: no breaker or timeout hears of it. */
  readonly bulkhead?: Bulkhead
  readonly limit?: AdaptiveLimit
  /** Hears what the call itself came to, its timeout included. */
  readonly breaker?: CircuitBreaker
  /** For one attempt, without what it waited. */
  readonly timeoutMs?: number
  /** Whose time that is, for the code of the error: `timeout.<scope>`; default "call". */
  readonly scope?: string
  /** For the timeout; the other parts have their own. */
  readonly clock?: Clock
}

export type Combined = {
  /** Rejects like the part that would not have it, like the work, or with the signal's reason. */
  call<T>(work: AttemptWork<T>, options?: CallOptions): Promise<T>
}

const Options = z
  .strictObject({
    retry: z.instanceof(Retry).optional(),
    rate: z.instanceof(TokenBucket).optional(),
    bulkhead: z.instanceof(Bulkhead).optional(),
    limit: z.instanceof(AdaptiveLimit).optional(),
    breaker: z.instanceof(CircuitBreaker).optional(),
    timeoutMs: ms.optional(),
    scope: name.default('call'),
    clock,
  })
  .refine(
    ({ retry, rate, bulkhead, limit, breaker, timeoutMs }) =>
      [retry, rate, bulkhead, limit, breaker, timeoutMs].some((part) => part !== undefined),
    { message: 'there is nothing to combine; name at least one part' },
  )
type Settings = z.output<typeof Options>

type Run = <T>(work: Work<T>, options: CallOptions | undefined) => T | Promise<T>
type Layer = { guard<T>(run: () => T | Promise<T>, options?: CallOptions): Promise<T> }

/** `retry` around `rate` around `bulkhead` and `limit` around `breaker` around `timeoutMs`. Throws `resilience.invalid`. */
export function combine(parts: Parts): Combined {
  const settings = readSettings(Options, 'combine', parts)
  const { retry, rate, breaker } = settings
  let run = innermost(settings)
  for (const layer of [breaker, placesOf(settings), rate]) if (layer) run = around(layer, run)
  return {
    call: (work, options) =>
      retry
        ? retry.call((_, attempt) => run(oneAttempt(work, attempt), options), options)
        : // There is at least one layer, and each gives a promise.
          Promise.resolve(run(oneAttempt(work, 1), options)),
  }
}

/** Here, and nowhere further out, the call races against the caller's signal. */
function innermost({ timeoutMs, scope, clock: time }: Settings): Run {
  if (timeoutMs === undefined) return (work, options) => runWork(work, options?.signal)
  return (work, options) => holdTo({ ms: timeoutMs, scope, clock: time, signal: options?.signal }, work)
}

const around =
  (layer: Layer, run: Run): Run =>
  (work, options) =>
    layer.guard(() => run(work, options), options)

function placesOf({ bulkhead, limit }: Settings): Layer | undefined {
  if (!bulkhead || !limit) return limit ?? bulkhead
  return { guard: (run, options) => limit.guard(run, { ...options, within: bulkhead }) }
}
