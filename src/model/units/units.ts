/** The port to whatever knows units: names, dimensions and conversions of numbers. */

import { StagecraftError } from '../errors.ts'
import { convertDifference, convertPoint, dimensionText, type Scale } from './scale.ts'
import { UnitBook, type DefinedUnits, type UnitLibrary } from './unit-book.ts'
import { shown } from './unit-text.ts'

/**
 * A unit is a text: a name, or a product of powers of names, such as `W/(m K)`, `kg m^2`, `N/mm^2`, `1/s`; prefixed
 * forms of SI units work beside the names that are listed. Whatever takes a unit throws `units.unknown` for others.
 */
export type Units = {
  /** Every name the facade knows, user-defined ones included. */
  readonly names: readonly string[]
  readonly has: (unit: string) => boolean
  /** Canonical, e.g. `L M T^-2`; `1` for plain numbers. */
  readonly dimensionOf: (unit: string) => string
  /** True for scales whose zero is not nothing: degC, degF. In a product they are differences: W/(m^2 degC). */
  readonly isAffine: (unit: string) => boolean
  /** A point on the scale: 20 degC is 293.15 K. Throws `units.dimension`, `units.not_finite`. */
  readonly convert: (magnitude: number, from: string, to: string) => number
  /** A tolerance or a span: 10 degC is 10 K. Throws `units.dimension`, `units.not_finite`. */
  readonly convertDifference: (magnitude: number, from: string, to: string) => number
}

/** The facade over a library. Throws `units.invalid_definition` for a user's unit that cannot be. */
export function unitsOver(library: UnitLibrary, defined: DefinedUnits = {}): Units {
  const book = new UnitBook(library, defined)
  const converting =
    (rule: (magnitude: number, from: Scale, to: Scale) => number) =>
    (magnitude: number, from: string, to: string): number => {
      const [fromScale, toScale] = [book.scaleOf(from), book.scaleOf(to)]
      refuseOtherDimension(from, fromScale, to, toScale)
      const converted = from === to ? magnitude : rule(magnitude, fromScale, toScale)
      if (Number.isFinite(converted)) return converted
      throw new StagecraftError('units.not_finite', `${magnitude} ${from} is no finite number of ${to}.`)
    }
  return {
    names: book.names,
    has: (unit) => isKnown(book, unit),
    dimensionOf: (unit) => dimensionText(book.scaleOf(unit).dimension),
    isAffine: (unit) => book.scaleOf(unit).offset !== 0,
    convert: converting(convertPoint),
    convertDifference: converting(convertDifference),
  }
}

function isKnown(book: UnitBook, unit: string): boolean {
  try {
    book.scaleOf(unit)
    return true
  } catch {
    return false
  }
}

function refuseOtherDimension(from: string, fromScale: Scale, to: string, toScale: Scale): void {
  if (fromScale.dimension.every((exponent, index) => exponent === toScale.dimension[index])) return
  const [is, wanted] = [dimensionText(fromScale.dimension), dimensionText(toScale.dimension)]
  throw new StagecraftError(
    'units.dimension',
    `${shown(from)} (${is}) cannot be converted to ${shown(to)} (${wanted}): they measure different things.`,
  )
}
