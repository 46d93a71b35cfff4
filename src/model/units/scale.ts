/** A unit seen as a scale: how many base units one of it is, and where its zero lies. */

/** The base dimensions in the order in which they are written. */
const BASES = ['L', 'M', 'T', 'I', 'Θ', 'N', 'J', 'angle', 'bit'] as const

/** One exponent for each base dimension. */
export type Dimension = readonly number[]

/** One of it is `times / per` base units; two numbers, since 1/1000 is exact and 0.001 is not. */
export type Scale = {
  readonly times: number
  readonly per: number
  /** What is added to a magnitude before it is scaled: 273.15 for degC, 0 for all that begin at nothing. */
  readonly offset: number
  readonly dimension: Dimension
}

export const ONE: Scale = { times: 1, per: 1, offset: 0, dimension: BASES.map(() => 0) }

/** `L M T^-2`; `1` for plain numbers. */
export function dimensionText(dimension: Dimension): string {
  const parts = BASES.flatMap((base, index) => {
    const exponent = dimension[index] ?? 0
    return exponent === 0 ? [] : [exponent === 1 ? base : `${base}^${exponent}`]
  })
  return parts.join(' ') || '1'
}

/** The product of a scale and a power of another, both taken as differences: W/(m^2 degC) is W/(m^2 K). */
export function timesPower(scale: Scale, other: Scale, exponent: number): Scale {
  const power = Math.abs(exponent)
  const [times, per] = exponent < 0 ? [other.per, other.times] : [other.times, other.per]
  return {
    times: scale.times * times ** power,
    per: scale.per * per ** power,
    offset: 0,
    dimension: scale.dimension.map((own, index) => own + (other.dimension[index] ?? 0) * exponent),
  }
}

export function convertDifference(magnitude: number, from: Scale, to: Scale): number {
  return (magnitude * (from.times * to.per)) / (from.per * to.times)
}

/**
 * A point on one scale as a point on the other. What is between the zeros is taken in the finer of the two units, in
 * which it has few digits (32 degF, not 17.777… degC), and without the noise of its own computation.
 */
export function convertPoint(magnitude: number, from: Scale, to: Scale): number {
  if (from.offset === 0 && to.offset === 0) return convertDifference(magnitude, from, to)
  return convertDifference(1, from, to) < 1
    ? convertDifference(magnitude + quiet(from.offset - convertDifference(to.offset, to, from)), from, to)
    : convertDifference(magnitude, from, to) + quiet(convertDifference(from.offset, from, to) - to.offset)
}

/** Two digits fewer than a number has, which is where the noise of a subtraction stands. */
const quiet = (shift: number) => Number(shift.toPrecision(14))
