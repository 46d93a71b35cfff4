/** Volts, amperes and watts, and what the electronic parts stand. */

import { packVoltage } from '../physics/battery.ts'
import { ROTORS } from '../sizing/design.ts'
import { THRUST_RATIO_MIN } from '../sizing/flight.ts'
import { performanceOf } from '../sizing/performance.ts'
import { record, rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const electronics = quadcopterAgent('electronics', async (view, context) => {
  const found = performanceOf(designedIn(view).design, view.asked)
  const { parts, flight } = found
  const volts = packVoltage(parts.pack)
  const suppliedW = volts * parts.cell.dischargeMaxC * parts.cell.capacityAh * parts.pack.parallel
  await record(context, [
    {
      id: 'energy.voltage',
      magnitude: volts,
      unit: 'V',
      within: 0.15,
      source: `${parts.pack.series} cells in series`,
      description: 'Of the battery; the tolerance is from full to empty.',
    },
    {
      id: 'energy.capacity',
      magnitude: found.packWh,
      unit: 'Wh',
      within: 0.02,
      source: 'data sheet of the cells',
      description: 'On its label; four fifths are used.',
    },
    {
      id: 'energy.hover_current',
      magnitude: flight.drives.hover.currentA,
      unit: 'A',
      within: 0.08,
      source: 'three-constant motor, Drela 2007',
      description: 'Of one motor in hover.',
      dependsOn: ['aero.shaft_power'],
    },
  ])
  return {
    temperaturesMaxC: {
      controller: parts.controller.junctionMaxC,
      motor: parts.motor.windingMaxC,
      battery: parts.cell.temperatureMaxC,
    },
    // What the battery is asked for while the craft pulls with the thrust that is to be left for gusts.
    powerNeededW: rounded(found.packCurrentShare * suppliedW),
    powerSuppliedW: rounded(suppliedW),
    hoverA: rounded(flight.drives.hover.currentA),
    fullA: rounded(flight.fullCurrentA),
    fullThrustRatio: THRUST_RATIO_MIN,
    motorEfficiency: rounded(
      flight.drives.hover.shaftW / (flight.drives.hover.electricalW - flight.drives.hover.controllerLossW),
    ),
    controllerLossW: rounded(ROTORS * flight.drives.hover.controllerLossW),
  }
})
