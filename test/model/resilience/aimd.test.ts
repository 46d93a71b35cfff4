import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Aimd } from '../../../src/model/resilience/aimd.ts'

const rules = { min: 2, max: 20, initial: 10, increase: 1, decrease: 0.5 }

describe('additive increase, multiplicative decrease', () => {
  it('stays a whole number within its bounds, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(30))), (steps) => {
        const aimd = new Aimd(rules)
        for (const running of steps) {
          if (running === null) aimd.lower()
          else aimd.raise(running)
          expect(Number.isInteger(aimd.limit)).toBe(true)
          expect(aimd.limit).toBeGreaterThanOrEqual(rules.min)
          expect(aimd.limit).toBeLessThanOrEqual(rules.max)
        }
      }),
    )
  })

  it('grows by about one in a round of as many calls as it allows', () => {
    const aimd = new Aimd(rules)
    for (let call = 0; call < 11; call += 1) aimd.raise(10)
    expect(aimd.limit).toBe(11)
  })

  it('is halved by a sign of congestion', () => {
    const aimd = new Aimd(rules)
    aimd.lower()
    expect(aimd.limit).toBe(5)
  })

  it('does not grow while less than half of it is used', () => {
    const aimd = new Aimd(rules)
    for (let call = 0; call < 1_000; call += 1) aimd.raise(4)
    expect(aimd.limit).toBe(10)
  })

  it('brings two that share a resource to equal shares, wherever they begin', () => {
    const one = new Aimd({ ...rules, min: 1, max: 100, initial: 90 })
    const other = new Aimd({ ...rules, min: 1, max: 100, initial: 2 })
    for (let round = 0; round < 2_000; round += 1) {
      const isTooMuch = one.limit + other.limit > 60
      for (const aimd of [one, other])
        if (isTooMuch) aimd.lower()
        else for (let call = aimd.limit; call > 0; call -= 1) aimd.raise(aimd.limit)
    }
    expect(Math.abs(one.limit - other.limit)).toBeLessThanOrEqual(2)
  })
})
