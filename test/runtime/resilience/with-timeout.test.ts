import { describe, expect, it } from 'vitest'
import { withTimeout } from 'stagecraft/resilience'
import { steppingClock } from 'stagecraft/testing'
import { outcomeOf } from './outcome.ts'

const never = () => new Promise<never>(() => {})

describe('a timeout', () => {
  it('settles like work that is in time, and leaves no timer', async () => {
    const clock = steppingClock()
    const works = [
      () => 'well',
      async () => 'later',
      () => Promise.reject(new Error('boom')),
      () => {
        throw new Error('at once')
      },
    ]
    const outcomes = await Promise.all(works.map((work) => outcomeOf(withTimeout(100, work, { clock }))))
    expect(outcomes).toEqual(['well', 'later', 'boom', 'at once'])
    expect(clock.armed).toEqual([])
  })

  it('does not wait for work that ignores its signal, and says whose time ran out', async () => {
    const clock = steppingClock()
    let reason: unknown
    const late = withTimeout(
      100,
      (signal) => {
        signal.addEventListener('abort', () => (reason = signal.reason))
        return never()
      },
      { clock, scope: 'model' },
    )
    const outcome = outcomeOf(late)
    clock.advance(99)
    expect(reason).toBeUndefined()
    clock.advance(1)
    expect(await outcome).toBe('timeout.model')
    expect(reason).toMatchObject({ code: 'timeout.model' })
    await expect(late).rejects.toBe(reason)
  })

  it.each([
    { outerMs: 100, innerMs: 50, atMs: 50, whose: 'timeout.inner' },
    { outerMs: 50, innerMs: 100, atMs: 50, whose: 'timeout.outer' },
  ])(
    'inside another never outlives it: $whose of $outerMs and $innerMs',
    async ({ outerMs, innerMs, atMs, whose }) => {
      const clock = steppingClock()
      const seen: string[] = []
      const outcome = outcomeOf(
        withTimeout(
          outerMs,
          (signal) => {
            const inner = withTimeout(innerMs, never, { signal, clock, scope: 'inner' })
            void outcomeOf(inner).then((end) => seen.push(end))
            return inner
          },
          { clock, scope: 'outer' },
        ),
      )
      await clock.advanceAsync(atMs)
      await clock.settle()
      expect([await outcome, seen, clock.armed]).toEqual([whose, [whose], []])
    },
  )

  it('ends with the reason of a signal that aborts first, also before it has begun', async () => {
    const clock = steppingClock()
    const controller = new AbortController()
    const outcome = outcomeOf(withTimeout(100, never, { clock, signal: controller.signal }))
    await clock.settle()
    controller.abort(new Error('off'))
    expect(await outcome).toBe('off')
    let called = false
    const work = () => (called = true)
    expect(await outcomeOf(withTimeout(100, work, { clock, signal: controller.signal }))).toBe('off')
    expect([called, clock.armed]).toEqual([false, []])
  })

  it('is deaf to what comes after its end', async () => {
    const clock = steppingClock()
    let finish = (_: string) => {}
    const slow = () => new Promise<string>((resolve) => (finish = resolve))
    const outcome = outcomeOf(withTimeout(10, slow, { clock }))
    await clock.advanceAsync(10)
    finish('too late')
    expect(await outcome).toBe('timeout.call')
  })

  it.each([0, -1, NaN, Infinity])('refuses %d milliseconds', async (ms) => {
    expect(await outcomeOf(withTimeout(ms, () => 'x'))).toBe('resilience.invalid')
  })

  it('refuses options that nobody reads', async () => {
    // What only a program without types would say.
    expect(await outcomeOf(withTimeout(10, () => 'x', { scop: 'x' } as object))).toBe('resilience.invalid')
  })
})
