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

describe('a signal that nobody handed in', () => {
  it('is not one for ever, whatever work without named parameters hangs on it', async () => {
    const given = new Set<unknown>()
    const bulkhead = createBulkhead()
    for (let call = 0; call < 3_000; call += 1) await bulkhead.call((...all) => given.add(all[0]))
    expect(given.size).toBeGreaterThan(1)
  })
})

describe('an inspector that throws', () => {
  it('changes nothing for those who call', async () => {
    const inspect = () => {
      throw new Error('the inspector')
    }
    const parts = [
      createBulkhead({ concurrentMax: 1, inspect }),
      createAdaptiveLimit({ initial: 1, inspect }),
      createCircuitBreaker({ failuresMax: 1, inspect }),
    ]
    for (const part of parts) {
      const calls = [part.call(async () => 'well'), part.call(() => Promise.reject(new Error('boom')))]
      expect(await Promise.all(calls.map(outcomeOf))).toEqual(['well', 'boom'])
    }
    expect(await withTimeout(1_000, () => 'well', { inspect })).toBe('well')
    const saga = createSaga({ steps: [{ name: 'a', run: () => 'well' }], inspect })
    expect((await saga.run(null)).end).toBe('COMPLETED')
  })
})
