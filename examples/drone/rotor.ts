/** Four rotors in hover. */

import { airDensity } from './air.ts'

export const ROTORS = 4
export const GRAVITY = 9.80665

/** Ideal over real power. Small propellers reach 0.5 to 0.7. Source: Leishman, Principles of Helicopter Aerodynamics, 2.8. */
const FIGURE_OF_MERIT = 0.62

/** Between the discs of neighbours stays some room: their motors are frameM / √2 apart. */
export const propellerMaxM = (frameM: number): number => (0.95 * frameM) / Math.SQRT2

/** Area of all discs, m². */
const discArea = (propellerM: number): number => ROTORS * Math.PI * (propellerM / 2) ** 2

export type Hover = { readonly massKg: number; readonly propellerM: number; readonly ambientC: number }

/** Air speed through the discs, m/s, by momentum theory: v = √(T / (2 ρ A)). Source: Leishman, 2.2. */
export const inducedVelocity = ({ massKg, propellerM, ambientC }: Hover): number =>
  Math.sqrt((massKg * GRAVITY) / (2 * airDensity(ambientC) * discArea(propellerM)))

/** Shaft power of all rotors, W, by momentum theory: P = T^1.5 / √(2 ρ A) / FM. Source: Leishman, 2.2 and 2.8. */
export const hoverPower = (hover: Hover): number =>
  (hover.massKg * GRAVITY * inducedVelocity(hover)) / FIGURE_OF_MERIT
