import { describe, expect, it } from 'vitest'
import {
  combine,
  createAdaptiveLimit,
  createBulkhead,
  createCircuitBreaker,
  createRetry,
  createTokenBucket,
} from 'stagecraft/resilience'
import { steppingClock } from 'stagecraft/testing'
import { codeOf, held, outcomeOf } from './outcome.ts'

describe('parts that are combined', () => {
  it('hand through what the work returns', async () => {
    const all = combine({
      retry: createRetry(),
      rate: createTokenBucket({ ratePerSecond: 100, burst: 10 }),
      bulkhead: createBulkhead(),
      limit: createAdaptiveLimit(),
      breaker: createCircuitBreaker(),
      timeoutMs: 1_000,
    })
    expect(await all.call((signal, attempt) => [signal.aborted, attempt])).toEqual([false, 1])
  })

  it('take a timeout for what it is: a failure of the callee, and another attempt', async () => {
    const clock = steppingClock()
    const breaker = createCircuitBreaker({ clock })
    const retry = createRetry({ clock, retriesMax: 1, backoff: { jitter: 'none' } })
    const call = combine({ retry, breaker, timeoutMs: 100, scope: 'model', clock }).call(
      () => new Promise(() => {}),
    )
    expect(await clock.run(outcomeOf(call))).toBe('timeout.model')
    expect([breaker.stats.calls, breaker.stats.failed, clock.now()]).toEqual([2, 2, 1_200])
  })

  it('never hold a wait in the queue against the callee', async () => {
    const clock = steppingClock()
    const breaker = createCircuitBreaker({ clock, failuresMax: 1 })
    const bulkhead = createBulkhead({ concurrentMax: 1, queueMs: 500, clock })
    const guarded = combine({ breaker, bulkhead, timeoutMs: 100, clock })
    const place = await bulkhead.enter()
    const [patient, impatient] = [guarded.call(() => 'well'), outcomeOf(guarded.call(() => 'never'))]
    // Waiting longer than the work itself may take is fine.
    await clock.advanceAsync(400)
    place.leave()
    expect(await patient).toBe('well')
    expect(await impatient).toBe('never')
    const again = await bulkhead.enter()
    const late = outcomeOf(guarded.call(() => 'x'))
    await clock.advanceAsync(500)
    expect(await late).toBe('bulkhead.timeout')
    again.leave()
    expect([breaker.state, breaker.stats.failed]).toEqual(['CLOSED', 0])
  })

  it('hold no place while there is no token', async () => {
    const clock = steppingClock()
    const rate = createTokenBucket({ ratePerSecond: 1, clock })
    const bulkhead = createBulkhead({ concurrentMax: 1, clock })
    const guarded = combine({ rate, bulkhead })
    rate.tryTake()
    const waiting = guarded.call(() => 'well')
    expect(bulkhead.stats.running).toBe(0)
    expect(await clock.run(waiting)).toBe('well')
  })

  it('take the places of a bulkhead and of a limit at once', async () => {
    const bulkhead = createBulkhead({ concurrentMax: 5 })
    const limit = createAdaptiveLimit({ initial: 1, max: 1 })
    const guarded = combine({ bulkhead, limit })
    const first = held()
    const calls = [guarded.call(first.work), guarded.call(() => 'b')]
    await Promise.resolve()
    expect([limit.stats.waiting, bulkhead.stats.running]).toEqual([1, 1])
    first.end('a')
    expect(await Promise.all(calls)).toEqual(['a', 'b'])
    expect([limit.stats.running, bulkhead.stats.running]).toEqual([0, 0])
  })

  it('give everything back when a call is cancelled', async () => {
    const clock = steppingClock()
    const breaker = createCircuitBreaker({ clock })
    const bulkhead = createBulkhead({ clock })
    const limit = createAdaptiveLimit({ clock })
    const controller = new AbortController()
    const guarded = combine({
      breaker,
      bulkhead,
      limit,
      timeoutMs: 100,
      clock,
      retry: createRetry({ clock }),
    })
    const call = outcomeOf(guarded.call(() => new Promise(() => {}), { signal: controller.signal }))
    await clock.settle()
    expect(bulkhead.stats.running).toBe(1)
    controller.abort(new Error('off'))
    expect(await call).toBe('off')
    await clock.settle()
    expect([bulkhead.stats.running, limit.stats.running, limit.limit, breaker.stats.cancelled]).toEqual([
      0, 0, 10, 1,
    ])
    expect(clock.armed).toEqual([])
  })

  it('are refused when there are none, or one that was not made here', () => {
    expect(codeOf(() => combine({}))).toBe('resilience.invalid')
    // What only a program without types would say.
    expect(codeOf(() => combine({ breaker: {} } as object))).toBe('resilience.invalid')
    expect(codeOf(() => combine({ timeout: 5 } as object))).toBe('resilience.invalid')
  })

  it('hand signal and attempt to work that takes all it is given', async () => {
    const { signal } = new AbortController()
    const given: unknown[][] = []
    const work = (...all: unknown[]) => given.push(all)
    await createRetry().call(work, { signal })
    await combine({ timeoutMs: 1_000 }).call(work)
    await combine({ breaker: createCircuitBreaker() }).call(work, { signal })
    expect(given).toEqual([
      [signal, 1],
      [expect.any(AbortSignal), 1],
      [signal, 1],
    ])
  })
})
