/** A value as a person reads it. */

import type { PhysicalValue } from '../units/physical-value.ts'

const DIGITS = 6

/** Six digits at most: `0.1`, `1.5e-9`. */
export const numberText = (magnitude: number): string => String(Number(magnitude.toPrecision(DIGITS)))

/** `12 V`, `1.2 ± 0.1 kg`. */
export function amountText({ magnitude, tolerance, unit }: PhysicalValue): string {
  const about = tolerance > 0 ? ` ± ${numberText(tolerance)}` : ''
  return `${numberText(magnitude)}${about}${unitText(unit)}`
}

/** A plain number has nothing behind it. */
export const unitText = (unit: string): string => (unit === '1' ? '' : ` ${unit}`)
