/** The power that one of the rotors takes to fly forward and to climb. */

import { climbInducedVelocity, forwardInducedVelocity, idealHoverPower, type Disc } from './rotor.ts'

/** Induced power over ideal, from uneven inflow and lost tips. Source: Leishman 2006, 2.7: κ is about 1.15. */
const INDUCED_FACTOR = 1.15
/** Growth of the profile power with the square of the advance ratio. Source: Leishman 2006, 5.4 (after Bennett 1940). */
const PROFILE_GROWTH = 4.65

/** The drag of the whole craft as a bluff body: ½ ρ V² f, f the area of equal drag, m². Source: Leishman 2006, 5.4. */
export const bodyDrag = (density: number, airspeedMs: number, dragAreaM2: number): number =>
  (density * airspeedMs ** 2 * dragAreaM2) / 2

export type Cruise = {
  /** Of one rotor in hover: what it carries and in what air. */
  readonly hover: Disc
  readonly figureOfMerit: number
  readonly tipSpeedMs: number
  readonly airspeedMs: number
  /** This rotor's share of the body's drag, N. */
  readonly dragN: number
}

/** What induced power leaves of the hover power, W: the blades' own drag. */
const profilePower = ({ hover, figureOfMerit }: Pick<Cruise, 'hover' | 'figureOfMerit'>): number =>
  Math.max(0, idealHoverPower(hover) * (1 / figureOfMerit - INDUCED_FACTOR))

/**
 * Shaft power, W, at a steady airspeed: κ T v + P₀ (1 + 4.65 μ²) + D V, the thrust tilted against the drag.
 * At no airspeed it is the hover power. Source: Leishman 2006, 5.4.
 */
export function cruisePower({ hover, figureOfMerit, tipSpeedMs, airspeedMs, dragN }: Cruise): number {
  const tilted = { ...hover, thrustN: Math.hypot(hover.thrustN, dragN) }
  const tilt = Math.atan2(dragN, hover.thrustN)
  const induced = forwardInducedVelocity(tilted, airspeedMs * Math.cos(tilt), airspeedMs * Math.sin(tilt))
  const advance = (airspeedMs * Math.cos(tilt)) / tipSpeedMs
  const profile = profilePower({ hover, figureOfMerit }) * (1 + PROFILE_GROWTH * advance ** 2)
  const factor = Math.min(INDUCED_FACTOR, 1 / figureOfMerit)
  return factor * tilted.thrustN * induced + profile + dragN * airspeedMs
}

/** Shaft power, W, in a steady climb: κ T v + P₀ + T V. Source: Leishman 2006, 2.13 and 5.3. */
export function climbPower(
  { hover, figureOfMerit }: Pick<Cruise, 'hover' | 'figureOfMerit'>,
  climbMs: number,
): number {
  const factor = Math.min(INDUCED_FACTOR, 1 / figureOfMerit)
  const induced = factor * hover.thrustN * climbInducedVelocity(hover, climbMs)
  return induced + profilePower({ hover, figureOfMerit }) + hover.thrustN * climbMs
}
