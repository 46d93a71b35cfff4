/** What is wanted, and where it will fly. */

import { airDensity } from '../air.ts'
import { rounded } from '../design.ts'
import { droneAgent } from '../drone-agent.ts'

export const conversational = droneAgent('conversational', ({ project: { intent }, asked }) => ({
  goal: intent,
  requirements: [
    `It carries ${asked.payloadKg} kg.`,
    `It hovers for ${asked.enduranceMin} minutes at ${asked.ambientC} °C.`,
    `Its frame measures ${asked.frameM} m from motor to motor.`,
  ],
}))

export const environment = droneAgent('environment', ({ asked }) => ({
  airDensity: rounded(airDensity(asked.ambientC)),
  site: asked.site,
}))
