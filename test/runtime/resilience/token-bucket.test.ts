import { describe, expect, it } from 'vitest'
import { createTokenBucket, type TokenBucketOptions } from 'stagecraft/resilience'
import { steppingClock } from 'stagecraft/testing'
import { codeOf, outcomeOf } from './outcome.ts'

function bucketAt(options: TokenBucketOptions) {
  const clock = steppingClock()
  return { clock, bucket: createTokenBucket({ clock, ...options }) }
}

describe('a token bucket around calls', () => {
  it('lets its burst through at once, and then one call for each token', async () => {
    const { bucket, clock } = bucketAt({ ratePerSecond: 10, burst: 2 })
    const at: number[] = []
    const calls = Array.from({ length: 5 }, () => bucket.call(() => at.push(clock.now())))
    await clock.run(Promise.all(calls))
    expect(at).toEqual([0, 0, 100, 200, 300])
    expect([bucket.stats, clock.armed]).toEqual([
      { taken: 5, waiting: 0, refused: 0, timedOut: 0, cancelled: 0 },
      [],
    ])
  })

  it('is free again as soon as it has refilled, whatever was missed before', async () => {
    const { bucket, clock } = bucketAt({ ratePerSecond: 1, queueMax: 0 })
    expect([bucket.tryTake(), bucket.tryTake()]).toEqual([true, false])
    expect(await outcomeOf(bucket.take())).toBe('rate.full')
    clock.advance(1_000)
    expect(bucket.tryTake()).toBe(true)
  })

  it('lets nobody overtake who waits, even when a timer is late', async () => {
    const clock = steppingClock()
    let lateMs = 0
    const bucket = createTokenBucket({
      ratePerSecond: 1,
      clock: { ...clock, now: () => clock.now() + lateMs },
    })
    bucket.tryTake()
    const waiting = outcomeOf(bucket.take().then(() => 'first'))
    // A token is due, and no timer has fired yet.
    lateMs = 1_000
    expect(bucket.tryTake()).toBe(false)
    expect(await waiting).toBe('first')
  })

  it('bounds how long and how many wait, and stops its timer for nobody', async () => {
    const { bucket, clock } = bucketAt({ ratePerSecond: 0.1, queueMax: 2, queueMs: 1_000 })
    bucket.tryTake()
    const controller = new AbortController()
    const waiting = [outcomeOf(bucket.take()), outcomeOf(bucket.take({ signal: controller.signal }))]
    expect(await outcomeOf(bucket.take())).toBe('rate.full')
    controller.abort(new Error('off'))
    clock.advance(1_000)
    expect(await Promise.all(waiting)).toEqual(['rate.timeout', 'off'])
    expect([bucket.stats, clock.armed]).toEqual([
      { taken: 1, waiting: 0, refused: 1, timedOut: 1, cancelled: 1 },
      [],
    ])
  })

  it.each([{}, { ratePerSecond: 0 }, { ratePerSecond: NaN }, { ratePerSecond: 1, burst: 0.5 }])(
    'refuses the options %j',
    (options) => {
      // What only a program without types would say.
      expect(codeOf(() => createTokenBucket(options as TokenBucketOptions))).toBe('resilience.invalid')
    },
  )
})
