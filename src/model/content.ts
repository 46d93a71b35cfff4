/**
 * Contents: whatever a person or an agent said. Facts and snapshots hold only references to them, so that a content
 * can be erased without breaking a chain of hashes, and a transition costs the same however large a design is.
 */

import { hashOf, type Json } from './canonical.ts'

/** Stands for a content of one journal: `ref:` and 64 hexadecimal digits. */
export type Ref = `ref:${string}`

/** What takes the place of an erased content wherever it would be read. */
export const ERASED = '[erased]'

const REF_PATTERN = /^ref:[0-9a-f]{64}$/

export const isRef = (value: unknown): value is Ref => typeof value === 'string' && REF_PATTERN.test(value)

/** The reference of a content. The salt is the journal's own secret: without it a short text could be guessed. */
export function refOf(salt: string, content: Json): Ref {
  return `ref:${hashOf([salt, content])}`
}

/** Every reference inside a value, each once. */
export function refsIn(value: Json, found: Set<Ref> = new Set()): Set<Ref> {
  if (isRef(value)) found.add(value)
  else if (Array.isArray(value)) for (const item of value as readonly Json[]) refsIn(item, found)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) refsIn(item, found)
  return found
}
