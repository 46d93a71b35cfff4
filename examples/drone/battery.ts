/** The battery: what it weighs, and how long it lasts. */

/** Of a lithium polymer pack with its case. Typical of makers' data sheets: 150 to 200 Wh/kg. */
const WH_PER_KG = 175
/** A lithium cell lives longer when a fifth stays in it. */
const USABLE = 0.8
/** Motor and speed controller together, shaft power over electrical power. */
const DRIVE_EFFICIENCY = 0.8
/** Flight controller, radio and camera. */
export const AVIONICS_W = 12

export const batteryMass = (batteryWh: number): number => batteryWh / WH_PER_KG

/** Electrical power, W, for a shaft power. */
export const electricalPower = (shaftW: number): number => shaftW / DRIVE_EFFICIENCY + AVIONICS_W

/** Minutes in hover. */
export const endurance = (batteryWh: number, shaftW: number): number =>
  (60 * USABLE * batteryWh) / electricalPower(shaftW)

/** Power over energy that such a pack gives, 1/h. Typical of data sheets: 15 to 30. */
const DISCHARGE_PER_H = 15
/** At full throttle the rotors take this many times the power of hovering. */
export const FULL_THROTTLE = 2

/** Electrical power at full throttle, W, and what a battery can give. */
export const powerNeeded = (shaftW: number): number => electricalPower(FULL_THROTTLE * shaftW)
export const powerSupplied = (batteryWh: number): number => DISCHARGE_PER_H * batteryWh

/** Wh for so many minutes in hover, and for full throttle. */
export const energyFor = (minutes: number, shaftW: number): number =>
  Math.max((minutes * electricalPower(shaftW)) / (60 * USABLE), powerNeeded(shaftW) / DISCHARGE_PER_H)
