/** Makes the design: first by hand, and then as the optimisation proposed. */

import { firstDesign } from '../sizing/first-design.ts'
import { MASS_MAX_KG } from '../sizing/checks.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const designer = quadcopterAgent('designer', ({ asked, feedback }) => {
  const proposed = feedback?.previous.Optimization
  const { design, round, history } = proposed ?? { design: firstDesign(asked), round: 1, history: [] }
  return { design, round, history, targetMassKg: MASS_MAX_KG }
})
