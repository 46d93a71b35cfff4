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
  /** Never more than the depth allows; most data has nothing inside. */
  #open: object[] | undefined
  #path: (string | number)[] | undefined

  copy(value: unknown): unknown {
    return isCopiedAsItIs(value) ? value : this.#copyPart(value)
  }

  #copyPart(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) throw this.#refusal(`is of type ${typeof value}`)
    if (this.#path && this.#path.length > LIMITS.dataDepthMax)
      throw this.#refusal(`is nested deeper than ${LIMITS.dataDepthMax} levels`)
    if (this.#open?.includes(value)) throw this.#refusal('refers back to itself')
    return Object.freeze(Array.isArray(value) ? this.#copyList(value) : this.#copyRecord(value))
  }

  #copyList(list: readonly unknown[]): unknown[] {
    // Read once: a length that grows while it is read would never be reached.
    const { length } = list
    this.#spend(length)
    const copied: unknown[] = []
    for (let index = 0; index < length; index++) copied.push(this.#copyAt(list, index))
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
    for (const key of keys) setOwn(copied, key, this.#copyAt(value, key))
    return copied
  }

  #copyAt(whole: object, key: string | number): unknown {
    const part = this.#read(whole, key)
    if (isCopiedAsItIs(part)) return part
    const open = (this.#open ??= [])
    const path = (this.#path ??= [])
    open.push(whole)
    path.push(key)
    const copied = this.#copyPart(part)
    path.pop()
    open.pop()
    return copied
  }

  #read(whole: object, key: string | number): unknown {
    try {
      // Reading a named property of an unknown object; the result is checked next.
      return (whole as Record<string | number, unknown>)[key]
    } catch (error) {
      throw this.#refusal(`could not be read: ${nameOf(error)}`, key)
    }
  }

  #spend(parts: number): void {
    this.#partsLeft -= parts
    if (this.#partsLeft < 0) throw this.#refusal(`has more than ${LIMITS.dataNodesMax} parts`)
  }

  #refusal(problem: string, ...inside: (string | number)[]): NotPlainData {
    const path = [...(this.#path ?? []), ...inside]
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
      .join('')
    return new NotPlainData(`${path.replace(/^\./, '') || 'the value'} ${problem}`)
  }
}

/** Primitives that are data. */
const isCopiedAsItIs = (value: unknown): boolean =>
  value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')

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
