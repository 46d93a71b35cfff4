import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FailureWindow } from '../../../src/model/resilience/failure-window.ts'

type Call = { readonly afterMs: number; readonly failed: boolean; readonly slow: boolean }

/** Mostly close together, so that all slices are in use, and now and then a pause longer than the window. */
const afterMs = fc.oneof(
  { weight: 8, arbitrary: fc.nat(6) },
  { weight: 2, arbitrary: fc.nat(40) },
  { weight: 1, arbitrary: fc.integer({ min: 90, max: 300 }) },
)
const calls = fc.array(fc.record({ afterMs, failed: fc.boolean(), slow: fc.boolean() }), {
  maxLength: 80,
  size: 'max',
})

/** All calls with their times, because nothing is ever forgotten here. */
function timed(list: readonly Call[]): readonly (Call & { at: number })[] {
  let at = 0
  return list.map((call) => ({ ...call, at: (at += call.afterMs) }))
}

describe('a failure window', () => {
  it('counts failures exactly as somebody does who keeps all of them', () => {
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 6 }), (list, failuresMax) => {
        const windowMs = 100
        const window = new FailureWindow({ windowMs, failuresMax, callsMin: 1 })
        const seen: (Call & { at: number })[] = []
        for (const call of timed(list)) {
          seen.push(call)
          const recent = seen.filter(({ at, failed }) => failed && call.at - at < windowMs).length
          expect(window.record(call.at, call.failed, call.slow)).toBe(call.failed && recent >= failuresMax)
        }
      }),
    )
  })

  it('finds a share as somebody does who keeps all calls of the last twenty slices', () => {
    const bound = fc.constantFrom(0.07, 0.3, 0.5, 1)
    fc.assert(
      fc.property(
        calls,
        bound,
        bound,
        fc.integer({ min: 1, max: 8 }),
        (list, failureRate, slowRate, callsMin) => {
          const sliceMs = 5
          const window = new FailureWindow({ windowMs: 20 * sliceMs, failureRate, slowRate, callsMin })
          const seen: (Call & { at: number })[] = []
          for (const call of timed(list)) {
            seen.push(call)
            const from = (Math.floor(call.at / sliceMs) - 19) * sliceMs
            const recent = seen.filter(({ at }) => at >= from)
            const shareOf = (what: 'failed' | 'slow') =>
              recent.filter((one) => one[what]).length / recent.length
            const trips =
              recent.length >= callsMin && (shareOf('failed') >= failureRate || shareOf('slow') >= slowRate)
            expect(window.record(call.at, call.failed, call.slow)).toBe(trips)
          }
        },
      ),
    )
  })

  it('takes 7 failures of 100 for the 7 percent they are', () => {
    const window = new FailureWindow({ windowMs: 1_000, failureRate: 0.07, callsMin: 100 })
    const trips = Array.from({ length: 100 }, (_, index) => window.record(0, index < 7, false))
    expect(trips.indexOf(true)).toBe(99)
  })

  it('does not lose its count when the clock is set back', () => {
    const window = new FailureWindow({ windowMs: 100, failureRate: 1, callsMin: 3 })
    expect([500, 490, 100].map((at) => window.record(at, true, false))).toEqual([false, false, true])
  })

  it('forgets everything when it is cleared', () => {
    const window = new FailureWindow({ windowMs: 100, failuresMax: 2, failureRate: 1, callsMin: 2 })
    window.record(0, true, false)
    window.clear()
    expect(window.record(1, true, false)).toBe(false)
    expect(window.record(2, true, false)).toBe(true)
  })
})
