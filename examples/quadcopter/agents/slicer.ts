/** Each printed part by itself: minutes, layers, grams. */

import { CATALOGUE } from '../parts/catalogue.ts'
import { printerFor } from '../parts/cost.ts'
import { printingMinutes } from '../physics/printing.ts'
import { performanceOf } from '../sizing/performance.ts'
import { rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const slicer = quadcopterAgent('slicer', (view) => {
  const { printed } = performanceOf(designedIn(view).design, view.asked)
  const printer = printerFor(printed)
  return {
    printer: printer.name,
    parts: printed.map((part) => ({
      name: part.name,
      count: part.count,
      minutes: Math.round(printingMinutes(part, printer)),
      layers: Math.ceil(part.boxMm[2] / printer.layerMm),
      grams: rounded(part.volumeCm3 * (CATALOGUE.printMaterial.density / 1_000)),
      boxMm: part.boxMm,
    })),
  }
})
