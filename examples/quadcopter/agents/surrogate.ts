/** Says how well a quick stand-in follows the full computation around the design: what the optimisation can rely on. */

import { checksOf, MEASURES, shortfall } from '../sizing/checks.ts'
import { partsOf } from '../sizing/design.ts'
import { fitted, sampleOf, samplesAround } from '../sizing/surrogate.ts'
import { rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const surrogate = quadcopterAgent('surrogate', (view, { progress }) => {
  const { design, round } = designedIn(view)
  const { asked } = view
  // Another seed than the search's: a surrogate that saw the same samples would judge itself.
  const samples = samplesAround(design, 1, asked, asked.seed + 1_000 + round)
  progress({ fraction: 0.8, message: `${samples.length} designs around this one computed` })
  const { surfaces, predict } = fitted(samples)
  const foretold = predict(design)
  const found = sampleOf(design, asked).measures
  return {
    samples: samples.length,
    rSquared: Object.fromEntries(
      MEASURES.map((name, index) => [name, rounded(surfaces[index]?.rSquared ?? 0)]),
    ),
    errors: Object.fromEntries(MEASURES.map((name) => [name, rounded(foretold[name] / found[name] - 1)])),
    foretellsPassing: shortfall(checksOf(foretold, partsOf(design), asked)) === 0,
  }
})
