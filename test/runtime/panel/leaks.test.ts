import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createCache, createLimits, createPanel } from 'stagecraft'
import { sharedWorkOf } from '../../../src/actors/cache.ts'
import { answer, critic } from './critics.ts'

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

describe('what is left after 2,000 reviews by the real clock', () => {
  it('is no timer, no listener on a long-lived signal, no review, no permit and no shared work', async () => {
    const limits = createLimits()
    const cache = createCache()
    const signals: AbortSignal[] = []
    const { signal } = new AbortController()
    const panel = createPanel({
      critics: [
        critic('plain', () => ({ severity: 0 })),
        critic('listening', async (_, context) => {
          signals.push(context.signal)
          return {}
        }),
        critic('failing', () => Promise.reject(new Error('down')), {
          retry: { retriesMax: 1, backoff: { baseMs: 0, jitter: 'none' } },
        }),
        critic('after', () => ({}), { dependsOn: ['plain'], stage: 'VALIDATION' }),
      ],
      limits,
      cache,
      hooks: {
        beforeCritic: async () => undefined,
        afterCritic: async () => {},
        onCriticFailure: () => undefined,
      },
      timeouts: { reviewMs: 3_600_000, queueMs: 3_600_000, hookMs: 3_600_000 },
    })
    const before = timers()
    for (let count = 0; count < 2_000; count += 1) {
      const run = panel.start({ ...answer, prompt: `${count}` }, { signal })
      if (count % 10 === 0) run.facts.subscribe()
      if (count % 4 === 0) {
        await turn()
        run.cancel()
      }
      await run.result
    }
    expect(panel.metrics().reviews.total).toBe(2_000)
    // The test runner has timers of its own, which may have ended meanwhile.
    expect(timers()).toBeLessThanOrEqual(before)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(limits.usage).toMatchObject({ running: 0, waiting: 0, reviews: 0 })
    expect(sharedWorkOf(cache, 'report').size).toBe(0)
    for (const own of signals) expect(getEventListeners(own, 'abort')).toEqual([])
  })
})
