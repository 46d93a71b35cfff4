/** Where structure and rotors meet: the arms must not sing with the turning of the rotors. */

import { performanceOf } from '../sizing/performance.ts'
import { record, rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const physics = quadcopterAgent('physics', async (view, context) => {
  const { resonanceHz, rotorHz, resonanceMargin } = performanceOf(designedIn(view).design, view.asked)
  await record(context, [
    {
      id: 'rotor.frequency',
      magnitude: rotorHz,
      unit: 'Hz',
      within: 0.03,
      source: 'Brandt & Selig 2011, C_T solved for n',
      description: 'Turns of a rotor in a second, in hover.',
      dependsOn: ['air.density', 'mass.takeoff', 'rotor.diameter'],
    },
  ])
  return {
    rotorHz: rounded(rotorHz),
    bladePassHz: rounded(2 * rotorHz),
    armHz: rounded(resonanceHz),
    margin: rounded(resonanceMargin),
  }
})
