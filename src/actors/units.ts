/** Loads what mathjs knows of units, when first asked, and nothing else of it. */

import { unitsOver, type Units } from '../model/units/units.ts'
import { ratioOf, type DefinedUnits, type UnitLibrary } from '../model/units/unit-book.ts'
import type { Dimension } from '../model/units/scale.ts'

/** What we use of its Unit. Fahrenheit's value is a fraction, and that of a unit it cannot measure neither. */
type LibraryUnit = {
  readonly units: readonly {
    readonly unit: {
      readonly value: number | { readonly n?: bigint; readonly d?: bigint }
      readonly offset: number
    }
    readonly prefix: { readonly value: number }
  }[]
  readonly dimensions: readonly number[]
}

type Library = {
  readonly isValuelessUnit: (name: string) => boolean
  readonly parse: (name: string) => LibraryUnit
}

let library: Promise<UnitLibrary> | undefined

/**
 * The units of everyday engineering, and a user's own: `{ acre_foot: '1233.48 m^3' }`, each a number of a unit that
 * is known or defined beside it. Throws `units.invalid_definition`. Loads mathjs once, in about 0.1 s.
 */
export async function loadUnits(defined?: DefinedUnits): Promise<Units> {
  library ??= load()
  return unitsOver(await library, defined)
}

async function load(): Promise<UnitLibrary> {
  // Its one-file build, for it starts in a fifth of the time. That comes without types.
  // @ts-expect-error
  const loaded: { default: { Unit: Library } } = await import('mathjs/lib/browser/math.js')
  const { Unit } = loaded.default
  return (name) =>
    PLAIN_NAME.test(name) && Unit.isValuelessUnit(name) ? scaleIn(Unit.parse(name)) : undefined
}

/** Nothing else reaches its parser: no number, no operator, no space. */
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9]{0,31}$/

/** From its order (mass, length, time, current, temperature, light, amount, angle, bit) to ours. */
const ORDER = [1, 0, 2, 3, 4, 6, 5, 7, 8]

function scaleIn({ units, dimensions }: LibraryUnit): ReturnType<UnitLibrary> {
  const [found] = units
  if (!found) return undefined
  const { value, offset } = found.unit
  const [unit, prefix] = [
    typeof value === 'number' ? ratioOf(value) : { times: Number(value.n), per: Number(value.d) },
    ratioOf(found.prefix.value),
  ]
  // It has a unit of imaginary size (VAR), and would scale the zero of degC with a prefix.
  if (Number.isNaN(unit.times) || (offset !== 0 && found.prefix.value !== 1)) return undefined
  const dimension: Dimension = ORDER.map((index) => dimensions[index] ?? 0)
  return { times: unit.times * prefix.times, per: unit.per * prefix.per, offset, dimension }
}
