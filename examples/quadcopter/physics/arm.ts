/** An arm: a round tube, clamped at the hub, with a motor at its end. */

export type Tube = { readonly outerM: number; readonly wallM: number }
export type Material = { readonly modulusPa: number; readonly strengthPa: number; readonly density: number }
export type Arm = { readonly tube: Tube; readonly lengthM: number; readonly material: Material }

const innerM = ({ outerM, wallM }: Tube): number => outerM - 2 * wallM

/** Second moment of area of a ring, m⁴: I = π (D⁴ − d⁴) / 64. Source: Gere & Goodno 2013, Mechanics of Materials, appendix on areas. */
export const secondMoment = (tube: Tube): number => (Math.PI / 64) * (tube.outerM ** 4 - innerM(tube) ** 4)

/** Kilograms of one arm. */
export const armMass = ({ tube, lengthM, material }: Arm): number =>
  (Math.PI / 4) * (tube.outerM ** 2 - innerM(tube) ** 2) * lengthM * material.density

/** Metres that its end gives way under a force across it: δ = F L³ / (3 E I). Source: Gere & Goodno 2013, appendix G, table G-1. */
export const deflection = ({ tube, lengthM, material }: Arm, forceN: number): number =>
  (forceN * lengthM ** 3) / (3 * material.modulusPa * secondMoment(tube))

/** Greatest bending stress, Pa, at the hub: σ = F L c / I. Source: Gere & Goodno 2013, 5.5, the flexure formula. */
export const bendingStress = ({ tube, lengthM }: Arm, forceN: number): number =>
  (forceN * lengthM * (tube.outerM / 2)) / secondMoment(tube)

/** Strength over the greatest stress. */
export const safetyFactor = (arm: Arm, forceN: number): number =>
  arm.material.strengthPa / bendingStress(arm, forceN)

/**
 * First bending resonance, Hz, of a cantilever with a mass at its end: f = √(3 E I / (L³ (M + 33/140 m))) / 2π.
 * Within 2 % of the exact beam. Source: Rao 2017, Mechanical Vibrations, 2.5 (Rayleigh's method).
 */
export const firstResonance = (arm: Arm, tipKg: number): number => {
  const stiffness = (3 * arm.material.modulusPa * secondMoment(arm.tube)) / arm.lengthM ** 3
  return Math.sqrt(stiffness / (tipKg + (33 / 140) * armMass(arm))) / (2 * Math.PI)
}

/** How far, as a share, a resonance lies from once and twice a turn of the rotor, whichever is nearer. */
export const resonanceMargin = (resonanceHz: number, rotorHz: number): number =>
  Math.min(...[1, 2].map((order) => Math.abs(resonanceHz / (order * rotorHz) - 1)))
