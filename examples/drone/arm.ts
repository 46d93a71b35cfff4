/** An arm: a round carbon tube, clamped at the hub, with a motor at its end. */

import { FULL_THROTTLE } from './battery.ts'
import { GRAVITY, ROTORS } from './rotor.ts'

/** Carbon fibre in epoxy, woven: stiffness along the tube, strength in compression, density. Typical of data sheets. */
const MODULUS_PA = 70e9
const STRENGTH_PA = 400e6
const DENSITY = 1_600

export const WALL_M = 0.0015
/** A rotor at full throttle pulls this many times what it does in hover: T ~ P^⅔, by momentum theory. */
const LOAD_FACTOR = FULL_THROTTLE ** (2 / 3)

export type Arm = { readonly lengthM: number; readonly tubeM: number }

/** Second moment of area, m⁴: I = π (D⁴ − d⁴) / 64. Source: Gere, Mechanics of Materials, appendix. */
const secondMoment = ({ tubeM }: Arm): number => (Math.PI * (tubeM ** 4 - (tubeM - 2 * WALL_M) ** 4)) / 64

export const armMass = ({ lengthM, tubeM }: Arm): number =>
  (DENSITY * lengthM * Math.PI * (tubeM ** 2 - (tubeM - 2 * WALL_M) ** 2)) / 4

/** Newtons at the end of one arm. */
const tipLoad = (massKg: number): number => (LOAD_FACTOR * massKg * GRAVITY) / ROTORS

/** Metres at the end: δ = F L³ / (3 E I). Source: Gere, table of beam deflections. */
export const deflection = (arm: Arm, massKg: number): number =>
  (tipLoad(massKg) * arm.lengthM ** 3) / (3 * MODULUS_PA * secondMoment(arm))

/** Strength over the stress at the hub: σ = F L c / I. Source: Gere, flexure formula. */
export const safetyFactor = (arm: Arm, massKg: number): number =>
  (STRENGTH_PA * secondMoment(arm)) / (tipLoad(massKg) * arm.lengthM * (arm.tubeM / 2))

/**
 * First resonance, Hz, of a cantilever with a mass at its end: f = √(3 E I / (L³ (M + 0.24 m))) / 2π.
 * Source: Blevins, Formulas for Natural Frequency and Mode Shape, table 8-8.
 */
export const firstResonance = (arm: Arm, motorKg: number): number =>
  Math.sqrt((3 * MODULUS_PA * secondMoment(arm)) / (arm.lengthM ** 3 * (motorKg + 0.24 * armMass(arm)))) /
  (2 * Math.PI)
