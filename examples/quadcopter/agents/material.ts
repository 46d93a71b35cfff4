/** What it is made of, and the worst air that stands. */

import { CATALOGUE } from '../parts/catalogue.ts'
import { partsOf } from '../sizing/design.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

/** Fibre, nylon and paint outlast every screw, so the screws decide. */
export const material = quadcopterAgent('material', (view) => {
  const { fastener } = partsOf(designedIn(view).design)
  return {
    material: `${CATALOGUE.tubeMaterial.name}, ${CATALOGUE.printMaterial.name}, ${fastener.name}`,
    corrosivityMax: fastener.corrosivityMax,
  }
})
