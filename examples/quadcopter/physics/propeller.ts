/** A propeller as its static test describes it: coefficients of thrust and power. */

/** Dimensionless, at rest; of a pair of blades 0.08 to 0.13, and 0.03 to 0.05. */
export type Coefficients = { readonly thrust: number; readonly power: number }

/** Thrust, N: T = C_T ρ n² D⁴, n in revolutions per second. Source: Brandt & Selig 2011, AIAA 2011-1255, definition of C_T. */
export const thrustAt = (
  { thrust }: Coefficients,
  { density, perSecond, diameterM }: { density: number; perSecond: number; diameterM: number },
): number => thrust * density * perSecond ** 2 * diameterM ** 4

/** Revolutions per second for a thrust: the formula above, solved for n. */
export const speedFor = (
  { thrust }: Coefficients,
  { density, thrustN, diameterM }: { density: number; thrustN: number; diameterM: number },
): number => Math.sqrt(thrustN / (thrust * density * diameterM ** 4))

/** Shaft power at rest, W: P = C_P ρ n³ D⁵. Source: Brandt & Selig 2011, AIAA 2011-1255, definition of C_P. */
export const shaftPowerAt = (
  { power }: Coefficients,
  { density, perSecond, diameterM }: { density: number; perSecond: number; diameterM: number },
): number => power * density * perSecond ** 3 * diameterM ** 5

/**
 * Ideal over real power in hover: FM = √(2/π) C_T^1.5 / C_P, from the two coefficients in propeller notation.
 * Source: Leishman 2006, 2.8, with T and P as above.
 */
export const figureOfMerit = ({ thrust, power }: Coefficients): number =>
  (Math.sqrt(2 / Math.PI) * thrust ** 1.5) / power

/** Speed of the blade tips, m/s: π n D. */
export const tipSpeed = (perSecond: number, diameterM: number): number => Math.PI * perSecond * diameterM
