/** The one rule for ids in every layer: safe in a path, a URL, a log line and a storage key. */

import { z } from 'zod'
import { StagecraftError } from './errors.ts'

/** A letter or digit, then letters, digits, `_` or `-`; 3 to 64 characters, and case matters. */
export const ID_PATTERN = /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,63}$/

export const Id = z
  .string()
  .regex(ID_PATTERN, 'must be 3 to 64 letters, digits, "_" or "-", and begin with a letter or digit')
  .meta({ id: 'Id' })

/** Throws `input.invalid`, naming what the id is of. */
export function readId(what: string, id: unknown): string {
  const parsed = Id.safeParse(id)
  if (parsed.success) return parsed.data
  throw new StagecraftError(
    'input.invalid',
    `The id of the ${what} is not valid: it ${parsed.error.issues[0]?.message ?? 'is wrong'}.`,
  )
}
