/** About what it will cost: the bill of the first design by hand. */

import { costOf, totalCost } from '../parts/cost.ts'
import { partsOf, shapeOf } from '../sizing/design.ts'
import { firstDesign } from '../sizing/first-design.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const costEstimator = quadcopterAgent('cost-estimator', ({ asked }) => {
  const parts = partsOf(firstDesign(asked))
  return { cost: Math.round(totalCost(costOf(parts, shapeOf(parts)))) }
})
