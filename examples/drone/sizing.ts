/** How big the drone has to be: a first guess, and the battery that its flight really takes. */

import { batteryMass, energyFor } from './battery.ts'
import { frameMass, hubMass, rounded, type DroneDesign, type DroneFrame } from './design.ts'
import { motorMass } from './motor.ts'
import type { Requirements } from './requirements.ts'
import { hoverPower, propellerMaxM, ROTORS } from './rotor.ts'
import { selfCarrying } from './self-carrying.ts'

/** Motors and battery weigh about half as much as what they carry: a rule of thumb to begin with. */
const GROWTH = 1.5
/** Wind and age. */
const RESERVE = 1.02

/** Where the search begins: room to grow on all sides. */
export function firstGuess(asked: Requirements): DroneDesign {
  const { payloadKg, enduranceMin, ambientC, frameM } = asked
  const propellerM = rounded(0.85 * propellerMaxM(frameM))
  const massKg = GROWTH * (payloadKg + hubMass(frameM))
  const batteryWh = rounded(energyFor(enduranceMin, hoverPower({ massKg, propellerM, ambientC })))
  return { propellerM, tubeM: rounded(Math.max(0.012, 0.022 * frameM)), batteryWh }
}

/** The smallest battery, Wh, that carries itself and all else long enough; undefined where none does. */
export function batteryFor(frame: DroneFrame, asked: Requirements): number | undefined {
  const { propellerM } = frame
  const { ambientC, enduranceMin } = asked
  const shaftAt = (massKg: number) => hoverPower({ massKg, propellerM, ambientC })
  const energyAt = (massKg: number) => RESERVE * energyFor(enduranceMin, shaftAt(massKg))
  const fixed = frameMass(frame, asked)
  const massKg = selfCarrying((kg) => fixed + ROTORS * motorMass(shaftAt(kg)) + batteryMass(energyAt(kg)))
  return massKg === undefined ? undefined : rounded(energyAt(massKg))
}
