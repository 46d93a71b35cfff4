/** What it takes to fly, in numbers and in words. */

import { idealHoverPower } from '../../physics/rotor.ts'
import { ROTORS } from '../../sizing/design.ts'
import type { Performance } from '../../sizing/performance.ts'
import { digits, paragraphs, sentences, table } from '../markdown.ts'

export function flightTable({ flight, hoverMin, missionMin }: Performance): string {
  const segments = (['hover', 'cruise', 'climb'] as const).map((name) => {
    const drive = flight.drives[name]
    return [
      name,
      digits(flight.powerW[name]),
      digits(drive.shaftW),
      digits(drive.currentA),
      digits(drive.copperLossW + drive.ironLossW),
      digits(drive.controllerLossW),
    ]
  })
  return paragraphs([
    table(
      'lrrrrr',
      [
        '',
        'electrical, W',
        'shaft of one rotor, W',
        'motor current, A',
        'heat in one motor, W',
        'heat in one controller, W',
      ],
      segments,
    ),
    `On average over the mission it takes ${digits(flight.powerW.mission)} W: ${digits(missionMin)} minutes, or ${digits(hoverMin)} if it only hovers.`,
  ])
}

export function flightStory({ flight, thrustRatio, rotorHz, resonanceHz, parts }: Performance): string {
  const ideal = ROTORS * idealHoverPower(flight.hover)
  return sentences([
    `The air is ${digits(flight.hover.density)} kg/m³ thick, and each rotor pushes it down with ${digits(flight.inducedMs)} m/s (disc loading ${digits(flight.discLoading)} N/m²).`,
    `No rotor of this size could hover with less than ${digits(ideal)} W; these, with a figure of merit of ${digits(flight.figureOfMerit, 2)}, take ${digits(ROTORS * flight.drives.hover.shaftW)} W at their shafts.`,
    `At full throttle it pulls ${digits(thrustRatio)} times its weight.`,
    `The rotors turn ${digits(rotorHz)} times a second in hover; an arm of ${parts.tube.name} would sing at ${digits(resonanceHz)} Hz.`,
  ])
}
