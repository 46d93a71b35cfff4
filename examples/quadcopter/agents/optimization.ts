/** One round of the optimisation: a better design, for the geometry to be made anew. */

import { brokenOf, checksOf, problemOf, shortfall } from '../sizing/checks.ts'
import { faultsOf } from '../sizing/faults.ts'
import { performanceOf } from '../sizing/performance.ts'
import { searchRound } from '../sizing/search.ts'
import { rounded } from '../values.ts'
import { designedIn, type HistoryEntry } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const optimization = quadcopterAgent('optimization', (view, { progress }) => {
  const { design, round, history } = designedIn(view)
  const { asked } = view
  const found = performanceOf(design, asked)
  const checks = checksOf(found, found.parts, asked)
  progress({ fraction: 0.1, message: `round ${round}: ${brokenOf(checks).length} demands are missed` })
  const { best, tried, rSquaredMin, isBetter } = searchRound(design, asked, asked.seed + round)
  const entry: HistoryEntry = {
    round,
    design,
    massKg: rounded(found.massKg),
    missionMin: rounded(found.missionMin),
    problems: [...brokenOf(checks).map(problemOf), ...faultsOf(found, asked)],
    shortfall: rounded(shortfall(checks)),
    tried: tried.map((one) => ({
      massKg: rounded(one.massKg),
      shortfall: rounded(one.shortfall),
      objective: rounded(one.objective),
    })),
  }
  return {
    // Where nothing is better, the gate is to hear that another geometry would not help.
    changesGeometry: isBetter,
    design: best.design,
    round: round + 1,
    history: [...history, entry],
    evaluations: tried.length,
    rSquaredMin: rounded(rSquaredMin),
  }
})
