/** What is asked of the drone: numbers in the project's intent, and its `params`, which come before them. */

import { z } from 'zod'

export const Requirements = z.looseObject({
  payloadKg: z.number().min(0).max(1_000).default(1),
  enduranceMin: z.number().positive().max(600).default(25),
  ambientC: z.number().min(-40).max(60).default(25),
  /** From motor to motor across the frame. */
  frameM: z.number().min(0.1).max(5).default(0.9),
  site: z.enum(['desert', 'rural', 'urban', 'industrial', 'coastal']).default('rural'),
})
export type Requirements = z.infer<typeof Requirements>

const NUMBERS = {
  payloadKg: /(\d+(?:\.\d+)?) ?kg\b/i,
  enduranceMin: /(\d+(?:\.\d+)?) ?min(?:utes?)?\b/i,
  ambientC: /(?<!\d)(-?\d+(?:\.\d+)?) ?°C/i,
  frameM: /(\d+(?:\.\d+)?) ?m(?:etres?)? frame\b/i,
} as const

/** Throws a ZodError that says what is out of range. */
export function requirementsOf(intent: string, params: unknown): Requirements {
  const written = Object.entries(NUMBERS).flatMap(([name, pattern]) => {
    const number = pattern.exec(intent)?.[1]
    return number === undefined ? [] : [[name, Number(number)] as const]
  })
  return Requirements.parse({ ...Object.fromEntries(written), ...Object(params) })
}
