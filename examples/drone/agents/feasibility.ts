/** Can such a drone fly at all, and what would it cost? */

import { rounded } from '../design.ts'
import { droneAgent } from '../drone-agent.ts'
import type { Requirements } from '../requirements.ts'
import { propellerMaxM } from '../rotor.ts'
import { batteryFor, firstGuess } from '../sizing.ts'

/** With the biggest propellers that the frame has room for. */
const batteryAtBest = (asked: Requirements) =>
  batteryFor({ ...firstGuess(asked), propellerM: propellerMaxM(asked.frameM) }, asked)

export const geometryEstimator = droneAgent('geometry-estimator', ({ asked }) => {
  const batteryWh = batteryAtBest(asked)
  if (batteryWh !== undefined) return { geometryPossible: 1, batteryWh }
  const { payloadKg, enduranceMin, frameM } = asked
  return {
    geometryPossible: 0,
    reason: `No battery carries itself and ${payloadKg} kg for ${enduranceMin} minutes on a frame of ${frameM} m.`,
  }
})

/** Currency units: for the work, for each metre of frame, for each Wh. Rules of thumb. */
const [WORK, PER_METRE, PER_WH] = [400, 250, 1.2]

export const costEstimator = droneAgent('cost-estimator', ({ asked }) => {
  const batteryWh = batteryAtBest(asked)
  return batteryWh === undefined
    ? {}
    : { cost: rounded(WORK + PER_METRE * asked.frameM + PER_WH * batteryWh) }
})
