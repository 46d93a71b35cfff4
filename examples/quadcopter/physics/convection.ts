/** How much heat moving air takes from a motor, a cooling plate and a box. W/(m² K). */

import { airConductivity, airDensity, dynamicViscosity, PRANDTL_AIR } from './atmosphere.ts'

export type Stream = { readonly speedMs: number; readonly celsius: number; readonly altitudeM: number }

/** Reynolds number by a length, m: ρ V L / μ. */
export const reynolds = ({ speedMs, celsius, altitudeM }: Stream, lengthM: number): number =>
  (airDensity(celsius, altitudeM) * speedMs * lengthM) / dynamicViscosity(celsius)

/** Nusselt number of a cylinder in cross flow, Re Pr > 0.2. Source: Churchill & Bernstein 1977; Incropera 2011, eq. 7.54. */
export function cylinderNusselt(re: number, pr = PRANDTL_AIR): number {
  const laminar = (0.62 * Math.sqrt(re) * Math.cbrt(pr)) / (1 + (0.4 / pr) ** (2 / 3)) ** (1 / 4)
  return 0.3 + laminar * (1 + (re / 282_000) ** (5 / 8)) ** (4 / 5)
}

/** Mean Nusselt number of a flat plate, laminar, Re < 500,000. Source: Incropera 2011, eq. 7.30. */
export const plateNusselt = (re: number, pr = PRANDTL_AIR): number => 0.664 * Math.sqrt(re) * Math.cbrt(pr)

export const cylinderCoefficient = (stream: Stream, diameterM: number): number =>
  (cylinderNusselt(reynolds(stream, diameterM)) * airConductivity(stream.celsius)) / diameterM

export const plateCoefficient = (stream: Stream, lengthM: number): number =>
  (plateNusselt(reynolds(stream, lengthM)) * airConductivity(stream.celsius)) / lengthM
