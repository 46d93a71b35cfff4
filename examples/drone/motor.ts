/** A brushless motor: what it weighs and how hot it gets. */

import { FULL_THROTTLE } from './battery.ts'
import { ROTORS } from './rotor.ts'

/** Shaft power over electrical power. */
const EFFICIENCY = 0.85
/** Continuous power of an outrunner by its mass, W/kg. */
const W_PER_KG = 2_500
export const WINDING_MAX_C = 120

/** Of one motor at full throttle, W, for the shaft power of all in hover. */
export const motorPower = (shaftW: number): number => (FULL_THROTTLE * shaftW) / ROTORS

/** Kilograms of one motor for the shaft power of all in hover. */
export const motorMass = (shaftW: number): number => motorPower(shaftW) / W_PER_KG

/** From winding to air in the propeller's wind, K/W: smaller for a bigger motor. 1 K/W at 100 g, by surface ~ m^⅔. */
const thermalResistance = (motorKg: number): number => (0.1 / motorKg) ** (2 / 3)

/** Winding in hover, °C: T = T₀ + R P, a lumped thermal resistance. Source: Incropera, Heat and Mass Transfer, 3.1. */
export function windingTemperature({ shaftW, ambientC }: { shaftW: number; ambientC: number }): number {
  const lossW = (shaftW / ROTORS) * (1 / EFFICIENCY - 1)
  return ambientC + thermalResistance(motorMass(shaftW)) * lossW
}
