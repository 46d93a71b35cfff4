/** Canonical JSON (RFC 8785) and SHA-256, so that equal values have equal hashes in every process. */

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import canonicalize from 'canonicalize'

/** Anything JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** RFC 8785 text of a value. Undefined properties are left out; NaN, functions and cycles are errors. */
export function canonicalJson(value: unknown): string {
  return canonicalize(value) ?? 'null'
}

/** SHA-256 over the canonical JSON of a value, as 64 hexadecimal digits. */
export function hashOf(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))))
}
