import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Backoff, backoffMs } from '../../src/model/backoff.ts'
import { DELAY_MAX_MS, LIMITS } from '../../src/model/limits.ts'

const backoff: fc.Arbitrary<Backoff> = fc.record({
  baseMs: fc.double({ min: 0, max: LIMITS.timeoutMs.max, noNaN: true }),
  factor: fc.double({ min: 1, max: 1_000, noNaN: true }),
  maxMs: fc.double({ min: 0, max: LIMITS.timeoutMs.max, noNaN: true }),
  jitter: fc.constantFrom('full', 'none'),
})
const retry = fc.integer({ min: 1, max: LIMITS.retriesMax.max })
const chance = fc.double({ min: 0, max: 1, noNaN: true })

describe('backoffMs', () => {
  it('is base x factor^(n-1) before retry n', () => {
    const exact: Backoff = { baseMs: 100, factor: 3, maxMs: 1e6, jitter: 'none' }
    expect([1, 2, 3, 4].map((n) => backoffMs(exact, n, 0.5))).toEqual([100, 300, 900, 2_700])
  })

  it('is 2, 4, 8, 16, 32, 60, 60 seconds by default, before jitter', () => {
    const byDefault = { ...Backoff.parse({}), jitter: 'none' as const }
    expect([1, 2, 3, 4, 5, 6, 7].map((n) => backoffMs(byDefault, n, 0) / 1_000)).toEqual([
      2, 4, 8, 16, 32, 60, 60,
    ])
    expect(Backoff.parse({}).jitter).toBe('full')
  })

  it('draws full jitter from 0 to the delay', () => {
    const jittered: Backoff = { baseMs: 100, factor: 2, maxMs: 1_000, jitter: 'full' }
    expect([0, 0.25, 1].map((drawn) => backoffMs(jittered, 2, drawn))).toEqual([0, 50, 200])
  })

  it('never exceeds the cap, nor what a timer can hold, and is never negative or NaN', () => {
    fc.assert(
      fc.property(backoff, retry, chance, (given, n, drawn) => {
        const delayMs = backoffMs(given, n, drawn)
        expect(delayMs).toBeGreaterThanOrEqual(0)
        expect(delayMs).toBeLessThanOrEqual(Math.min(given.maxMs, DELAY_MAX_MS))
      }),
      { numRuns: 2_000 },
    )
  })

  it('never exceeds what a timer can hold, whatever the cap', () => {
    expect(backoffMs({ baseMs: 1e12, factor: 1, maxMs: 1e12, jitter: 'none' }, 1, 1)).toBe(DELAY_MAX_MS)
  })

  it('never shrinks from one retry to the next without jitter', () => {
    fc.assert(
      fc.property(backoff, retry, (given, n) => {
        const exact: Backoff = { ...given, jitter: 'none' }
        expect(backoffMs(exact, n + 1, 0)).toBeGreaterThanOrEqual(backoffMs(exact, n, 0))
      }),
    )
  })
})
