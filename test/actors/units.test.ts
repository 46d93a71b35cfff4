import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadUnits } from '../../src/actors/units.ts'
import { UNIT_NAMES } from '../../src/model/units/names.ts'
import { QUANTITIES } from '../../src/model/units/quantity.ts'
import { multiplied, readUnitText, unitText } from '../../src/model/units/unit-text.ts'

const units = await loadUnits()

const codeOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

/** Names whose zero is nothing, by dimension: any two of one list convert into each other. */
const alike = Object.values(
  Object.groupBy(
    [...UNIT_NAMES.keys()].filter((name) => !units.isAffine(name)),
    (name) => units.dimensionOf(name),
  ),
).filter((names) => names !== undefined)

const alikeNames = fc
  .constantFrom(...alike)
  .chain((names) => fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names), fc.constantFrom(...names)))
const magnitude = fc.double({ min: -1e9, max: 1e9, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-9)

const near = (a: number, b: number, size = Math.max(Math.abs(a), Math.abs(b))) =>
  Math.abs(a - b) <= 1e-12 * size

describe('the facade', () => {
  it('knows far more than 150 names, each once and each of the dimension of its quantity', () => {
    expect(units.names.length).toBeGreaterThan(400)
    expect(new Set(units.names).size).toBe(units.names.length)
    const atoms = new Set([...UNIT_NAMES.keys()].flatMap((name) => [...readUnitText(name).keys()]))
    expect(atoms.size).toBeGreaterThan(200)
    const wrong = [...UNIT_NAMES].filter(
      ([name, quantity]) => units.dimensionOf(name) !== QUANTITIES[quantity],
    )
    expect(wrong).toEqual([])
  })

  it('names no quantity twice under one dimension by mistake: each has a name', () => {
    expect(new Set(UNIT_NAMES.values()).size).toBe(Object.keys(QUANTITIES).length)
  })

  // NIST SP 811 (2008), appendix B.8; SI brochure (2019), tables 4, 7 and 8.
  it.each([
    [1, 'MPa', 'Pa', 1e6],
    [1, 'kW', 'W', 1e3],
    [1, 'N', 'kN', 1e-3],
    [1, 'A', 'mA', 1e3],
    [1, 'mi', 'm', 1609.344],
    [1, 'acre', 'm^2', 4046.8564224],
    [1, 'gal', 'L', 3.785411784],
    [1, 'bbl', 'm^3', 0.158987294928],
    [1, 'imp_gal', 'm^3', 4.54609e-3],
    [1, 'lb', 'kg', 0.45359237],
    [1, 'slug', 'kg', 14.593902937206364],
    [1, 'lbf', 'N', 4.4482216152605],
    [1, 'psi', 'Pa', 6894.757293168361],
    [1, 'kip', 'N', 4448.2216152605],
    [1, 'atm', 'Pa', 101325],
    [760, 'torr', 'Pa', 101325],
    [1, 'inHg', 'Pa', 3386.388640341],
    [1, 'hp', 'W', 745.6998715822702],
    [1, 'metric_hp', 'W', 735.49875],
    [1, 'cal', 'J', 4.184],
    [1, 'BTU', 'J', 1055.05585262],
    [1, 'eV', 'J', 1.602176634e-19],
    [1, 'kWh', 'MJ', 3.6],
    [60, 'rpm', 'rad/s', 2 * Math.PI],
    [1, 'turn', 'deg', 360],
    [1, 'kn', 'km/h', 1.852],
    [1, 'g0', 'm/s^2', 9.80665],
    [1, 'mAh', 'C', 3.6],
    [1, 'gauss', 'T', 1e-4],
    [1, 'Oe', 'A/m', 1000 / (4 * Math.PI)],
    [1, 'Ci', 'Bq', 3.7e10],
    [1, 'rem', 'Sv', 0.01],
    [1, 'cP', 'mPa s', 1],
    [1, 'cSt', 'mm^2/s', 1],
    [1, 'fc', 'lx', 10.763910416709722],
    [1, 'kB', 'bit', 8000],
    [1, 'KiB', 'B', 1024],
    [1, '%', 'ppm', 1e4],
    [1, 'BTU/(h ft degF)', 'W/(m K)', 1.7307346663713912],
    [100, 'degC', 'degF', 212],
    [-40, 'degF', 'degC', -40],
    [20, 'degC', 'K', 293.15],
    [491.67, 'degR', 'degC', 0],
  ])('converts %d %s to %s: %d', (from, unit, to, is) => {
    expect(near(units.convert(from, unit, to), is, Math.max(Math.abs(is), 1e-11))).toBe(true)
  })

  it('gives round numbers where they are round', () => {
    expect(units.convert(20, 'degC', 'degF')).toBe(68)
    expect(units.convert(98.6, 'degF', 'degC')).toBe(37)
    expect(units.convert(3, 'mm', 'm')).toBe(0.003)
    expect(units.convert(7, 'um', 'mm')).toBe(0.007)
  })

  it('converts a difference without the zero of its scale', () => {
    expect(units.convertDifference(10, 'degC', 'K')).toBe(10)
    expect(units.convertDifference(10, 'degC', 'degF')).toBe(18)
    expect(units.isAffine('degC')).toBe(true)
    expect(units.isAffine('W/(m^2 degC)')).toBe(false)
    expect(units.convert(1, 'W/(m^2 degC)', 'W/(m^2 K)')).toBe(1)
  })

  it.each([
    ['ohm', 'S'],
    ['T', 'H'],
    ['Bq', 'Sv'],
    ['W/(m K)', 'J/(kg K)'],
    ['g0', 'g'],
    ['rpm', 'Hz'],
    ['deg', '%'],
    ['J', 'W'],
    ['lm', 'cd'],
  ])('refuses to make %s of %s: they measure different things', (from, to) => {
    expect(codeOf(() => units.convert(100, from, to))).toBe('units.dimension')
    expect(codeOf(() => units.convertDifference(100, from, to))).toBe('units.dimension')
  })

  it('takes the signs that engineers write', () => {
    expect(units.convert(1, 'µm', 'nm')).toBe(1000)
    expect(units.convert(20, '°C', 'K')).toBe(293.15)
    // Not a degree times a coulomb, or times a farad.
    expect(['deg C', '° C'].map((text) => units.convert(20, text, 'K'))).toEqual([293.15, 293.15])
    expect(units.dimensionOf('W/(m^2 deg F)')).toBe(units.dimensionOf('W/(m^2 K)'))
    expect(units.dimensionOf('kg·m²')).toBe('L^2 M')
    expect(units.dimensionOf('Ω')).toBe(units.dimensionOf('ohm'))
    expect(units.convert(1, 'N*m', 'N m')).toBe(1)
  })

  it.each([
    'J/kg K',
    'W/m*K',
    '',
    ' ',
    'm//s',
    '(m',
    'm)',
    'm^',
    'm^0',
    'm^99',
    'm^0.3',
    '2 m',
    'kgg',
    'VAR',
    'kdegC',
    '__proto__',
    'constructor',
    'USD',
    'm; import("fs")',
    'sqrt(4)',
    `m${' m'.repeat(200)}`,
    '(((km^12)^12)^12)',
  ])('knows no unit "%s"', (text) => {
    expect(units.has(text)).toBe(false)
    expect(codeOf(() => units.dimensionOf(text))).toBe('units.unknown')
  })

  it('says what was meant, or what is missing', () => {
    expect(() => units.dimensionOf('kpa')).toThrow('Did you mean "kPa"')
    expect(() => units.dimensionOf('J/kg K')).toThrow('needs brackets, as in W/(m K)')
    expect(() => units.convert(1, 'm', 's')).toThrow('m (L) cannot be converted to s (T)')
  })

  it('refuses what is no finite number, on either side', () => {
    for (const wrong of [Number.NaN, Infinity, -Infinity])
      expect(codeOf(() => units.convert(wrong, 'm', 'm'))).toBe('units.not_finite')
    expect(codeOf(() => units.convert(1e300, 'ly', 'pm'))).toBe('units.not_finite')
  })

  it('converts there and back within 1e-12 of the size', () => {
    const points = fc.constantFrom('K', 'degC', 'degF', 'degR', 'mK')
    const thereAndBack = (amount: number, from: string, to: string) =>
      units.convert(units.convert(amount, from, to), to, from)
    fc.assert(
      fc.property(magnitude, alikeNames, (amount, [from, to]) => {
        expect(near(thereAndBack(amount, from, to), amount)).toBe(true)
      }),
    )
    fc.assert(
      fc.property(fc.double({ min: -273, max: 1e6, noNaN: true }), points, points, (amount, from, to) => {
        expect(near(thereAndBack(amount, from, to), amount, Math.abs(amount) + 1000)).toBe(true)
      }),
    )
  })

  it('comes to the same over a third unit', () => {
    fc.assert(
      fc.property(magnitude, alikeNames, (amount, [from, over, to]) => {
        const [twice, once] = [
          units.convert(units.convert(amount, from, over), over, to),
          units.convert(amount, from, to),
        ]
        expect(near(twice, once)).toBe(true)
      }),
    )
  })

  it('gives a product the sum of the exponents, and reads back what it writes', () => {
    const name = fc.constantFrom(...UNIT_NAMES.keys())
    const sumOf = (a: string, b: string, sign: number) => {
      const exponents = new Map<string, number>()
      for (const [text, factor] of [
        [a, 1],
        [b, sign],
      ] as const)
        for (const part of units.dimensionOf(text).split(' ')) {
          const [base = '', exponent = '1'] = part.split('^')
          if (base !== '1') exponents.set(base, (exponents.get(base) ?? 0) + Number(exponent) * factor)
        }
      return Object.fromEntries([...exponents].filter(([, exponent]) => exponent !== 0))
    }
    const exponentsOf = (text: string) => sumOf(text, '1', 1)
    fc.assert(
      fc.property(name, name, fc.constantFrom(1, -1), (a, b, sign) => {
        const product = unitText(multiplied(readUnitText(a), readUnitText(b), sign))
        expect(exponentsOf(product)).toEqual(sumOf(a, b, sign))
        expect(unitText(readUnitText(product))).toBe(product)
      }),
    )
  })
})

describe('units of one’s own', () => {
  it('are made of those that are known, in any order', async () => {
    const own = await loadUnits({
      reservoir: '12 acre_foot',
      acre_foot: '1233.48 m^3',
      dozen: '12',
      pulse: '1/s',
    })
    expect(own.convert(2, 'reservoir', 'm^3')).toBeCloseTo(2 * 12 * 1233.48, 9)
    expect(own.convert(1, 'acre_foot/day', 'm^3/day')).toBe(1233.48)
    expect(own.dimensionOf('dozen')).toBe('1')
    expect(own.dimensionOf('pulse')).toBe('T^-1')
    expect(own.names).toContain('acre_foot')
  })

  it('are nobody else’s', async () => {
    const [one, other] = [await loadUnits({ span: '0.2 m' }), await loadUnits({ span: '9 in' })]
    expect(one.convert(1, 'span', 'mm')).toBe(200)
    expect(other.convert(1, 'span', 'mm')).toBeCloseTo(228.6, 9)
    expect(units.has('span')).toBe(false)
  })

  it.each([
    ['there is one', { mm: '1 m' }],
    ['the library has one', { furlong: '1 m', gallon: '4 L' }],
    ['a prefix makes one', { Gm: '1 m' }],
    ['what it is made of is unknown', { span: '2 spams' }],
    ['it is made of itself', { span: '2 span' }],
    ['it leads back to itself', { a_1: '2 b_1', b_1: '3 c_1', c_1: '4 a_1' }],
    ['it does not begin at nothing', { warm: '2 degC' }],
    ['it is nothing', { nil: '0 m' }],
    ['it is below nothing', { back: '-1 m' }],
    ['it is too large', { huge: '1e999 m' }],
    ['it is an expression', { evil: 'm; evaluate("1")' }],
    ['it is a call', { evil: 'import("fs")' }],
    ['it is too long', { long: `1 ${'m '.repeat(200)}` }],
    ['its name is no name', { 'two words': '1 m' }],
    ['its name is a number', { '1st': '1 m' }],
    ['its name would be code', { 'constructor()': '1 m' }],
    ['its name is too long', { ['x'.repeat(33)]: '1 m' }],
  ])('are refused when %s', async (_, defined) => {
    await expect(loadUnits(defined)).rejects.toMatchObject({ code: 'units.invalid_definition' })
  })

  it('are told where they lead back to themselves', async () => {
    await expect(loadUnits({ a_1: '2 b_1', b_1: '3 a_1' })).rejects.toThrow('a_1 -> b_1 -> a_1')
  })

  it('cannot reach what objects have by nature', async () => {
    expect(units.has('toString')).toBe(false)
    await expect(loadUnits(Object.fromEntries([['__proto__', '1 m']]))).rejects.toMatchObject({
      code: 'units.invalid_definition',
    })
  })
})
