/** The shape of the drone, and what follows from it. */

import { performanceOf, rounded } from '../design.ts'
import { droneAgent } from '../drone-agent.ts'
import { propellerMaxM } from '../rotor.ts'
import { firstGuess } from '../sizing.ts'
import { designIn } from '../view.ts'

/** Begins with a guess; sent back by the validation, with what was proposed there. */
export const designer = droneAgent('designer', (view) => {
  const asked = view.feedback?.previous.Optimization?.design ?? firstGuess(view.asked)
  return { ...asked, propellerM: Math.min(asked.propellerM, propellerMaxM(view.asked.frameM)) }
})

export const geometry = droneAgent('geometry', (view) => {
  const { frameM } = view.asked
  const { propellerM, tubeM } = designIn(view)
  return { armM: frameM / 2, tubeM, propellerM, clearanceM: rounded(frameM / Math.SQRT2 - propellerM) }
})

export const massProperties = droneAgent('mass-properties', (view) => {
  const { massKg } = performanceOf(designIn(view), view.asked)
  return { massKg }
})

export const structural = droneAgent('structural', (view) => {
  const { safetyFactor, deflectionMm, resonanceHz } = performanceOf(designIn(view), view.asked)
  return { safetyFactor, deflectionMm, resonanceHz }
})

export const fluid = droneAgent('fluid', (view) => {
  const { hoverW, downwashMs } = performanceOf(designIn(view), view.asked)
  return { hoverW, downwashMs }
})
