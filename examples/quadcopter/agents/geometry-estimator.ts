/** Can anything of the catalogue carry this payload for so long? If not: which number says so. */

import { packMass, partsOf } from '../sizing/design.ts'
import { reachOf } from '../sizing/reach.ts'
import { rounded } from '../values.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

/** Nearer to what is possible at all than this, and the design will be a hard one. */
const COMFORTABLE = 0.75

export const geometryEstimator = quadcopterAgent('geometry-estimator', ({ asked }) => {
  const { payloadKg, enduranceMin, ambientC, altitudeM } = asked
  const { tried, payloadMaxKg, longest } = reachOf(asked)
  const air = `air of ${ambientC} °C${altitudeM === 0 ? '' : ` at ${altitudeM} m`}`
  if (!longest)
    return {
      geometryPossible: 0,
      reason: `Of ${tried} combinations of parts none lifts ${payloadKg} kg in ${air}: ${payloadMaxKg.toFixed(1)} kg is the most.`,
      payloadMaxKg: rounded(payloadMaxKg),
      tried,
    }
  const { minutes, design } = longest
  const found = {
    payloadMaxKg: rounded(payloadMaxKg),
    longestMin: rounded(minutes),
    tried,
  }
  if (minutes < enduranceMin)
    return {
      ...found,
      geometryPossible: 0,
      reason: `Of ${tried} combinations of parts none flies ${payloadKg} kg for ${enduranceMin} minutes in ${air}: ${minutes.toFixed(0)} minutes is the longest, with ${packMass(partsOf(design)).toFixed(1)} kg of battery.`,
    }
  return { ...found, geometryPossible: minutes * COMFORTABLE < enduranceMin ? 0.5 : 1 }
})
