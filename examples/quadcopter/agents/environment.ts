/** Where it will fly: the air, and what the air does to metal. */

import { airDensity, dynamicViscosity, pressureAt, standardTemperature } from '../physics/atmosphere.ts'
import { TYPICAL_CLASS } from '../physics/corrosion.ts'
import { record, rounded } from '../values.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const environment = quadcopterAgent('environment', async ({ asked }, context) => {
  const { ambientC, altitudeM, site } = asked
  const density = airDensity(ambientC, altitudeM)
  await record(context, [
    {
      id: 'air.pressure',
      magnitude: pressureAt(altitudeM) / 100,
      unit: 'hPa',
      within: 0.03,
      source: 'ISO 2533:1975, barometric formula',
      description: 'Of a standard day at this height; weather moves it by 3 %.',
    },
    {
      id: 'air.density',
      magnitude: density,
      unit: 'kg/m^3',
      within: 0.03,
      source: 'ISO 2533:1975, ideal gas law',
      description: 'At the temperature that is asked for.',
      dependsOn: ['air.pressure'],
    },
  ])
  return {
    environment: 'EARTH_AERO' as const,
    density: rounded(density),
    densityOfStandardDay: rounded(airDensity(standardTemperature(altitudeM), altitudeM)),
    viscosity: rounded(dynamicViscosity(ambientC)),
    site,
    corrosivity: TYPICAL_CLASS[site],
  }
})
