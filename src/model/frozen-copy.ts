/** A deep, frozen copy of plain data, so that nothing one critic does to it reaches another. */

import { messageOf } from './errors.ts'
import { LIMITS } from './limits.ts'

/** Why a value could not be copied; it begins with the place, e.g. `context.user.name`. */
export class NotPlainData extends Error {
  override readonly name = 'NotPlainData'
}

/**
 * Copies plain data and freezes the copy: objects (what they and their classes say, methods left out), arrays and primitives.
 * Throws NotPlainData for functions, symbols, everything whose insides are not its properties (Map, Date, Error …),
 * cycles, throwing getters, and beyond the limits of depth and size.
 */
export function frozenCopy<T>(value: T): T {
  // The copy has the shape of the original by construction.
  return new Copying().copy(value) as T
}

/** Freezes plain data in place; parts that are frozen already are taken to be so all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  // Plain data: what it has is its own, and its keys are strings.
  for (const key in value) deepFreeze(value[key])
  return Object.freeze(value)
}

class Copying {
  #partsLeft: number = LIMITS.dataNodesMax
  /** Never more than the depth allows. */
  readonly #open: object[] = []
  readonly #path: (string | number)[] = []

  copy(value: unknown): unknown {
    if (typeof value === 'function' || typeof value === 'symbol')
      throw this.#refusal(`is of type ${typeof value}`)
    if (typeof value !== 'object' || value === null) return value
    if (this.#path.length > LIMITS.dataDepthMax)
      throw this.#refusal(`is nested deeper than ${LIMITS.dataDepthMax} levels`)
    if (this.#open.includes(value)) throw this.#refusal('refers back to itself')
    this.#open.push(value)
    const copied = Array.isArray(value) ? this.#copyList(value) : this.#copyRecord(value)
    this.#open.pop()
    return Object.freeze(copied)
  }

  #copyList(list: readonly unknown[]): unknown[] {
    // Read once: a length that grows while it is read would never be reached.
    const { length } = list
    this.#spend(length)
    const copied: unknown[] = []
    for (let index = 0; index < length; index++) copied.push(this.#copyPart(list, index))
    return copied
  }

  #copyRecord(value: object): Record<string, unknown> {
    const kind = opaqueKind(value)
    if (kind)
      throw this.#refusal(
        `is of type ${kind}, and only plain data can be passed on: a date, for example, as text`,
      )
    const keys = keysOf(value)
    this.#spend(keys.length)
    const copied: Record<string, unknown> = {}
    for (const key of keys) setOwn(copied, key, this.#copyPart(value, key))
    return copied
  }

  #copyPart(whole: object, key: string | number): unknown {
    this.#path.push(key)
    const copied = this.copy(this.#read(whole, key))
    this.#path.pop()
    return copied
  }

  #read(whole: object, key: string | number): unknown {
    try {
      // Reading a named property of an unknown object; the result is checked next.
      return (whole as Record<string | number, unknown>)[key]
    } catch (error) {
      throw this.#refusal(`could not be read: ${nameOf(error)}`)
    }
  }

  #spend(parts: number): void {
    this.#partsLeft -= parts
    if (this.#partsLeft < 0) throw this.#refusal(`has more than ${LIMITS.dataNodesMax} parts`)
  }

  #refusal(problem: string): NotPlainData {
    const path = this.#path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
    return new NotPlainData(`${path.replace(/^\./, '') || 'the value'} ${problem}`)
  }
}

/** A plain assignment to `__proto__` would change the prototype instead of storing the value. */
function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
  else record[key] = value
}

/** Everything an object says: its own properties, and what is not a method in the classes it comes from. */
function keysOf(value: object): readonly string[] {
  const keys = Object.getOwnPropertyNames(value)
  for (
    let prototype: unknown = Object.getPrototypeOf(value);
    typeof prototype === 'object' && prototype !== null && Object.getPrototypeOf(prototype) !== null;
    prototype = Object.getPrototypeOf(prototype)
  )
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
      if (typeof property.value !== 'function' && key !== '__proto__' && !keys.includes(key)) keys.push(key)
  return keys
}

/** `Map`, `Date`, `Error` … for what has insides that its properties do not show; undefined for plain objects. */
function opaqueKind(value: object): string | undefined {
  const tag = Object.prototype.toString.call(value)
  return tag === '[object Object]' ? undefined : tag.slice(8, -1)
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : messageOf(error)
}
