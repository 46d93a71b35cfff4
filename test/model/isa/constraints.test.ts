import { describe, expect, it } from 'vitest'
import type { Constraint } from '../../../src/model/isa/constraint.ts'
import type { NodeValue } from '../../../src/model/isa/isa-node.ts'
import { conflictsOf, defineRule } from '../../../src/model/isa/rules.ts'
import { codeOf, isaOf, lengths, metres } from './scene.ts'

const kept = (value: NodeValue, constraint: Constraint, other?: NodeValue): boolean => {
  const isa = isaOf()
  if (other) isa.set('b.limit', other)
  isa.set('a.x', value, { constraints: [constraint] })
  return isa.violations().length === 0
}

const mm = (magnitude: number, tolerance = 0) => ({ magnitude, unit: 'mm', tolerance })
const degC = (magnitude: number, tolerance = 0) => ({ magnitude, unit: 'degC', tolerance })
const limit = { kind: 'atMost', node: 'b.limit' } as const

describe('a constraint', () => {
  it.each<[string, NodeValue, Constraint, boolean, NodeValue?]>([
    ['inside', mm(5), { kind: 'range', min: 0, max: 10 }, true],
    ['on its end', mm(10), { kind: 'range', max: 10 }, true],
    ['on its end, after conversion', mm(300), { kind: 'range', max: 0.1 + 0.2, unit: 'm' }, true],
    ['beyond by its tolerance', mm(10, 0.1), { kind: 'range', max: 10 }, false],
    ['below by its tolerance', mm(0, 0.1), { kind: 'range', min: 0 }, false],
    ['in another unit', mm(1001), { kind: 'range', max: 1, unit: 'm' }, false],
    ['of a temperature', degC(40), { kind: 'range', max: 300, unit: 'K' }, false],
    ['of a temperature, kept', degC(26), { kind: 'range', min: 32, unit: 'degF' }, true],
    ['without ends', mm(1e9), { kind: 'range' }, true],
    ['a standard size', mm(4), { kind: 'oneOf', magnitudes: [3, 4, 5] }, true],
    ['a standard size in another unit', mm(25.4), { kind: 'oneOf', magnitudes: [1, 2], unit: 'in' }, true],
    ['no standard size', mm(4.5), { kind: 'oneOf', magnitudes: [3, 4, 5] }, false],
    ['below another', mm(9), limit, true, { magnitude: 1, unit: 'cm' }],
    ['above another', mm(11), limit, false, { magnitude: 1, unit: 'cm' }],
    ['both tolerances count', mm(9, 0.6), limit, false, mm(10, 0.6)],
    ['a tolerance in another unit counts', mm(9), limit, false, { ...metres(0.01), tolerance: 0.002 }],
    ['a tolerance in another unit fits', mm(7), limit, true, { ...metres(0.01), tolerance: 0.002 }],
    ['with a margin left', mm(7), { ...limit, marginRatio: 0.25 }, true, mm(10)],
    ['with less than its margin', mm(8), { ...limit, marginRatio: 0.25 }, false, mm(10)],
    ['with a margin below nothing', mm(-12), { ...limit, marginRatio: 0.25 }, false, mm(-10)],
    ['with a margin in K', degC(60), { ...limit, margin: { magnitude: 20, unit: 'K' } }, true, degC(80)],
    ['hotter than its margin', degC(61), { ...limit, margin: { magnitude: 20, unit: 'K' } }, false, degC(80)],
    ['in kelvin against celsius', degC(61), limit, true, { magnitude: 340, unit: 'K' }],
    ['above a floor', mm(12), { kind: 'atLeast', node: 'b.limit', marginRatio: 0.1 }, true, mm(10)],
    ['too near a floor', mm(10.5), { kind: 'atLeast', node: 'b.limit', marginRatio: 0.1 }, false, mm(10)],
    ['agreeing', mm(10, 0.1), { kind: 'equals', node: 'b.limit' }, true, mm(10.2, 0.1)],
    ['not agreeing', mm(10, 0.1), { kind: 'equals', node: 'b.limit' }, false, mm(10.3, 0.1)],
    ['against nothing', mm(10), limit, false],
  ])('%s: %j, %j is kept: %s', (_, value, constraint, is, other) => {
    expect(kept(value, constraint, other)).toBe(is)
  })

  it('says what is wrong in a sentence', () => {
    const isa = isaOf()
    isa.set('battery.limit', degC(60))
    isa.set('battery.hot', degC(55, 1), {
      constraints: [
        { kind: 'range', max: 50 },
        { kind: 'atMost', node: 'battery.limit', margin: { magnitude: 10, unit: 'K' } },
        { kind: 'oneOf', magnitudes: [20, 25] },
        { kind: 'atMost', node: 'battery.gone' },
      ],
    })
    expect(isa.violations().map(({ message }) => message)).toEqual([
      'battery.hot is 55 ± 1 degC, and must not be above 50 degC.',
      'battery.hot is 55 ± 1 degC, and must be at most battery.limit, which is 60 degC, with 10 K between.',
      'battery.hot is 55 ± 1 degC, and must be one of 20, 25 degC.',
      'battery.hot is to be compared with battery.gone, which does not exist.',
    ])
  })

  it('keeps its meaning when the value is set in another unit', () => {
    const isa = isaOf()
    isa.set('a.x', mm(5), { constraints: [{ kind: 'range', max: 10 }] })
    isa.set('a.x', { magnitude: 5, unit: 'm' })
    expect(isa.violations().map(({ message }) => message)).toEqual([
      'a.x is 5 m, and must not be above 10 mm.',
    ])
  })

  it('that means nothing is refused', () => {
    const isa = lengths({ 'a.x': [] })
    const set = (value: NodeValue, constraint: Constraint) =>
      codeOf(() => isa.set('b.y', value, { constraints: [constraint] }))
    expect(set(degC(1), { kind: 'atMost', node: 'a.x', marginRatio: 0.1 })).toBe('isa.dimension')
    isa.set('a.t', degC(1))
    expect(set(degC(1), { kind: 'atMost', node: 'a.t', marginRatio: 0.1 })).toBe('isa.invalid_value')
    expect(set(mm(1), { kind: 'oneOf', magnitudes: [] })).toBe('isa.invalid_value')
    expect(set(mm(1), { kind: 'range', max: Number.NaN })).toBe('isa.invalid_value')
    expect(set(mm(1), { kind: 'atMost', node: 'a.x', margin: mm(-1) as never })).toBe('isa.invalid_value')
    expect(set(mm(1), { kind: 'spam' } as never)).toBe('isa.invalid_value')
  })
})

describe('conflicts', () => {
  it('are what rules find, and every constraint that is not kept', () => {
    const tooLong = defineRule({
      id: 'reach',
      between: ['Geometry', 'Structural'],
      find: (isa) => (isa.magnitude('arm.length', 'm') > 1 ? 'The arm is longer than 1 m.' : undefined),
    })
    const isa = isaOf()
    isa.set('arm.limit', metres(2))
    isa.set('arm.length', metres(1))
    expect(conflictsOf(isa, [tooLong])).toEqual([])
    isa.set('arm.length', metres(3), { constraints: [{ kind: 'atMost', node: 'arm.limit' }] })
    expect(conflictsOf(isa, [tooLong])).toEqual([
      { id: 'reach', between: ['Geometry', 'Structural'], message: 'The arm is longer than 1 m.' },
      {
        id: 'isa:atMost:arm.length',
        between: ['arm.length', 'arm.limit'],
        message: 'arm.length is 3 m, and must be at most arm.limit, which is 2 m.',
      },
    ])
  })

  it('says so where a number cannot be held against another, and checks the others', () => {
    const isa = isaOf()
    isa.set('b.limit', { magnitude: 1e300, unit: 'km' })
    isa.set('a.x', { magnitude: 1, unit: 'pm' }, { constraints: [limit] })
    isa.set('a.y', mm(2), { constraints: [{ kind: 'range', max: 1 }] })
    expect(isa.violations().map(({ message }) => message)).toEqual([
      'a.x cannot be held against its constraint "atMost": 1e+300 km is no finite number of pm.',
      'a.y is 2 mm, and must not be above 1 mm.',
    ])
  })
})
