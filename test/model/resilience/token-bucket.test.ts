import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TokenBucket } from '../../../src/model/resilience/token-bucket.ts'

describe('a token bucket', () => {
  it('starts full, and then fills one token at a time', () => {
    const bucket = new TokenBucket(2, 2, 0)
    bucket.take()
    bucket.take()
    expect(bucket.waitMs(0)).toBe(500)
    expect(bucket.waitMs(400)).toBeCloseTo(100)
    expect(bucket.waitMs(500)).toBe(0)
  })

  it('never holds more than its burst', () => {
    const bucket = new TokenBucket(10, 3, 0)
    expect(bucket.waitMs(1e9)).toBe(0)
    for (let count = 0; count < 3; count += 1) bucket.take()
    expect(bucket.waitMs(1e9)).toBe(100)
  })

  it('fills at less than one a second, and once a day', () => {
    const rare = new TokenBucket(1 / 86_400, 1, 0)
    rare.take()
    expect(rare.waitMs(0)).toBeCloseTo(86_400_000, 3)
    expect(rare.waitMs(86_400_000)).toBe(0)
  })

  it('does not run backwards with a clock that does', () => {
    const bucket = new TokenBucket(1, 1, 1_000)
    bucket.take()
    expect(bucket.waitMs(0)).toBe(1_000)
  })

  it('adds up to whole tokens in any steps: ten tenths are one', () => {
    const bucket = new TokenBucket(1, 1, 0)
    bucket.take()
    for (let step = 1; step <= 10; step += 1) bucket.waitMs(step * 100)
    expect(bucket.waitMs(1_000)).toBe(0)
  })

  it('gives a token after exactly the time it has said, and never more than burst plus rate in any time', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1_000, noNaN: true }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 60 }),
        (rate, burst, takes) => {
          const bucket = new TokenBucket(rate, burst, 0)
          let now = 0
          for (let taken = 0; taken < takes; taken += 1) {
            now += bucket.waitMs(now)
            expect(bucket.waitMs(now)).toBeLessThan(1e-3)
            bucket.take()
          }
          const expected = (Math.max(0, takes - burst) / rate) * 1_000
          expect(now).toBeCloseTo(expected, 2)
        },
      ),
    )
  })
})
