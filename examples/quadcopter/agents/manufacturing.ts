/** How it is made: what is printed on which printer, what is sawn, what is bought. */

import { CATALOGUE } from '../parts/catalogue.ts'
import { printerFor, printingHours } from '../parts/cost.ts'
import { printingProblems } from '../physics/printing.ts'
import { ROTORS } from '../sizing/design.ts'
import { printedMass } from '../sizing/masses.ts'
import { performanceOf } from '../sizing/performance.ts'
import { record, rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const manufacturing = quadcopterAgent('manufacturing', async (view, context) => {
  const { parts, printed, shape } = performanceOf(designedIn(view).design, view.asked)
  const printer = printerFor(printed)
  const hours = printingHours(printed)
  await record(context, [
    {
      id: 'manufacturing.printing_time',
      magnitude: hours,
      unit: 'h',
      within: 0.15,
      source: 'volume over flow, Gibson, Rosen & Stucker 2021',
      description: `All printed parts, on the ${printer.name}.`,
    },
  ])
  return {
    process: '3D_PRINT',
    printer: printer.id,
    printingHours: rounded(hours),
    materialKg: rounded(1.15 * printedMass(printed)),
    tubeM: rounded(1.1 * ROTORS * shape.reachM),
    tube: parts.tube.id,
    printedParts: printed.map(({ name, count }) => `${count} × ${name}`),
    problems: printed.flatMap((part) => printingProblems(part, printer)),
    steps: [
      `Print ${printed.map(({ name, count }) => `${count} ${name}${count > 1 ? 's' : ''}`).join(', ')} of ${CATALOGUE.printMaterial.name}.`,
      `Saw ${ROTORS} arms of ${(1_000 * shape.arm.lengthM).toFixed(0)} mm from ${parts.tube.name} and glue them in.`,
      `Weld ${parts.pack.series * parts.pack.parallel} cells as ${parts.pack.series}S${parts.pack.parallel}P and close the case.`,
      'Mount motors, controllers and avionics; seal, balance, test.',
    ],
  }
})
