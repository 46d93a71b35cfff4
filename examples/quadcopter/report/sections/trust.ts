/** What the numbers are worth. */

import { TYPICAL_CLASS } from '../../physics/corrosion.ts'
import type { Requirements } from '../../requirements.ts'
import { list } from '../markdown.ts'

export const trustOf = ({ site }: Requirements, rounds: number): string =>
  list([
    'Momentum theory, three-constant motors and lumped heat are good to about a tenth: build one and measure before building ten.',
    'Parts and prices are invented, typical of their kind. Rules of thumb stand for the hub, the wiring, the drag and how much wind meets a controller.',
    `Corrosion is judged by the typical class of ${site} surroundings, ${TYPICAL_CLASS[site]}, not by a measurement.`,
    'Not looked at: noise, rain, failure of a motor, flight control, law beyond the mass limit.',
    `Same intent, same seed, same report: the search drew its samples from a seed, over ${rounds} round${rounds === 1 ? '' : 's'}.`,
  ])
