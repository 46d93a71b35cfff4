import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBulkhead, createRetry, type RetryOptions } from 'stagecraft/resilience'
import { steppingClock } from 'stagecraft/testing'
import { codeOf, outcomeOf } from './outcome.ts'

const backoff = { baseMs: 100, factor: 2, maxMs: 250 } as const

/** Runs work that always fails; says when each attempt began. */
async function attemptsOf(options: RetryOptions, error: unknown = new Error('boom')) {
  const clock = steppingClock()
  const at: number[] = []
  const call = createRetry({ clock, ...options }).call((_, attempt) => {
    expect(attempt).toBe(at.push(clock.now()))
    throw error
  })
  const outcome = await clock.run(outcomeOf(call))
  expect(clock.armed).toEqual([])
  return { at, outcome }
}

describe('a retry', () => {
  it('gives up after so many, with the last error', async () => {
    const options = { retriesMax: 3, backoff: { ...backoff, jitter: 'none' as const } }
    expect(await attemptsOf(options)).toEqual({ at: [0, 100, 300, 550], outcome: 'boom' })
  })

  it('ends with the first success', async () => {
    const clock = steppingClock()
    let attempts = 0
    const retry = createRetry({ clock, backoff })
    const work = () => (++attempts < 3 ? Promise.reject(new Error('boom')) : 'well')
    expect(await clock.run(retry.call(work))).toBe('well')
    expect(attempts).toBe(3)
  })

  it('never pauses longer than the cap, whatever chance says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: -1, max: 2 }), async (chance) => {
        const { at } = await attemptsOf({ retriesMax: 4, backoff, random: () => chance })
        for (const [index, time] of at.slice(1).entries()) {
          const pauseMs = time - (at[index] ?? NaN)
          expect(pauseMs).toBeGreaterThanOrEqual(0)
          expect(pauseMs).toBeLessThanOrEqual(Math.min(250, 100 * 2 ** index) + 1e-9)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('does not try again what says so itself, what a part refused, or what the caller rules out', async () => {
    const once = { at: [0] }
    expect(await attemptsOf({}, Object.assign(new Error('wrong'), { retryable: false }))).toMatchObject(once)
    const full = createBulkhead({ concurrentMax: 1, queueMax: 0 })
    full.tryEnter()
    const refusal = await full.enter().catch((error: unknown) => error)
    expect(await attemptsOf({}, refusal)).toMatchObject({ ...once, outcome: 'bulkhead.full' })
    const isRetryable = (error: unknown) => !(error instanceof TypeError)
    expect(await attemptsOf({ isRetryable }, new TypeError('timeout is no timeout'))).toMatchObject(once)
  })

  it('holds no place while it pauses', async () => {
    const clock = steppingClock()
    const bulkhead = createBulkhead({ concurrentMax: 1, clock })
    const retry = createRetry({ clock, retriesMax: 1, backoff: { ...backoff, jitter: 'none' } })
    const call = outcomeOf(retry.call(() => bulkhead.call(() => Promise.reject(new Error('boom')))))
    await clock.settle()
    expect(clock.armed).toEqual([100])
    expect(bulkhead.stats.running).toBe(0)
    expect(await bulkhead.call(() => 'meanwhile')).toBe('meanwhile')
    expect(await clock.run(call)).toBe('boom')
  })

  it('ends at once when its signal aborts, in a pause as in an attempt', async () => {
    const clock = steppingClock()
    const retry = createRetry({ clock, backoff: { ...backoff, jitter: 'none' } })
    for (const work of [() => Promise.reject(new Error('boom')), () => new Promise(() => {})]) {
      const controller = new AbortController()
      const call = outcomeOf(retry.call(work, { signal: controller.signal }))
      await clock.settle()
      controller.abort(new Error('off'))
      expect([await call, clock.armed]).toEqual(['off', []])
    }
  })

  it.each([{ retriesMax: -1 }, { backoff: { baseMs: NaN } }, { backoff: { base: 3 } }, { retries: 3 }])(
    'refuses the options %j',
    (options) => {
      // What only a program without types would say.
      expect(codeOf(() => createRetry(options as object))).toBe('resilience.invalid')
    },
  )

  it('keeps the error of the work when the judge of it throws, and does not try again', async () => {
    const isRetryable = () => {
      throw new Error('the judge')
    }
    expect(await attemptsOf({ isRetryable })).toEqual({ at: [0], outcome: 'boom' })
  })
})
