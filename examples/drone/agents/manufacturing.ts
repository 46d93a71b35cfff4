/** How the drone is made. */

import { hubMass, rounded } from '../design.ts'
import { droneAgent } from '../drone-agent.ts'
import { printingTime } from '../print.ts'

/** Of the hub, the rest is electronics and wire. */
const PRINTED_SHARE = 0.4

const printedMass = (frameM: number): number => rounded(PRINTED_SHARE * hubMass(frameM))

export const manufacturing = droneAgent('manufacturing', ({ asked }) => ({
  process: '3D_PRINT',
  printedKg: printedMass(asked.frameM),
  steps: ['Print the hub.', 'Saw the tubes and glue them in.', 'Mount motors, battery and electronics.'],
}))

export const slicer = droneAgent('slicer', ({ asked }) => ({
  printingMin: rounded(printingTime(printedMass(asked.frameM))),
}))
