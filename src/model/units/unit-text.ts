/** Unit texts: names, or products of their powers, such as `W/(m K)`, `kg m^2` and `1/s`. */

import { StagecraftError } from '../errors.ts'
import { LIMITS } from '../limits.ts'

/** Names with their exponents, each once, in the order in which they were met. */
export type UnitPowers = ReadonlyMap<string, number>

const SPELT: readonly (readonly [RegExp, string])[] = [
  // "deg C" with a space would be a degree times a coulomb, which nobody means.
  [/(?:°|\bdeg(?=\s))\s*([CF])\b/g, 'deg$1'],
  [/°/g, 'deg'],
  [/[µμ]/g, 'u'],
  [/[ΩΩ]/g, 'ohm'],
  [/²/g, '^2'],
  [/³/g, '^3'],
  [/[·⋅]/g, '*'],
]

const TOKEN = /\s*(?:([A-Za-z%][A-Za-z0-9_%]*)|(\d+(?:\.\d+)?)|([-^*/()]))\s*/y

/**
 * Reads a unit text. Throws `units.unknown` for what is none, and for a product after a division without brackets:
 * people mean different things by `J/kg K`.
 */
export function readUnitText(text: string): UnitPowers {
  return new Reading(text).whole()
}

/** Powers of names as a text that is read as the same again; `1` for nothing. */
export function unitText(powers: UnitPowers): string {
  const written = (wanted: (exponent: number) => boolean) =>
    [...powers]
      .filter(([, exponent]) => wanted(exponent))
      .map(([name, exponent]) => (Math.abs(exponent) === 1 ? name : `${name}^${Math.abs(exponent)}`))
  const above = written((exponent) => exponent > 0)
  const below = written((exponent) => exponent < 0)
  const over = below.length > 1 ? `/(${below.join(' ')})` : below.map((name) => `/${name}`).join('')
  return `${above.join(' ') || '1'}${over}`
}

/** Adds the powers of one unit, raised to an exponent, to those of another. */
export function multiplied(powers: UnitPowers, others: UnitPowers, exponent: number): UnitPowers {
  const product = new Map(powers)
  for (const [name, power] of others) {
    const sum = (product.get(name) ?? 0) + power * exponent
    if (sum === 0) product.delete(name)
    else product.set(name, sum)
  }
  return product
}

class Reading {
  readonly #text: string
  readonly #tokens: string[]
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = this.#split()
  }

  whole(): UnitPowers {
    const powers = this.#product()
    if (this.#next() !== undefined) throw this.#refusal(`"${this.#next()}" is not expected there`)
    return powers
  }

  #split(): string[] {
    if (typeof this.#text !== 'string' || this.#text.length > LIMITS.units.textCharsMax)
      throw this.#refusal(`it must be a text of at most ${LIMITS.units.textCharsMax} characters`)
    const spelt = SPELT.reduce((text, [sign, word]) => text.replaceAll(sign, word), this.#text)
    const tokens: string[] = []
    TOKEN.lastIndex = 0
    while (TOKEN.lastIndex < spelt.length) {
      const from = TOKEN.lastIndex
      const found = TOKEN.exec(spelt)
      if (!found) throw this.#refusal(`it cannot be read from "${spelt.slice(from)}" on`)
      tokens.push(found[0].trim())
    }
    return tokens
  }

  #product(): UnitPowers {
    let powers = this.#power()
    let isDivided = false
    for (let token = this.#next(); token !== undefined && token !== ')'; token = this.#next()) {
      if (token === '/' || token === '*') this.#at++
      if (token !== '/' && isDivided)
        throw this.#refusal('a product after a division needs brackets, as in W/(m K)')
      isDivided ||= token === '/'
      powers = multiplied(powers, this.#power(), token === '/' ? -1 : 1)
    }
    return powers
  }

  #power(): UnitPowers {
    const powers = this.#atom()
    if (this.#next() !== '^') return powers
    this.#at++
    return multiplied(new Map(), powers, this.#exponent())
  }

  #atom(): UnitPowers {
    const token = this.#take()
    if (token === '1') return new Map()
    if (token !== '(') {
      if (!/^[A-Za-z%]/.test(token)) throw this.#refusal(`"${token}" is not expected there`)
      return new Map([[token, 1]])
    }
    const powers = this.#product()
    if (this.#take() !== ')') throw this.#refusal('a bracket is not closed')
    return powers
  }

  #exponent(): number {
    const sign = this.#next() === '-' ? -1 : 1
    if (sign < 0) this.#at++
    const exponent = sign * Number(this.#take())
    const max = LIMITS.units.exponentMax
    if (!(Math.abs(exponent) <= max) || exponent === 0 || !Number.isInteger(exponent * 2))
      throw this.#refusal(`an exponent must be a whole or half number of at most ${max}, and not 0`)
    return exponent
  }

  #next(): string | undefined {
    return this.#tokens[this.#at]
  }

  #take(): string {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw this.#refusal('it ends where a unit is expected')
    return token
  }

  #refusal(problem: string): StagecraftError {
    return new StagecraftError('units.unknown', `"${shown(this.#text)}" is not a unit: ${problem}.`)
  }
}

/** A text of a stranger, short enough for a message. */
export const shown = (text: unknown): string => String(text).slice(0, 60)
