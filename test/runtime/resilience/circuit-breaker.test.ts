import { describe, expect, it } from 'vitest'
import type { InspectionEvent } from 'xstate'
import { createCircuitBreaker, type CircuitBreakerOptions } from 'stagecraft/resilience'
import { steppingClock } from 'stagecraft/testing'
import { codeOf, held, outcomeOf } from './outcome.ts'

const boom = () => Promise.reject(new Error('boom'))

function breakerAt(options: CircuitBreakerOptions = {}) {
  const clock = steppingClock()
  const breaker = createCircuitBreaker({ openMs: 1_000, ...options, clock })
  const fail = async (times = 1) => {
    for (let time = 0; time < times; time += 1) await outcomeOf(breaker.call(boom))
  }
  return { clock, breaker, fail }
}

describe('a circuit breaker', () => {
  it('hands through what the work returns or throws, and is none the worse for success', async () => {
    const { breaker } = breakerAt()
    expect(await breaker.call(() => 3)).toBe(3)
    await expect(breaker.call(boom)).rejects.toThrow('boom')
    await expect(
      breaker.call(() => {
        throw new Error('at once')
      }),
    ).rejects.toThrow('at once')
    expect(breaker.stats).toEqual({
      calls: 3,
      succeeded: 1,
      failed: 2,
      slow: 0,
      cancelled: 0,
      refused: 0,
      trips: 0,
    })
  })

  it('opens at the fifth failure, refuses without calling, and says when it will try again', async () => {
    const { breaker, clock, fail } = breakerAt({ name: 'model' })
    await fail(4)
    expect(breaker.state).toBe('CLOSED')
    await fail()
    expect([breaker.state, breaker.retryAt]).toEqual(['OPEN', 1_000])
    clock.advance(400)
    let called = false
    const refused = breaker.call(() => (called = true))
    await expect(refused).rejects.toMatchObject({
      code: 'breaker.open',
      message: expect.stringMatching(/"model".* 0\.6 s/),
    })
    expect([called, breaker.stats.refused]).toEqual([false, 1])
  })

  it('half-opens when its time is up, and closes once enough trials succeed', async () => {
    const { breaker, clock, fail } = breakerAt()
    await fail(5)
    clock.advance(1_000)
    const seen = []
    for (let trial = 0; trial < 3; trial += 1) seen.push(await breaker.call(() => 'well'), breaker.state)
    expect(seen).toEqual(['well', 'HALF_OPEN', 'well', 'HALF_OPEN', 'well', 'CLOSED'])
    // What failed before is forgotten.
    await fail(4)
    expect(breaker.state).toBe('CLOSED')
  })

  it('opens again, for its whole time, when one trial fails', async () => {
    const { breaker, clock, fail } = breakerAt()
    await fail(5)
    clock.advance(1_500)
    await fail()
    expect([breaker.state, breaker.retryAt, breaker.stats.trips]).toEqual(['OPEN', 2_500, 2])
  })

  it('lets no more trials through at once than it is told', async () => {
    const { breaker, clock, fail } = breakerAt({ trialsMax: 2, successesToClose: 2 })
    await fail(5)
    clock.advance(1_000)
    const [one, other] = [held(), held()]
    const trials = [breaker.call(one.work), breaker.call(other.work)]
    expect(await outcomeOf(breaker.call(() => 'third'))).toBe('breaker.open')
    one.end('a')
    other.end('b')
    expect(await Promise.all(trials)).toEqual(['a', 'b'])
    expect(breaker.state).toBe('CLOSED')
  })

  it('does not get stuck when more successes are wanted than trials are let through at once', async () => {
    const { breaker, clock, fail } = breakerAt({ trialsMax: 1, successesToClose: 4 })
    await fail(5)
    clock.advance(1_000)
    for (let trial = 0; trial < 4; trial += 1) await breaker.call(() => 'well')
    expect(breaker.state).toBe('CLOSED')
  })

  it('gets the slot of a cancelled trial back, even when its work never ends', async () => {
    const { breaker, clock, fail } = breakerAt({ trialsMax: 1, successesToClose: 1 })
    await fail(5)
    clock.advance(1_000)
    const controller = new AbortController()
    const hanging = breaker.call(() => new Promise(() => {}), { signal: controller.signal })
    expect(breaker.enter()).toBeUndefined()
    controller.abort(new Error('never mind'))
    expect(await outcomeOf(hanging)).toBe('never mind')
    expect([breaker.state, breaker.stats.cancelled]).toEqual(['HALF_OPEN', 1])
    await breaker.call(() => 'well')
    expect(breaker.state).toBe('CLOSED')
  })

  it('is not stuck for ever when all trials hang and nobody cancels them', async () => {
    const { breaker, clock, fail } = breakerAt({ trialsMax: 2, successesToClose: 1 })
    await fail(5)
    clock.advance(1_000)
    const [hanging] = [breaker.enter(), breaker.enter()]
    clock.advance(999)
    expect([breaker.enter(), breaker.state]).toEqual([undefined, 'HALF_OPEN'])
    clock.advance(1)
    expect([breaker.enter(), breaker.state, breaker.retryAt]).toEqual([undefined, 'OPEN', 3_000])
    clock.advance(1_000)
    const trial = breaker.enter()
    hanging?.fail()
    trial?.succeed()
    expect(breaker.state).toBe('CLOSED')
  })

  it('counts failures within its window only, and successes between them change nothing', async () => {
    const { breaker, clock, fail } = breakerAt({ windowMs: 100, failuresMax: 3 })
    await fail(2)
    clock.advance(100)
    await fail(2)
    expect(breaker.state).toBe('CLOSED')
    await breaker.call(() => 'well')
    await fail()
    expect(breaker.state).toBe('OPEN')
  })

  it('opens at a share of failures, once there were calls enough, and no sooner', async () => {
    const { breaker, fail } = breakerAt({ failureRate: 0.5, callsMin: 20 })
    await fail(10)
    for (let call = 0; call < 9; call += 1) await breaker.call(() => 'well')
    expect(breaker.state).toBe('CLOSED')
    await breaker.call(() => 'well')
    expect(breaker.state).toBe('OPEN')
  })

  it('opens for calls that are slow, and takes a slow trial for a failed one', () => {
    const { breaker, clock } = breakerAt({ slowMs: 100, slowRate: 0.5, callsMin: 4 })
    for (const durationMs of [10, 100, 101, 500]) breaker.enter()?.succeed(durationMs)
    expect([breaker.state, breaker.stats.slow]).toEqual(['OPEN', 2])
    clock.advance(1_000)
    const trial = breaker.enter()
    clock.advance(101)
    trial?.succeed()
    expect([breaker.state, breaker.stats.trips]).toEqual(['OPEN', 2])
  })

  it('takes an error that says nothing against the callee for an answer', async () => {
    const isFailure = (error: unknown) => !(error instanceof RangeError)
    const { breaker, fail } = breakerAt({ isFailure })
    for (let call = 0; call < 10; call += 1)
      await outcomeOf(breaker.call(() => Promise.reject(new RangeError('no such thing'))))
    expect([breaker.state, breaker.stats.succeeded]).toEqual(['CLOSED', 10])
    await fail(5)
    expect(breaker.state).toBe('OPEN')
  })

  it('takes every error for a failure when it cannot be told whether it is one', async () => {
    const { breaker, fail } = breakerAt({
      isFailure: () => {
        throw new Error('who knows')
      },
    })
    await fail(5)
    expect(breaker.state).toBe('OPEN')
  })

  it('does not hear of what calls of an earlier time come to', () => {
    const { breaker, clock } = breakerAt({ failuresMax: 1, successesToClose: 1 })
    const [before, failing] = [breaker.enter(), breaker.enter()]
    failing?.fail()
    clock.advance(1_000)
    const trial = breaker.enter()
    before?.fail()
    expect(breaker.state).toBe('HALF_OPEN')
    trial?.fail()
    clock.advance(1_000)
    const second = breaker.enter()
    trial?.succeed()
    expect(breaker.state).toBe('HALF_OPEN')
    second?.succeed()
    expect(breaker.state).toBe('CLOSED')
  })

  it('ends a pass once', () => {
    const { breaker } = breakerAt({ failuresMax: 2 })
    const pass = breaker.enter()
    pass?.succeed()
    pass?.fail()
    pass?.drop()
    expect(breaker.stats).toMatchObject({ calls: 1, succeeded: 1, failed: 0, cancelled: 0 })
  })

  it('can be opened and closed by hand', async () => {
    const { breaker, clock } = breakerAt()
    breaker.trip(Infinity)
    clock.advance(1e9)
    expect(await outcomeOf(breaker.call(() => 'x'))).toBe('breaker.open')
    breaker.reset()
    expect(await outcomeOf(breaker.call(() => 'x'))).toBe('x')
    breaker.trip()
    expect(breaker.retryAt).toBe(1e9 + 1_000)
  })

  it('does not begin a call whose signal has aborted', async () => {
    const { breaker } = breakerAt()
    const signal = AbortSignal.abort(new Error('too late'))
    expect(await outcomeOf(breaker.call(() => 'x', { signal }))).toBe('too late')
    expect(breaker.stats.calls).toBe(0)
  })

  it('keeps no timer in any state', async () => {
    const { breaker, clock, fail } = breakerAt()
    await fail(5)
    expect([breaker.state, clock.armed]).toEqual(['OPEN', []])
    clock.advance(1_000)
    breaker.enter()
    expect([breaker.state, clock.armed]).toEqual(['HALF_OPEN', []])
  })

  it('really runs its chart, and whoever watches hears of each change and of nothing else', async () => {
    const heard: string[] = []
    const inspect = (event: InspectionEvent) => {
      if (event.type === '@xstate.event') heard.push(event.event.type)
    }
    const { breaker, clock, fail } = breakerAt({ inspect, successesToClose: 1 })
    await breaker.call(() => 'well')
    await fail(5)
    await fail(10)
    clock.advance(1_000)
    await breaker.call(() => 'well')
    expect(heard.slice(1)).toEqual(['TRIP', 'TRIAL', 'TRIAL_SUCCEEDED'])
    expect(breaker.actor.getSnapshot().value).toBe(breaker.state)
  })

  it('shows who watches the chart the same state', () => {
    const { breaker } = breakerAt()
    const seen: string[] = []
    breaker.actor.subscribe(() => seen.push(breaker.state))
    breaker.trip()
    breaker.reset()
    expect(seen).toEqual(['OPEN', 'CLOSED'])
  })

  it.each([
    [{ failuresMax: NaN }, /failuresMax/],
    [{ failuresMax: 0 }, /failuresMax/],
    [{ openMs: -1 }, /openMs/],
    [{ windowMs: Infinity }, /windowMs/],
    // Twenty slices of it would be no times any more.
    [{ failureRate: 0.5, windowMs: 1e-300 }, /windowMs/],
    [{ failureRate: 50 }, /failureRate/],
    [{ slowRate: 0.5 }, /needs slowMs/],
    [{ isFailure: 'always' }, /isFailure: must be a function/],
    [{ clock: Date }, /must be a clock/],
    [{ faluresMax: 3 }, /faluresMax/],
    [7, /expected object/],
  ])('refuses the options %j', (options, message) => {
    // What only a program without types would say.
    const make = () => createCircuitBreaker(options as object)
    expect(codeOf(make)).toBe('resilience.invalid')
    expect(make).toThrow(message)
  })

  it('lets nobody through above trialsMax who calls it when its chart tells of HALF_OPEN', async () => {
    const { breaker, clock, fail } = breakerAt({ failuresMax: 1, trialsMax: 2 })
    await fail()
    clock.advance(1_000)
    const trial = held()
    let asked = false
    breaker.actor.subscribe(({ value }) => {
      if (value !== 'HALF_OPEN' || asked) return
      asked = true
      for (let time = 0; time < 5; time += 1) void breaker.call(trial.work).catch(() => {})
    })
    void breaker.call(trial.work)
    expect(asked).toBe(true)
    const { calls, failed } = breaker.stats
    expect(calls - failed).toBe(breaker.actor.getSnapshot().context.trials)
    expect(breaker.actor.getSnapshot().context.trials).toBeLessThanOrEqual(2)
  })
})
