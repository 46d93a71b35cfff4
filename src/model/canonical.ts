/** Canonical JSON (RFC 8785) and SHA-256, so that equal values have equal hashes in every process. */

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import canonicalize from 'canonicalize'

/** Anything JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What becomes JSON by leaving its undefined properties out. */
export type Plain = Json | undefined | readonly Plain[] | { readonly [key: string]: Plain }

/** Turns text into the SHA-256 of its UTF-8, as 64 hexadecimal digits. */
type TextHash = (text: string) => string

let sha256Of: TextHash = (text) => bytesToHex(sha256(utf8ToBytes(text)))

/** For a host that has a faster SHA-256 than the one in JavaScript: the same hashes, sooner. */
export function hashWith(faster: TextHash): void {
  sha256Of = faster
}

/**
 * RFC 8785 text of plain data. Undefined properties are left out. What JSON has no word for (NaN, infinities, bigint,
 * half a character) is written as text, so that equal data has equal text.
 */
export function canonicalJson(value: unknown): string {
  return canonicalize(isExpressible(value) ? value : expressible(value)) ?? 'null'
}

/** SHA-256 over the canonical JSON of plain data, as 64 hexadecimal digits. */
export function hashOf(value: unknown): string {
  return sha256Of(canonicalJson(value))
}

/** Almost everything is: to look is cheaper than to copy. */
function isExpressible(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint'
  if (Array.isArray(value)) return value.every((item) => item !== undefined && isExpressible(item))
  for (const [key, item] of Object.entries(value))
    if (!key.isWellFormed() || !isExpressible(item)) return false
  return true
}

/** A text cut in the middle of a character ends in half of it (a lone surrogate), which RFC 8785 refuses: escape it. */
const wellFormed = (text: string) => (text.isWellFormed() ? text : JSON.stringify(text))

function expressible(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return wellFormed(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : expressible(item)))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [wellFormed(key), expressible(item)]),
  )
}
