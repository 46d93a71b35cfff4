/** Arithmetic of physical values: dimensions are checked, tolerances are carried along. */

import { StagecraftError } from '../errors.ts'
import type { QuantityOf } from './names.ts'
import { value, type PhysicalValue, type UnitText } from './physical-value.ts'
import type { DimensionOf, Quantity } from './quantity.ts'
import { multiplied, readUnitText, unitText } from './unit-text.ts'
import type { Units } from './units.ts'

type QuantityIn<V extends PhysicalValue> = QuantityOf<V['unit']>

/** What an argument must be besides: nothing more, or something that no value is, where dimensions are known to differ. */
type Matching<Q extends Quantity, R extends Quantity> = Quantity extends Q | R
  ? unknown
  : [DimensionOf<R>] extends [DimensionOf<Q>]
    ? unknown
    : { readonly differs: `${DimensionOf<Q>} is not ${DimensionOf<R>}` }

/**
 * The sum, in the unit of the first. Degrees Celsius and Fahrenheit are points on a scale: two of them cannot be
 * added, and what is added to one counts as a difference, so 20 degC + 10 K is 30 degC. Tolerances add up, as the
 * sides of intervals do (Moore, Kearfott and Cloud, Introduction to Interval Analysis, SIAM 2009, section 2.3): the
 * result holds the worst case, not the likely one. Throws `units.dimension`, `units.affine`, `units.not_finite`.
 */
export function add<const A extends PhysicalValue, const B extends PhysicalValue>(
  units: Units,
  a: A,
  b: B & Matching<QuantityIn<A>, QuantityIn<B>>,
): PhysicalValue<QuantityIn<A>> {
  return likeFirst<A>(sumOf(units, a, b))
}

/**
 * What is between them, in the unit of the first: between two points on a scale in K, so 30 degC - 20 degC is 10 K,
 * and 30 degC - 10 K is 20 degC. Tolerances add up, as in `add`. Throws as `add` does.
 */
export function subtract<const A extends PhysicalValue, const B extends PhysicalValue>(
  units: Units,
  a: A,
  b: B & Matching<QuantityIn<A>, QuantityIn<B>>,
): PhysicalValue<QuantityIn<A>> {
  return likeFirst<A>(differenceOf(units, a, b))
}

/**
 * The product, in the product of the units. Its tolerance is the widest that both intervals allow,
 * |a| Δb + |b| Δa + Δa Δb (Moore, Kearfott and Cloud, 2009, section 2.3). Throws `units.affine` for degC and degF.
 */
export function multiply(units: Units, a: PhysicalValue, b: PhysicalValue): PhysicalValue {
  const tolerance =
    Math.abs(a.magnitude) * b.tolerance + Math.abs(b.magnitude) * a.tolerance + a.tolerance * b.tolerance
  return made(a, b, a.magnitude * b.magnitude, productOf(units, a, b, 1), tolerance)
}

/**
 * The quotient, in the quotient of the units. Its tolerance is the widest that both intervals allow,
 * (|a| Δb + |b| Δa) / (|b| (|b| − Δb)) (Moore, Kearfott and Cloud, 2009, section 2.3). Throws `units.zero_divisor`
 * where the divisor may be zero, `units.affine` for degC and degF.
 */
export function divide(units: Units, a: PhysicalValue, b: PhysicalValue): PhysicalValue {
  const least = Math.abs(b.magnitude) - b.tolerance
  if (least <= 0)
    throw new StagecraftError(
      'units.zero_divisor',
      `${b.magnitude} ± ${b.tolerance} ${b.unit} may be zero: nothing can be divided by it.`,
    )
  const tolerance =
    (Math.abs(a.magnitude) * b.tolerance + Math.abs(b.magnitude) * a.tolerance) /
    (Math.abs(b.magnitude) * least)
  return made(a, b, a.magnitude / b.magnitude, productOf(units, a, b, -1), tolerance)
}

/** -1, 0 or 1 as the magnitude of the first is below, equal to (within 1e-12 of its size) or above the second's. */
export function compare<const A extends PhysicalValue, const B extends PhysicalValue>(
  units: Units,
  a: A,
  b: B & Matching<QuantityIn<A>, QuantityIn<B>>,
): -1 | 0 | 1 {
  const other = units.convert(b.magnitude, b.unit, a.unit)
  if (isEqual(a.magnitude, other)) return 0
  return a.magnitude < other ? -1 : 1
}

/** The same value in another unit: the magnitude as a point on the scale, the tolerance as a difference. */
export function convertTo<const V extends PhysicalValue, const U extends UnitText>(
  units: Units,
  from: V,
  unit: U & Matching<QuantityIn<V>, QuantityOf<U>>,
): PhysicalValue<QuantityOf<U>> {
  return value<U>(units.convert(from.magnitude, from.unit, unit), unit, {
    ...from,
    tolerance: units.convertDifference(from.tolerance, from.unit, unit),
  })
}

/** What two magnitudes may differ by, of their size, when conversion is all that was done to them. */
const NOISE_RATIO = 1e-12

export const isEqual = (a: number, b: number): boolean =>
  Math.abs(a - b) <= NOISE_RATIO * Math.max(Math.abs(a), Math.abs(b))

/** What sums give is of the dimension of the first, in the unit of one of the two or in K: names of its quantity. */
const likeFirst = <A extends PhysicalValue>(result: PhysicalValue) =>
  result as unknown as PhysicalValue<QuantityIn<A>>

function sumOf(units: Units, a: PhysicalValue, b: PhysicalValue): PhysicalValue {
  refuseOther(units, a, b)
  if (!units.isAffine(b.unit)) return sum(units, a, b, 1)
  if (!units.isAffine(a.unit)) return sum(units, b, a, 1)
  throw new StagecraftError(
    'units.affine',
    `${a.magnitude} ${a.unit} and ${b.magnitude} ${b.unit} are two points on a scale and cannot be added: ` +
      'give the difference in K.',
  )
}

function differenceOf(units: Units, a: PhysicalValue, b: PhysicalValue): PhysicalValue {
  refuseOther(units, a, b)
  if (!units.isAffine(b.unit)) return sum(units, a, b, -1)
  if (units.isAffine(a.unit)) return sum(units, convertTo(units, a, 'K'), convertTo(units, b, 'K'), -1)
  throw new StagecraftError(
    'units.affine',
    `${b.unit} is a point on a scale, and ${a.unit} may be a difference: convert one of them first.`,
  )
}

function sum(units: Units, a: PhysicalValue, b: PhysicalValue, sign: 1 | -1): PhysicalValue {
  const other = (magnitude: number) => units.convertDifference(magnitude, b.unit, a.unit)
  return made(a, b, a.magnitude + sign * other(b.magnitude), a.unit, a.tolerance + other(b.tolerance))
}

/** As sure as the less sure of the two. */
const made = (a: PhysicalValue, b: PhysicalValue, magnitude: number, unit: string, tolerance: number) =>
  value<string>(magnitude, unit, {
    tolerance,
    source: 'computed',
    validationScore: Math.min(a.validationScore, b.validationScore),
  })

function productOf(units: Units, a: PhysicalValue, b: PhysicalValue, exponent: 1 | -1): string {
  for (const { unit } of [a, b])
    if (units.isAffine(unit))
      throw new StagecraftError(
        'units.affine',
        `${unit} does not begin at nothing, so it cannot be a factor: convert it to K first.`,
      )
  return unitText(multiplied(readUnitText(a.unit), readUnitText(b.unit), exponent))
}

/** Throws `units.dimension`. */
const refuseOther = (units: Units, a: PhysicalValue, b: PhysicalValue) =>
  void units.convertDifference(0, b.unit, a.unit)
