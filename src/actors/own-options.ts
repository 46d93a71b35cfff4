/** One options object for two readers: what a factory reads itself, and the settings it hands on. */

import type { z } from 'zod'

type Options = Record<string, unknown>

/** `own` are the options that `schema` names, `settings` all others: whoever reads those refuses what nobody knows. */
export function splitOptions(schema: z.ZodObject, options: object): { own: Options; settings: Options } {
  const parts: { own: Options; settings: Options } = { own: {}, settings: {} }
  for (const [key, value] of Object.entries(options))
    parts[Object.hasOwn(schema.shape, key) ? 'own' : 'settings'][key] = value
  return parts
}
