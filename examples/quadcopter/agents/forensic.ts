/** Why it did not pass: which parts are the weak ones, and what physics says about each. */

import { brokenOf, checksOf, type Check } from '../sizing/checks.ts'
import { performanceOf } from '../sizing/performance.ts'
import { rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

const REMEDIES: Readonly<Record<Check['weak'], string>> = {
  battery: 'more or stronger cells, or rotors that need less',
  drive: 'a motor and a controller that bear more current',
  cooling: 'a bigger or finned controller, a bigger motor, or rotors that need less current',
  arm: 'another tube: stiffer, or away from the rotor’s frequency',
  size: 'smaller rotors, less battery',
  cost: 'fewer cells, smaller parts',
}

export const forensic = quadcopterAgent('forensic', (view) => {
  const found = performanceOf(designedIn(view).design, view.asked)
  const broken = brokenOf(checksOf(found, found.parts, view.asked))
  const weak = [
    ...new Set(broken.toSorted((one, other) => one.margin - other.margin).map((check) => check.weak)),
  ]
  return {
    weak,
    remedies: weak.map((name) => REMEDIES[name]),
    worst: broken.map(({ id, margin }) => ({ id, margin: rounded(margin) })),
  }
})
