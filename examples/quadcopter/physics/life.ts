/** How long insulation and capacitors live at a temperature. */

import { MOLAR_GAS_JMOLK, toKelvin } from './constants.ts'

/** Hours at a temperature, °C, of what lives `ratedHours` at `ratedC`: half for each 10 K more. Source: Montsinger 1930, AIEE Trans. 49. */
export const montsingerHours = (
  { ratedHours, ratedC }: { ratedHours: number; ratedC: number },
  celsius: number,
): number => ratedHours * 2 ** ((ratedC - celsius) / 10)

/** How much faster a reaction runs at `hotC` than at `ratedC`: exp(E/R (1/T₁ − 1/T₂)), E in J/mol. Source: Arrhenius 1889; IEC 60216-1. */
export const arrheniusFactor = (activationJmol: number, ratedC: number, hotC: number): number =>
  Math.exp((activationJmol / MOLAR_GAS_JMOLK) * (1 / toKelvin(ratedC) - 1 / toKelvin(hotC)))
