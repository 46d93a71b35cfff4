/** The rotors by momentum theory: what it takes to hover, to climb and to fly against the wind. */

import { idealHoverPower } from '../physics/rotor.ts'
import { ROTORS } from '../sizing/design.ts'
import { performanceOf } from '../sizing/performance.ts'
import { record, rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const fluid = quadcopterAgent('fluid', async (view, context) => {
  const { flight } = performanceOf(designedIn(view).design, view.asked)
  const idealW = ROTORS * idealHoverPower(flight.hover)
  const dependsOn = ['rotor.disc_area', 'air.density']
  const power = (id: string, magnitude: number, source: string, description: string, within = 0.08) => ({
    id: `aero.${id}`,
    magnitude,
    unit: 'W',
    within,
    source,
    description,
    dependsOn,
  })
  await record(context, [
    {
      id: 'aero.induced_velocity',
      magnitude: flight.inducedMs,
      unit: 'm/s',
      within: 0.02,
      source: 'momentum theory, Leishman 2006, 2.2',
      description: 'Of the air through a disc, in hover.',
      dependsOn,
    },
    power(
      'ideal_hover_power',
      idealW,
      'Leishman 2006, 2.2',
      'The least that any rotors of this size take.',
      0.02,
    ),
    power(
      'shaft_power',
      ROTORS * flight.drives.hover.shaftW,
      'Leishman 2006, 2.8',
      'Of all rotors, in hover.',
    ),
    power(
      'hover_power',
      flight.powerW.hover,
      'with the losses of motors and controllers',
      'Electrical, in hover.',
    ),
    power(
      'cruise_power',
      flight.powerW.cruise,
      'Leishman 2006, 5.4',
      'Electrical, surveying against the wind.',
    ),
    power('mission_power', flight.powerW.mission, 'mean over the mission', 'Electrical, on average.'),
  ])
  return {
    discLoading: rounded(flight.discLoading),
    figureOfMerit: rounded(flight.figureOfMerit),
    inducedMs: rounded(flight.inducedMs),
    idealW: rounded(idealW),
    powerW: {
      hover: rounded(flight.powerW.hover),
      cruise: rounded(flight.powerW.cruise),
      climb: rounded(flight.powerW.climb),
      mission: rounded(flight.powerW.mission),
    },
    rotorHz: rounded(flight.drives.hover.perSecond),
  }
})
