/**
 * Momentum theory of a rotor in hover, climb and forward flight. One rotor; newtons, square metres, metres per second.
 * Leishman is Principles of Helicopter Aerodynamics, 2nd edition, 2006; numbers are of its sections.
 */

/** Area of the disc, m². */
export const discArea = (diameterM: number): number => (Math.PI / 4) * diameterM ** 2

/** Disc loading, N/m²: T / A. Multirotors lie between 20 and 150. Source: Leishman, 2.3. */
export const discLoading = (thrustN: number, areaM2: number): number => thrustN / areaM2

/** A rotor that bears a thrust in some air. */
export type Disc = { readonly thrustN: number; readonly areaM2: number; readonly density: number }

/** Induced velocity in hover, m/s: v_h = √(T / (2 ρ A)). Source: Rankine 1865, Froude 1889; Leishman, 2.2. */
export const hoverInducedVelocity = ({ thrustN, areaM2, density }: Disc): number =>
  Math.sqrt(thrustN / (2 * density * areaM2))

/** The least power, W, that any rotor of this area hovers with: P = T v_h. Source: Leishman, 2.2. */
export const idealHoverPower = (disc: Disc): number => disc.thrustN * hoverInducedVelocity(disc)

/** Shaft power in hover, W: the ideal over the figure of merit (0.4 to 0.8). Source: Leishman, 2.8. */
export const hoverPower = (disc: Disc, figureOfMerit: number): number => idealHoverPower(disc) / figureOfMerit

/**
 * Induced velocity in a steady climb, m/s, for a climb speed >= 0: v = −V/2 + √((V/2)² + v_h²).
 * Source: Leishman, 2.13.
 */
export const climbInducedVelocity = (disc: Disc, climbMs: number): number =>
  -climbMs / 2 + Math.hypot(climbMs / 2, hoverInducedVelocity(disc))

/** The same precision as the inputs deserve, and far more steps than the iteration has ever taken. */
const [SETTLED_MS, STEPS_MAX] = [1e-10, 200]

/**
 * Induced velocity in forward flight, m/s: v = v_h² / √(u² + (w + v)²), with u along and w through the disc.
 * Solved by damped fixed-point iteration. Source: Glauert 1926; Leishman, 2.14.
 */
export function forwardInducedVelocity(disc: Disc, alongMs: number, throughMs: number): number {
  const hover = hoverInducedVelocity(disc)
  let velocity = hover
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const next = hover ** 2 / Math.hypot(alongMs, throughMs + velocity)
    if (Math.abs(next - velocity) < SETTLED_MS) return next
    velocity = (velocity + next) / 2
  }
  return velocity
}
