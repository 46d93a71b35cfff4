/** Looks units up: a user's own first, then those made here, then the library's. */

import { StagecraftError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { nearNames } from '../near-names.ts'
import { MADE_UNITS, PREFIXED, PREFIXES } from './made-units.ts'
import { UNIT_NAMES } from './names.ts'
import { ONE, timesPower, type Scale } from './scale.ts'
import { readUnitText, shown } from './unit-text.ts'

/** What the library says of one name, prefix included; undefined for a name it does not know. */
export type UnitLibrary = (name: string) => Scale | undefined

/** Names of units with what they are: `{ acre_foot: '1233.48 m^3' }`. */
export type DefinedUnits = Readonly<Record<string, string>>

export class UnitBook {
  readonly names: readonly string[]
  readonly #library: UnitLibrary
  readonly #defined: ReadonlyMap<string, string>
  readonly #scales = new Map<string, Scale>()
  /** Names whose definitions are being read, to notice one that leads back to itself. */
  readonly #open: string[] = []

  /** Throws `units.invalid_definition`. */
  constructor(library: UnitLibrary, defined: DefinedUnits) {
    this.#library = library
    this.#defined = new Map(Object.entries(defined))
    this.names = [...UNIT_NAMES.keys(), ...this.#defined.keys()]
    this.#checkDefinitions()
  }

  /** Throws `units.unknown`. */
  scaleOf(text: string): Scale {
    const known = this.#scales.get(text)
    if (known) return known
    const scale = this.#measure(text)
    if (this.#scales.size >= LIMITS.units.textsRememberedMax) this.#scales.clear()
    this.#scales.set(text, scale)
    return scale
  }

  #measure(text: string): Scale {
    const powers = [...readUnitText(text)]
    const [first] = powers
    // A unit alone keeps its zero; in a product it is a difference.
    if (first && powers.length === 1 && first[1] === 1) return this.#scaleOfName(first[0], text)
    const scale = powers.reduce(
      (product, [name, exponent]) => timesPower(product, this.#scaleOfName(name, text), exponent),
      ONE,
    )
    if (!isUsable(scale))
      throw new StagecraftError('units.unknown', `"${shown(text)}" is too large or too small for a number.`)
    return scale
  }

  #scaleOfName(name: string, text: string): Scale {
    const scale = this.#find(name)
    if (scale) return scale
    throw new StagecraftError(
      'units.unknown',
      `"${shown(name)}"${name === text ? '' : ` in "${shown(text)}"`} is not a unit.${nearNames(name, this.names)}`,
    )
  }

  #find(name: string): Scale | undefined {
    const definition = this.#defined.get(name)
    return definition === undefined ? this.#findCommon(name) : this.#define(name, definition)
  }

  #findCommon(name: string): Scale | undefined {
    const made = ownOf(MADE_UNITS, name)
    if (made !== undefined) return this.#define(name, made)
    const prefix = ownOf(PREFIXES, name.slice(0, 1))
    if (prefix !== undefined && PREFIXED.has(name.slice(1)))
      return this.#define(name, `${prefix} ${name.slice(1)}`)
    return this.#library(name)
  }

  #define(name: string, definition: string): Scale {
    if (this.#open.includes(name))
      throw refused(name, `it leads back to itself: ${[...this.#open, name].join(' -> ')}`)
    this.#open.push(name)
    try {
      const { times, per, unit } = readDefinition(definition)
      const scale = unit === '' ? ONE : this.scaleOf(unit)
      if (scale.offset !== 0) throw refused(name, `${unit} does not begin at nothing; use K or degR`)
      const defined = { ...scale, times: scale.times * times, per: scale.per * per }
      if (isUsable(defined)) return defined
      throw refused(name, 'it must be a finite number above 0 of a unit')
    } finally {
      this.#open.pop()
    }
  }

  #checkDefinitions(): void {
    if (this.#defined.size > LIMITS.units.definedMax)
      throw refused('a unit', `there may be ${LIMITS.units.definedMax} of them at most`)
    for (const [name, definition] of this.#defined) {
      if (!NAME.test(name))
        throw refused(name, 'a name is at most 32 letters, digits or "_", and begins with a letter')
      if (UNIT_NAMES.has(name) || this.#findCommon(name)) throw refused(name, 'there is one of that name')
      if (typeof definition !== 'string' || definition.length > LIMITS.units.textCharsMax)
        throw refused(name, `what it is must be a text of at most ${LIMITS.units.textCharsMax} characters`)
      try {
        this.#define(name, definition)
      } catch (cause) {
        if (cause instanceof StagecraftError && cause.code === 'units.unknown')
          throw refused(name, cause.message, cause)
        throw cause
      }
    }
  }
}

const NAME = new RegExp(`^[A-Za-z][A-Za-z0-9_]{0,${LIMITS.units.nameCharsMax - 1}}$`)

const DEFINITION = /^\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s|$))?\s*(.*)$/s

function readDefinition(text: string): { times: number; per: number; unit: string } {
  const [, number = '1', unit = ''] = DEFINITION.exec(text) ?? []
  return { ...ratioOf(Number(number)), unit: unit.trim() }
}

/** A number as a quotient of whole numbers where its digits allow it: 0.0254 is 254 / 10000. */
export function ratioOf(value: number): { times: number; per: number } {
  const [digits = '', exponent = '0'] = String(value).split('e')
  const decimals = (digits.split('.')[1] ?? '').length - Number(exponent)
  const times = Math.round(value * 10 ** decimals)
  return decimals > 0 && decimals <= EXACT_TENS && Number.isSafeInteger(times)
    ? { times, per: 10 ** decimals }
    : { times: value, per: 1 }
}

/** Powers of ten are exact in a number up to this one. */
const EXACT_TENS = 22

const isUsable = ({ times, per }: Scale) =>
  Number.isFinite(times) && Number.isFinite(per) && Number.isFinite(times / per) && times / per > 0

const ownOf = (record: Readonly<Record<string, string>>, key: string) =>
  Object.hasOwn(record, key) ? record[key] : undefined

const refused = (name: string, why: string, cause?: unknown) =>
  new StagecraftError(
    'units.invalid_definition',
    `The unit "${shown(name)}" cannot be defined: ${why}.`,
    cause === undefined ? {} : { cause },
  )
