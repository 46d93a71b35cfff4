import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { loadUnits } from '../../../src/actors/units.ts'
import { add, compare, convertTo, divide, multiply, subtract } from '../../../src/model/units/arithmetic.ts'
import { value, type PhysicalValue } from '../../../src/model/units/physical-value.ts'

const units = await loadUnits()

const codeOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

const amount = ({ magnitude, unit, tolerance }: PhysicalValue) => ({ magnitude, unit, tolerance })
/** A unit that a test got from elsewhere: its name is not known to the compiler. */
const untold = (unit: string): string => unit

describe('a value', () => {
  it('is exact, unstated, unchecked and unlocked unless it says otherwise', () => {
    expect(value(20, 'degC')).toEqual({
      magnitude: 20,
      unit: 'degC',
      tolerance: 0,
      source: 'unstated',
      validationScore: 0,
      locked: false,
    })
    expect(value(1, 'kg', { tolerance: 0.1, source: 'scales' })).toMatchObject({
      tolerance: 0.1,
      source: 'scales',
    })
  })

  it('is refused where it is no number, or says what cannot be', () => {
    for (const wrong of [Number.NaN, Infinity]) {
      expect(codeOf(() => value(wrong, 'm'))).toBe('units.not_finite')
      expect(codeOf(() => value(1, 'm', { tolerance: wrong }))).toBe('input.invalid')
    }
    expect(codeOf(() => value(1, 'm', { tolerance: -1 }))).toBe('input.invalid')
    expect(codeOf(() => value(1, 'm', { validationScore: 2 }))).toBe('input.invalid')
  })

  it('has the quantity of its unit, as far as the compiler knows the name', () => {
    expectTypeOf(value(1, 'mm')).toEqualTypeOf<PhysicalValue<'length'>>()
    expectTypeOf(value(1, 'W/(m K)')).toEqualTypeOf<PhysicalValue<'thermal_conductivity'>>()
    expectTypeOf(value(1, 'acre_foot')).toEqualTypeOf<PhysicalValue>()
    expectTypeOf(value(1, 'mm')).toExtend<PhysicalValue>()
    expectTypeOf(value(1, 'mm')).not.toExtend<PhysicalValue<'mass'>>()
    expectTypeOf<PhysicalValue>().not.toExtend<PhysicalValue<'mass'>>()
  })
})

describe('a sum', () => {
  it('is in the unit of the first, and its tolerances add up in that unit', () => {
    const sum = add(units, value(1, 'm', { tolerance: 0.01 }), value(250, 'mm', { tolerance: 5 }))
    expect(amount(sum)).toEqual({ magnitude: 1.25, unit: 'm', tolerance: 0.015 })
    expectTypeOf(sum).toEqualTypeOf<PhysicalValue<'length'>>()
  })

  it('of two points on a scale is an error, and of a point and a difference a point', () => {
    expect(codeOf(() => add(units, value(20, 'degC'), value(10, 'degC')))).toBe('units.affine')
    expect(codeOf(() => add(units, value(20, 'degC'), value(50, 'degF')))).toBe('units.affine')
    expect(amount(add(units, value(20, 'degC', { tolerance: 1 }), value(10, 'K', { tolerance: 1 })))).toEqual(
      {
        magnitude: 30,
        unit: 'degC',
        tolerance: 2,
      },
    )
    expect(add(units, value(10, 'K'), value(20, 'degC'))).toMatchObject({ magnitude: 30, unit: 'degC' })
    expect(add(units, value(20, 'degC'), value(283.15, 'K')).magnitude).toBeCloseTo(303.15, 9)
    expect(add(units, value(20, 'degC'), value(18, 'degR')).magnitude).toBeCloseTo(30, 9)
  })

  it('of different things is refused, by the compiler where it knows the names', () => {
    // @ts-expect-error
    expect(codeOf(() => add(units, value(1, 'm'), value(1, 's')))).toBe('units.dimension')
    expect(codeOf(() => add(units, value(1, 'm'), value(1, untold('s'))))).toBe('units.dimension')
    // @ts-expect-error
    expect(codeOf(() => subtract(units, value(1, 'ohm'), value(1, 'S')))).toBe('units.dimension')
    // @ts-expect-error
    expect(codeOf(() => compare(units, value(1, 'Bq'), value(1, 'Sv')))).toBe('units.dimension')
    // @ts-expect-error
    expect(codeOf(() => convertTo(units, value(1, 'T'), 'H'))).toBe('units.dimension')
    expect(add(units, value(1, 'N m'), value(1, 'J')).magnitude).toBe(2)
  })

  it('is as sure as the less sure, and says that it was computed', () => {
    const sum = add(units, value(1, 'm', { validationScore: 0.9 }), value(1, 'm', { validationScore: 0.4 }))
    expect(sum).toMatchObject({ validationScore: 0.4, source: 'computed', locked: false })
  })
})

describe('a difference', () => {
  it('between two points on a scale is in K', () => {
    const span = subtract(units, value(30, 'degC', { tolerance: 0.5 }), value(20, 'degC', { tolerance: 0.5 }))
    expect(span.magnitude).toBeCloseTo(10, 9)
    expect(span).toMatchObject({ unit: 'K', tolerance: 1 })
    expect(subtract(units, value(212, 'degF'), value(0, 'degC')).magnitude).toBeCloseTo(100, 9)
  })

  it('of a point and a difference is a point, and the other way round an error', () => {
    expect(subtract(units, value(30, 'degC'), value(10, 'K'))).toMatchObject({ magnitude: 20, unit: 'degC' })
    expect(codeOf(() => subtract(units, value(300, 'K'), value(20, 'degC')))).toBe('units.affine')
  })
})

describe('a product', () => {
  it('is in the product of the units', () => {
    const power = multiply(units, value(12, 'V'), value(3, 'A'))
    expect(amount(power)).toEqual({ magnitude: 36, unit: 'V A', tolerance: 0 })
    expect(amount(convertTo(units, power, 'W'))).toEqual({ magnitude: 36, unit: 'W', tolerance: 0 })
    expectTypeOf(convertTo(units, power, 'W')).toEqualTypeOf<PhysicalValue<'power'>>()
    expect(multiply(units, value(2, 'N/mm^2'), value(3, 'mm^2'))).toMatchObject({ magnitude: 6, unit: 'N' })
    expect(divide(units, value(6, 'm'), value(3, 'm'))).toMatchObject({ magnitude: 2, unit: '1' })
    expect(divide(units, value(6, '1'), value(3, 's'))).toMatchObject({ magnitude: 2, unit: '1/s' })
  })

  it('has no part that does not begin at nothing', () => {
    expect(codeOf(() => multiply(units, value(20, 'degC'), value(1, 'J/K')))).toBe('units.affine')
    expect(codeOf(() => divide(units, value(1, 'J'), value(20, 'degF')))).toBe('units.affine')
  })

  it('is refused where its divisor may be zero', () => {
    expect(codeOf(() => divide(units, value(1, 'm'), value(0, 's')))).toBe('units.zero_divisor')
    expect(codeOf(() => divide(units, value(1, 'm'), value(1, 's', { tolerance: 1 })))).toBe(
      'units.zero_divisor',
    )
  })
})

describe('a tolerance', () => {
  it('is converted as a difference', () => {
    expect(amount(convertTo(units, value(20, 'mm', { tolerance: 0.1 }), 'm'))).toEqual({
      magnitude: 0.02,
      unit: 'm',
      tolerance: 0.0001,
    })
    expect(convertTo(units, value(20, 'degC', { tolerance: 0.5 }), 'degF')).toMatchObject({
      magnitude: 68,
      tolerance: 0.9,
    })
  })

  it('holds whatever its parts may be, and no more than it must', () => {
    const side = fc.integer({ min: -1000, max: 1000 }).map((n) => n / 10)
    const half = fc.integer({ min: 0, max: 100 }).map((n) => n / 10)
    const at = fc.constantFrom(-1, -0.5, 0, 0.5, 1)
    const rules = [
      { does: (a: number, b: number) => a + b, by: add },
      { does: (a: number, b: number) => a - b, by: subtract },
      { does: (a: number, b: number) => a * b, by: multiply },
      { does: (a: number, b: number) => a / b, by: divide },
    ]
    const widest = new Map(rules.map((rule) => [rule, 0]))
    fc.assert(
      fc.property(fc.constantFrom(...rules), side, side, half, half, at, at, (rule, a, b, da, db, ia, ib) => {
        fc.pre(rule.by !== divide || Math.abs(b) > db + 0.1)
        const result = rule.by(units, value(a, 'm', { tolerance: da }), value(b, 'm', { tolerance: db }))
        const off = Math.abs(rule.does(a + ia * da, b + ib * db) - result.magnitude)
        expect(off).toBeLessThanOrEqual(result.tolerance + 1e-9 * (1 + Math.abs(result.magnitude) + off))
        if (result.tolerance > 0) widest.set(rule, Math.max(widest.get(rule) ?? 0, off / result.tolerance))
      }),
      { numRuns: 2_000 },
    )
    for (const reached of widest.values()) expect(reached).toBeGreaterThan(0.999)
  })
})

describe('a comparison', () => {
  it('is of magnitudes, in one unit, without the noise of conversion', () => {
    expect(compare(units, value(1, 'm'), value(99, 'cm'))).toBe(1)
    expect(compare(units, value(20, 'degC'), value(300, 'K'))).toBe(-1)
    expect(compare(units, value(0.3, 'm'), value(300, 'mm'))).toBe(0)
    expect(compare(units, value(0.1 + 0.2, 'm'), value(300, 'mm'))).toBe(0)
  })
})
