/** A deep, frozen copy of plain data, so that nothing one critic does to it reaches another. */

import { messageOf } from './errors.ts'
import { LIMITS } from './limits.ts'

/** Why a value could not be copied; `path` names the place, e.g. `context.user.name`. */
export class NotPlainData extends Error {
  override readonly name = 'NotPlainData'
  constructor(path: string, problem: string) {
    super(`${path || 'the value'} ${problem}`)
  }
}

/**
 * Copies plain data and freezes the copy. Own enumerable properties only; dates become new dates, and what
 * only `structuredClone` can copy (Map, Set, typed arrays) is cloned by it.
 * Throws NotPlainData for functions, symbols, cycles, throwing getters, and beyond the limits of depth and size.
 */
export function frozenCopy<T>(value: T): T {
  const budget = { nodes: LIMITS.dataNodesMax, open: new Set<object>() }
  // The copy has the shape of the original by construction.
  return copy(value, '', 0, budget) as T
}

type Budget = { nodes: number; open: Set<object> }

function copy(value: unknown, path: string, depth: number, budget: Budget): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new NotPlainData(path, `is a ${typeof value}; only data can be passed on`)
    return value
  }
  if (depth > LIMITS.dataDepthMax)
    throw new NotPlainData(path, `is nested deeper than ${LIMITS.dataDepthMax} levels`)
  if (budget.open.has(value)) throw new NotPlainData(path, 'refers back to itself')
  if (--budget.nodes < 0) throw new NotPlainData(path, `has more than ${LIMITS.dataNodesMax} parts`)
  budget.open.add(value)
  const copied = copyObject(value, path, depth, budget)
  budget.open.delete(value)
  return copied
}

function copyObject(value: object, path: string, depth: number, budget: Budget): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = []
    for (let index = 0; index < value.length; index++) {
      if (--budget.nodes < 0) throw new NotPlainData(path, `has more than ${LIMITS.dataNodesMax} parts`)
      list.push(copy(value[index], `${path}[${index}]`, depth + 1, budget))
    }
    return Object.freeze(list)
  }
  if (isBuiltIn(value)) return copyParts(clone(value, path), path, depth, budget)
  const record: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    if (--budget.nodes < 0) throw new NotPlainData(path, `has more than ${LIMITS.dataNodesMax} parts`)
    const place = path ? `${path}.${key}` : key
    setOwn(record, key, copy(read(value, key, place), place, depth + 1, budget))
  }
  return Object.freeze(record)
}

function read(value: object, key: string, place: string): unknown {
  try {
    // Reading a named property of an unknown object; the result is checked by the caller.
    return (value as Record<string, unknown>)[key]
  } catch (error) {
    throw new NotPlainData(place, `could not be read: ${nameOf(error)}`)
  }
}

/** A plain assignment to `__proto__` would change the prototype instead of storing the value. */
function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
  else record[key] = value
}

function isBuiltIn(value: object): boolean {
  return (
    value instanceof Date ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof RegExp ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value)
  )
}

/** What a cloned Map or Set holds is copied like everything else: frozen, bounded and without cycles. */
function copyParts(cloned: unknown, path: string, depth: number, budget: Budget): unknown {
  if (!(cloned instanceof Map || cloned instanceof Set)) return cloned
  budget.nodes -= cloned.size
  if (budget.nodes < 0) throw new NotPlainData(path, `has more than ${LIMITS.dataNodesMax} parts`)
  budget.open.add(cloned)
  const part = (item: unknown) => copy(item, path, depth + 1, budget)
  const copied =
    cloned instanceof Map
      ? new Map([...cloned].map(([key, item]) => [part(key), part(item)]))
      : new Set([...cloned].map(part))
  budget.open.delete(cloned)
  return copied
}

function clone(value: object, path: string): unknown {
  try {
    return structuredClone(value)
  } catch (error) {
    throw new NotPlainData(path, `could not be copied: ${nameOf(error)}`)
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : messageOf(error)
}
