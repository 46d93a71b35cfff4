/** What may be recorded: plain data that comes back from JSON as it was. */

import type { Json } from './canonical.ts'
import { frozenCopy, NotPlainData } from './frozen-copy.ts'

/**
 * A copy as JSON carries it; properties that are undefined are left out, and undefined itself is null.
 * Throws NotPlainData for what frozenCopy refuses, and for NaN, infinities and bigints.
 */
export function recordable(value: unknown): Json {
  const text = JSON.stringify(frozenCopy(value), (key, item: unknown) => {
    if (typeof item === 'bigint' || (typeof item === 'number' && !Number.isFinite(item)))
      throw new NotPlainData(`${key || 'the value'} is ${String(item)}, which JSON cannot carry`)
    return item
  }) as string | undefined
  return text === undefined ? null : (JSON.parse(text) as Json)
}
