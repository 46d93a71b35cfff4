import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import {
  combine,
  createAdaptiveLimit,
  createBulkhead,
  createCircuitBreaker,
  createRetry,
  createSaga,
  createTokenBucket,
  withTimeout,
  type CallOptions,
  type Work,
} from 'stagecraft/resilience'
import { steppingClock } from 'stagecraft/testing'
import { outcomeOf } from './outcome.ts'

/** Every way to call work, on a clock that stands still. */
function ways() {
  const clock = steppingClock()
  const backoff = { baseMs: 0 }
  const parts = {
    breaker: createCircuitBreaker({ clock, failuresMax: 100 }),
    bulkhead: createBulkhead({ clock, concurrentMax: 2, queueMs: Infinity }),
    rate: createTokenBucket({ clock, ratePerSecond: 1, burst: 100 }),
    limit: createAdaptiveLimit({ clock }),
    retry: createRetry({ clock, retriesMax: 1, backoff }),
  }
  type Call = (work: Work<unknown>, options: CallOptions) => Promise<unknown>
  const calls: Record<string, Call> = {
    everything: (work, options) => combine({ ...parts, timeoutMs: 1_000, clock }).call(work, options),
    timeout: (work, options) => withTimeout(1_000, work, { ...options, clock }),
    saga: (work, options) =>
      createSaga({ steps: [{ name: 'a', run: (_, { signal }) => work(signal) }], clock }).run(null, options),
  }
  for (const [name, part] of Object.entries(parts)) calls[name] = (work, options) => part.call(work, options)
  return { clock, calls: Object.entries(calls) }
}

describe('a signal that outlives the calls it was handed to', () => {
  it.each(ways().calls.map(([name]) => name))('is left without listeners by %s', async (name) => {
    const { clock, calls } = ways()
    const [, call] = calls.find(([own]) => own === name) ?? []
    const { signal } = new AbortController()
    const works: Work<unknown>[] = [
      () => 'well',
      async () => 'later',
      () => Promise.reject(new Error('boom')),
    ]
    // More at once than there are places, so that some wait.
    const all = Promise.all(
      [...works, ...works].map((work) => outcomeOf(Promise.resolve(call?.(work, { signal })))),
    )
    await clock.run(all)
    expect([getEventListeners(signal, 'abort'), clock.armed]).toEqual([[], []])
  })
})
