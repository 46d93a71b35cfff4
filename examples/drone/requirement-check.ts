/** Holds a design against what is asked of it. */

import type { Performance } from './design.ts'
import { WINDING_MAX_C } from './motor.ts'
import type { Requirements } from './requirements.ts'

const SAFETY_MIN = 2
/** Slower than this and the arms sway with the flight controller. */
const RESONANCE_MIN_HZ = 15

export type Check = { readonly weak: 'battery' | 'motor' | 'arm'; readonly problem: string }

/** What is not as it was asked for. */
export function problemsOf(found: Performance, { enduranceMin }: Requirements): readonly Check[] {
  const check = (weak: Check['weak'], isWrong: boolean, problem: string) =>
    isWrong ? [{ weak, problem }] : []
  const { enduranceMin: reached, powerNeededW, powerSuppliedW, windingC, safetyFactor, resonanceHz } = found
  return [
    ...check('battery', reached < enduranceMin, `It flies ${reached} of ${enduranceMin} minutes.`),
    ...check(
      'battery',
      powerSuppliedW < powerNeededW,
      `Its battery gives ${powerSuppliedW} of ${powerNeededW} W.`,
    ),
    ...check('motor', windingC > WINDING_MAX_C, `Its motors get ${windingC} °C, over ${WINDING_MAX_C} °C.`),
    ...check(
      'arm',
      safetyFactor < SAFETY_MIN,
      `The safety factor of its arms is ${safetyFactor}, below ${SAFETY_MIN}.`,
    ),
    ...check(
      'arm',
      resonanceHz < RESONANCE_MIN_HZ,
      `Its arms sway at ${resonanceHz} Hz, below ${RESONANCE_MIN_HZ} Hz.`,
    ),
  ]
}
