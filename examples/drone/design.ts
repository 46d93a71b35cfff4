/** A design of the drone, and how it performs: everything the agents tell of it is computed here. */

import { z } from 'zod'
import { armMass, deflection, firstResonance, safetyFactor } from './arm.ts'
import { batteryMass, electricalPower, endurance, powerNeeded, powerSupplied } from './battery.ts'
import { motorMass, motorPower, windingTemperature } from './motor.ts'
import type { Requirements } from './requirements.ts'
import { hoverPower, inducedVelocity, ROTORS } from './rotor.ts'
import { selfCarrying } from './self-carrying.ts'

export const DroneDesign = z.looseObject({
  propellerM: z.number().positive(),
  tubeM: z.number().positive(),
  batteryWh: z.number().positive(),
})
export type DroneDesign = z.infer<typeof DroneDesign>
export type DroneFrame = Pick<DroneDesign, 'propellerM' | 'tubeM'>

/** Hub, avionics and wiring, kg: a rule of thumb by the size of the frame. */
export const hubMass = (frameM: number): number => 0.25 + 0.35 * frameM
const PROPELLER_KG_PER_M = 0.08

/** All but motors and battery, kg. */
export function frameMass({ propellerM, tubeM }: DroneFrame, { payloadKg, frameM }: Requirements): number {
  const arm = armMass({ lengthM: frameM / 2, tubeM })
  return payloadKg + hubMass(frameM) + ROTORS * (arm + PROPELLER_KG_PER_M * propellerM)
}

/** How a design performs in hover. Throws an Error for one that cannot lift itself. */
export function performanceOf(design: DroneDesign, asked: Requirements) {
  const { propellerM, tubeM, batteryWh } = design
  const { ambientC, frameM } = asked
  const withoutMotors = frameMass(design, asked) + batteryMass(batteryWh)
  const shaftAt = (massKg: number) => hoverPower({ massKg, propellerM, ambientC })
  const massKg = selfCarrying((kg) => withoutMotors + ROTORS * motorMass(shaftAt(kg)))
  if (massKg === undefined)
    throw new Error(`With propellers of ${propellerM} m it cannot lift its own motors.`)
  const shaftW = shaftAt(massKg)
  const arm = { lengthM: frameM / 2, tubeM }
  return {
    massKg: rounded(massKg),
    hoverW: rounded(electricalPower(shaftW)),
    downwashMs: rounded(inducedVelocity({ massKg, propellerM, ambientC })),
    enduranceMin: rounded(endurance(batteryWh, shaftW)),
    windingC: rounded(windingTemperature({ shaftW, ambientC })),
    safetyFactor: rounded(safetyFactor(arm, massKg)),
    deflectionMm: rounded(1_000 * deflection(arm, massKg)),
    resonanceHz: rounded(firstResonance(arm, motorMass(shaftW))),
    motorW: rounded(motorPower(shaftW)),
    powerNeededW: rounded(powerNeeded(shaftW)),
    powerSuppliedW: rounded(powerSupplied(batteryWh)),
  }
}

export type Performance = ReturnType<typeof performanceOf>

/** People read these: three digits after the point are more than anybody can build to. */
export const rounded = (value: number): number => Math.round(1_000 * value) / 1_000
