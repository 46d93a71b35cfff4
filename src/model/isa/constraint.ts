/** What a value must keep to: a range, a list of sizes, a lock, or another node. */

import { z } from 'zod'
import { LIMITS } from '../limits.ts'
import { NodeId } from './node-id.ts'

const unit = z.string().min(1).max(LIMITS.units.textCharsMax)
const finite = z.number()

const beside = {
  node: NodeId,
  /** Keep this part of the other's magnitude between; 0 to 1. Not for degC and degF, whose zero means nothing. */
  marginRatio: z.number().min(0).max(1).optional(),
  /** Keep this much between, as a difference: 10 K. */
  margin: z.strictObject({ magnitude: z.number().nonnegative(), unit }).optional(),
}

export const Constraint = z
  .discriminatedUnion('kind', [
    /** `min` ≤ magnitude − tolerance and magnitude + tolerance ≤ `max`, as points on the scale of `unit`. */
    z.strictObject({
      kind: z.literal('range'),
      min: finite.optional(),
      max: finite.optional(),
      unit: unit.optional(),
    }),
    /** May not be set again before `unlock`; the same as `locked` in its value. */
    z.strictObject({ kind: z.literal('locked') }),
    /** Must be one of these, e.g. standard sizes; a tolerance does not count. */
    z.strictObject({
      kind: z.literal('oneOf'),
      magnitudes: z.array(finite).min(1).max(LIMITS.isa.sizesMax).readonly(),
      unit: unit.optional(),
    }),
    /** At the worst of both tolerances, must lie below (above) another node. */
    z.strictObject({ kind: z.literal('atMost'), ...beside }),
    z.strictObject({ kind: z.literal('atLeast'), ...beside }),
    /** Must agree with another node: both tolerances together cover what is between. */
    z.strictObject({ kind: z.literal('equals'), node: NodeId }),
  ])
  .meta({ id: 'Constraint' })
export type Constraint = Readonly<z.infer<typeof Constraint>>
