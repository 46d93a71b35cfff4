/** What is asked of the quadcopter: read from a sentence, with what was assumed and what was not understood. */

import { z } from 'zod'
import { TYPICAL_CLASS, type Site } from './physics/corrosion.ts'
import { readSentence } from './sentence.ts'

const SITES = Object.keys(TYPICAL_CLASS) as [Site, ...Site[]] // the table has a row

/** What a project's `params` may say; each comes before the sentence. */
const Asked = z.looseObject({
  payloadKg: z.number().min(0).max(10_000),
  enduranceMin: z.number().positive().max(100_000),
  ambientC: z.number().min(-40).max(60),
  altitudeM: z.number().min(-400).max(5_000),
  windMs: z.number().min(0).max(25),
  site: z.enum(SITES),
  /** From motor to motor across the craft, at most. */
  spanMaxM: z.number().positive().max(10),
  budget: z.number().positive(),
  seed: z.int().min(0),
})
const Params = Asked.partial()

export type Requirements = Pick<
  z.infer<typeof Asked>,
  'payloadKg' | 'enduranceMin' | 'ambientC' | 'altitudeM' | 'windMs' | 'site' | 'spanMaxM' | 'budget' | 'seed'
> & {
  /** What a person said who wanted the plan changed. */
  readonly remark: string | null
  /** What the sentence does not say, a sentence each. */
  readonly assumed: readonly string[]
  /** Quantities of the sentence that nothing was made of. */
  readonly notUnderstood: readonly string[]
}

/** What is taken where neither the sentence nor the params say. */
const DEFAULTS = {
  payloadKg: 1,
  enduranceMin: 20,
  ambientC: 25,
  altitudeM: 0,
  windMs: 4,
  site: 'rural',
  spanMaxM: 2.5,
  budget: 6_000,
  seed: 1,
} as const

/**
 * From the intent, a remark of a person who wanted the plan changed, and the params: of two, the later decides.
 * Throws an Error that says which quantity is out of range, and what its range is.
 */
export function requirementsOf(intent: string, params: unknown, remark: string | null = null): Requirements {
  const [sentence, later] = [readSentence(intent), readSentence(remark ?? '')]
  const said = { ...sentence.said, ...later.said, ...readParams(params) }
  const read = Asked.safeParse({ ...DEFAULTS, ...said })
  if (!read.success) throw new Error(`What is asked for is out of range: ${problemsIn(read.error)}.`)
  const { payloadKg, enduranceMin, ambientC, altitudeM, windMs, site, spanMaxM, budget, seed } = read.data
  return {
    payloadKg,
    enduranceMin,
    ambientC,
    altitudeM,
    windMs,
    site,
    spanMaxM,
    budget,
    seed,
    remark,
    assumed: assumedOf(said),
    notUnderstood: [...sentence.notUnderstood, ...later.notUnderstood],
  }
}

function readParams(params: unknown): z.infer<typeof Params> {
  const read = Params.safeParse(params ?? {})
  if (read.success) return read.data
  throw new Error(`The project's params cannot be read: ${problemsIn(read.error)}.`)
}

const problemsIn = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.') || 'all of it'}: ${message}`).join('; ')

const ASSUMPTIONS: readonly (readonly [keyof typeof DEFAULTS, string])[] = [
  ['payloadKg', `No payload was given: ${DEFAULTS.payloadKg} kg.`],
  ['enduranceMin', `No flight time was given: ${DEFAULTS.enduranceMin} min.`],
  ['ambientC', `No temperature was given: ${DEFAULTS.ambientC} °C.`],
  ['altitudeM', 'No altitude was given: sea level.'],
  ['windMs', `No wind was given: ${DEFAULTS.windMs} m/s, a gentle breeze (Beaufort 3).`],
  ['site', 'No surroundings were given: countryside.'],
  ['spanMaxM', `No size was given: at most ${DEFAULTS.spanMaxM} m from motor to motor.`],
  ['budget', `No budget was given: ${DEFAULTS.budget} currency units.`],
]

const assumedOf = (said: object): readonly string[] =>
  ASSUMPTIONS.filter(([name]) => !(name in said)).map(([, sentence]) => sentence)
