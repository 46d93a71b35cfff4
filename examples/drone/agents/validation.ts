/** Does the drone do what was asked, and if not, what would? */

import { performanceOf, rounded, type DroneDesign } from '../design.ts'
import { droneAgent } from '../drone-agent.ts'
import { problemsOf } from '../requirement-check.ts'
import type { Requirements } from '../requirements.ts'
import { propellerMaxM } from '../rotor.ts'
import { batteryFor } from '../sizing.ts'
import { designIn } from '../view.ts'

/** Judges the design as it stands: after a run that did not pass, with what was proposed then. */
export const validation = droneAgent('validation', (view) => {
  const design = designIn(view)
  const performance = performanceOf(design, view.asked)
  const problems = problemsOf(performance, view.asked).map(({ problem }) => problem)
  return { passed: problems.length === 0, problems, design, performance }
})

export const forensic = droneAgent('forensic', (view) => {
  const performance = performanceOf(designIn(view), view.asked)
  return { weak: problemsOf(performance, view.asked).map(({ weak }) => weak) }
})

/** One step: a stronger tube, or the battery that carries itself long enough, or the propellers that need less of it. */
export const optimization = droneAgent('optimization', (view) => {
  const design = designIn(view)
  const asked = view.asked
  const weak = problemsOf(performanceOf(design, asked), asked).map((check) => check.weak)
  if (weak.includes('arm')) return changed({ ...design, tubeM: rounded(1.25 * design.tubeM) })
  const batteryWh = batteryFor(design, asked)
  if (batteryWh !== undefined && !weak.includes('motor'))
    return { design: { ...design, batteryWh }, changesGeometry: false }
  return changed(withBiggerPropellers(design, asked))
})

const changed = (design: DroneDesign) => ({ design, changesGeometry: true })

function withBiggerPropellers(design: DroneDesign, asked: Requirements): DroneDesign {
  const propellerM = rounded(Math.min(1.1 * design.propellerM, propellerMaxM(asked.frameM)))
  const batteryWh = batteryFor({ ...design, propellerM }, asked) ?? design.batteryWh
  return { ...design, propellerM, batteryWh }
}
