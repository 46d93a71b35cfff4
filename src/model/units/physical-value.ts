/** A physical value: how much of what, how exactly, who says so, and how far it was checked. */

import { z } from 'zod'
import { StagecraftError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { QuantityOf, UnitName, UnitNameOf } from './names.ts'
import type { Quantity } from './quantity.ts'

/** An amount in one of some units; plain JSON. */
interface Amount<Unit extends string> {
  /** Finite. */
  readonly magnitude: number
  readonly unit: Unit
  /** It lies within magnitude ± tolerance: a difference in the same unit, 0 or more. */
  readonly tolerance: number
  readonly source: string
  /** 0: nobody has checked it; 1: proven. */
  readonly validationScore: number
  /** May not be set again before it is unlocked. */
  readonly locked: boolean
}

/** Where the quantity is known, so are the names its unit may have. */
export type PhysicalValue<Q extends Quantity = Quantity> = Amount<Quantity extends Q ? string : UnitNameOf<Q>>

export const PhysicalValue: z.ZodType<PhysicalValue> = z
  .strictObject({
    magnitude: z.number(),
    unit: z.string().min(1).max(LIMITS.units.textCharsMax),
    tolerance: z.number().nonnegative(),
    source: z.string().max(LIMITS.textCharsMax),
    validationScore: z.number().min(0).max(1),
    locked: z.boolean(),
  })
  .readonly()
  .meta({ id: 'PhysicalValue' })

/** What may be said of a value beside how much it is. */
export type ValueAbout = Partial<Pick<PhysicalValue, 'tolerance' | 'source' | 'validationScore' | 'locked'>>

/** A name of the facade, which an editor can offer, or a product of names. */
export type UnitText = UnitName | (string & {})

/**
 * A value of the quantity that the name of its unit belongs to; of any quantity where the unit is another text.
 * Unless `about` says otherwise it is exact, of source `unstated`, unchecked and unlocked. The unit is looked up when
 * something is done with it. Throws `units.not_finite`, and `input.invalid` for a tolerance or a score out of range.
 */
export function value<const U extends UnitText>(
  magnitude: number,
  unit: U,
  about: ValueAbout = {},
): PhysicalValue<QuantityOf<U>> {
  if (!Number.isFinite(magnitude))
    throw new StagecraftError('units.not_finite', `A magnitude must be a finite number, not ${magnitude}.`)
  const made = {
    magnitude,
    unit,
    tolerance: about.tolerance ?? 0,
    source: about.source ?? 'unstated',
    validationScore: about.validationScore ?? 0,
    locked: about.locked ?? false,
  }
  const parsed = PhysicalValue.safeParse(made)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new StagecraftError(
      'input.invalid',
      `The value is not valid: ${issue?.path.join('.')}: ${issue?.message}.`,
    )
  }
  // A unit that is a name of the facade belongs to the quantity of that name, by its table; others to any.
  return Object.freeze(made) as unknown as PhysicalValue<QuantityOf<U>>
}
