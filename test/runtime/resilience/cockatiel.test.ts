import {
  BrokenCircuitError,
  BulkheadRejectedError,
  CircuitState,
  ConsecutiveBreaker,
  ConstantBackoff,
  CountBreaker,
  SamplingBreaker,
  bulkhead as theirBulkhead,
  circuitBreaker as theirBreaker,
  handleAll,
  retry as theirRetry,
  wrap,
  type IBreaker,
} from 'cockatiel'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  combine,
  createBulkhead,
  createCircuitBreaker,
  createRetry,
  isRefusal,
  type CircuitBreakerOptions,
} from 'stagecraft/resilience'
import { macrotasks } from '../../../src/testing/macrotasks.ts'
import { steppingClock } from 'stagecraft/testing'
import { held, outcomeOf } from './outcome.ts'

const OPEN_MS = 1_000

// Cockatiel reads the time of day, and has no other clock.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** One of each, which see the same calls at the same times. */
function sideBySide(breaker: IBreaker, options: CircuitBreakerOptions) {
  const clock = steppingClock()
  const theirs = theirBreaker(handleAll, { halfOpenAfter: OPEN_MS, breaker })
  const ours = createCircuitBreaker({ openMs: OPEN_MS, windowMs: 1e6, ...options, clock })
  const wait = (ms: number) => {
    clock.advance(ms)
    vi.setSystemTime(clock.now())
  }
  /** What a call comes to in each: what it was to return, or that it was not let through. */
  const call = async (outcome: 'ok' | 'fail') => {
    const work = () => (outcome === 'ok' ? Promise.resolve('ok') : Promise.reject(new Error('fail')))
    return [
      await ours.call(work).catch((error: unknown) => (isRefusal(error) ? 'refused' : 'fail')),
      await theirs
        .execute(work)
        .catch((error: unknown) => (error instanceof BrokenCircuitError ? 'refused' : 'fail')),
    ]
  }
  return { theirs, ours, wait, call }
}

const stateOf = (state: CircuitState) => CircuitState[state].toUpperCase()

describe('a circuit breaker beside that of cockatiel', () => {
  it('opens, refuses, tries and closes at the same calls, where successes come from trials only', async () => {
    const steps = fc.array(fc.constantFrom('fail' as const, 'ok' as const, 400, 1_000), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (script, failuresMax) => {
        vi.setSystemTime(0)
        const both = sideBySide(new ConsecutiveBreaker(failuresMax), {
          failuresMax,
          trialsMax: 1,
          successesToClose: 1,
        })
        for (const step of script) {
          if (typeof step === 'number') both.wait(step)
          else if (step === 'fail' || both.ours.state !== 'CLOSED') {
            const [ours, theirs] = await both.call(step)
            expect(ours).toBe(theirs)
            expect(both.ours.state).toBe(stateOf(both.theirs.state))
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('counts failures within a window, where a consecutive counter lets one success hide four failures', async () => {
    const both = sideBySide(new ConsecutiveBreaker(5), { failuresMax: 5 })
    for (const outcome of ['fail', 'fail', 'fail', 'fail', 'ok', 'fail'] as const) await both.call(outcome)
    expect([both.ours.state, stateOf(both.theirs.state)]).toEqual(['OPEN', 'CLOSED'])
  })

  it('opens at the same failure as a sampling breaker, up to the share that is just reached', async () => {
    // Theirs must be above its threshold, ours has to reach it: 0.49 and 0.5 are the same for so few calls.
    const outcomes = fc.array(fc.constantFrom('ok' as const, 'fail' as const), {
      minLength: 1,
      maxLength: 30,
    })
    await fc.assert(
      fc.asyncProperty(outcomes, async (script) => {
        vi.setSystemTime(0)
        const both = sideBySide(new SamplingBreaker({ threshold: 0.49, duration: 1_000, minimumRps: 10 }), {
          failureRate: 0.5,
          callsMin: 10,
          windowMs: 1_000,
        })
        for (const outcome of script) {
          await both.call(outcome)
          // Ours looks after every call, theirs after failures only.
          if (outcome === 'ok' && both.ours.state === 'OPEN') return
          expect(both.ours.state).toBe(stateOf(both.theirs.state))
          if (both.ours.state === 'OPEN') return
        }
      }),
      { numRuns: 60 },
    )
  })

  it('forgets by time, where a count breaker remembers the last calls however old they are', async () => {
    const make = () =>
      sideBySide(new CountBreaker({ threshold: 0.49, size: 4 }), {
        failureRate: 0.5,
        callsMin: 4,
        windowMs: 1_000,
      })
    const quick = make()
    for (const outcome of ['ok', 'fail', 'ok', 'fail'] as const) await quick.call(outcome)
    expect([quick.ours.state, stateOf(quick.theirs.state)]).toEqual(['OPEN', 'OPEN'])
    const slow = make()
    for (const outcome of ['ok', 'fail', 'ok', 'fail'] as const) {
      await slow.call(outcome)
      slow.wait(600)
    }
    expect([slow.ours.state, stateOf(slow.theirs.state)]).toEqual(['CLOSED', 'OPEN'])
  })

  it('is not opened by a failure of a call from before, as theirs is while it tries', async () => {
    const both = sideBySide(new ConsecutiveBreaker(1), { failuresMax: 1, successesToClose: 1 })
    const [ourLate, theirLate, ourTrial, theirTrial] = [held(), held(), held(), held()]
    const late = [outcomeOf(both.ours.call(ourLate.work)), outcomeOf(both.theirs.execute(theirLate.work))]
    await both.call('fail')
    both.wait(OPEN_MS)
    const trials = [both.ours.call(ourTrial.work), both.theirs.execute(theirTrial.work)]
    ourLate.fail(new Error('late'))
    theirLate.fail(new Error('late'))
    await Promise.all(late)
    expect([both.ours.state, stateOf(both.theirs.state)]).toEqual(['HALF_OPEN', 'OPEN'])
    ourTrial.end('well')
    theirTrial.end('well')
    await Promise.all(trials)
    expect([both.ours.state, stateOf(both.theirs.state)]).toEqual(['CLOSED', 'OPEN'])
  })

  it('gets the slot of a cancelled trial back, where theirs waits for work that never ends', async () => {
    const both = sideBySide(new ConsecutiveBreaker(1), { failuresMax: 1, trialsMax: 1, successesToClose: 1 })
    await both.call('fail')
    both.wait(OPEN_MS)
    const controller = new AbortController()
    const never = () => new Promise<never>(() => {})
    void outcomeOf(both.ours.call(never, { signal: controller.signal }))
    void outcomeOf(both.theirs.execute(never, controller.signal))
    controller.abort()
    await macrotasks(2)
    const ours = outcomeOf(both.ours.call(() => 'well'))
    const theirs = outcomeOf(both.theirs.execute(() => 'well'))
    await macrotasks(2)
    both.wait(1e6)
    const nothing = macrotasks(2).then(() => 'still waiting')
    expect([await ours, await Promise.race([theirs, nothing])]).toEqual(['well', 'still waiting'])
  })
})

describe('a bulkhead beside that of cockatiel', () => {
  it('runs, queues and refuses the same calls, in the same order', async () => {
    const script = fc.array(fc.option(fc.nat(5)), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(script, fc.integer({ min: 1, max: 3 }), fc.nat(3), async (steps, max, queueMax) => {
        const ours = createBulkhead({ concurrentMax: max, queueMax, queueMs: Infinity })
        const theirs = theirBulkhead(max, queueMax)
        const logs: [string[], string[]] = [[], []]
        const works: [(() => void)[], (() => void)[]] = [[], []]
        const enter = (which: 0 | 1, id: number) => () =>
          new Promise<void>((resolve) => {
            logs[which].push(`${id} runs`)
            works[which].push(resolve)
          })
        const refused = (which: 0 | 1, id: number) => (error: unknown) =>
          logs[which].push(
            error instanceof BulkheadRejectedError || isRefusal(error) ? `${id} refused` : 'lost',
          )
        for (const [id, step] of steps.entries()) {
          if (step === null) {
            void ours.call(enter(0, id)).catch(refused(0, id))
            void theirs.execute(enter(1, id)).catch(refused(1, id))
          } else for (const running of works) running.splice(step % Math.max(1, running.length), 1)[0]?.()
          await macrotasks(1)
          expect(logs[0]).toEqual(logs[1])
          expect(ours.stats.running).toBe(max - theirs.executionSlots)
          expect(ours.stats.waiting).toBe(queueMax - theirs.queueSlots)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('has room again when a caller that waits is cancelled, where theirs keeps its place in the queue', async () => {
    const ours = createBulkhead({ concurrentMax: 1, queueMax: 1 })
    const theirs = theirBulkhead(1, 1)
    const never = () => new Promise<never>(() => {})
    const controller = new AbortController()
    for (const call of [ours.call(never), theirs.execute(never)]) void outcomeOf(call)
    const waiting = ours.call(never, { signal: controller.signal })
    void outcomeOf(theirs.execute(never, controller.signal))
    controller.abort(new Error('off'))
    expect(await outcomeOf(waiting)).toBe('off')
    expect([ours.stats.waiting, theirs.queueSlots]).toEqual([0, 0])
    await expect(theirs.execute(never)).rejects.toBeInstanceOf(BulkheadRejectedError)
  })
})

describe('a retry beside that of cockatiel', () => {
  it('makes as many attempts', async () => {
    for (const retriesMax of [1, 2, 5]) {
      const attempts: [number, number] = [0, 0]
      const work = (which: 0 | 1) => () => {
        attempts[which] += 1
        return Promise.reject(new Error('boom'))
      }
      const ours = createRetry({ retriesMax, backoff: { baseMs: 0 } })
      const theirs = theirRetry(handleAll, { maxAttempts: retriesMax, backoff: new ConstantBackoff(0) })
      await Promise.all([outcomeOf(ours.call(work(0))), outcomeOf(theirs.execute(work(1)))])
      expect(attempts).toEqual([retriesMax + 1, retriesMax + 1])
    }
  })

  it('does not knock again at an open breaker, as theirs does unless it is told not to', async () => {
    const both = sideBySide(new ConsecutiveBreaker(1), { failuresMax: 1 })
    await both.call('fail')
    let retries = 0
    const theirRetries = theirRetry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(0) })
    theirRetries.onRetry(() => (retries += 1))
    const ours = combine({ retry: createRetry({ backoff: { baseMs: 0 } }), breaker: both.ours })
    const theirs = wrap(theirRetries, both.theirs)
    expect(await outcomeOf(ours.call(() => 'x'))).toBe('breaker.open')
    expect(await outcomeOf(theirs.execute(() => 'x'))).toMatch(/breaker/)
    expect([both.ours.stats.refused, retries]).toEqual([1, 3])
  })
})
