/** One round of the optimisation: fit a surrogate around a design, go where it promises most, look, fit again. */

import type { Requirements } from '../requirements.ts'
import { checksOf, shortfall, MASS_MAX_KG } from './checks.ts'
import { partsOf, type Design } from './design.ts'
import { designsIn, keyOf, neighbourhoodOf } from './neighbourhood.ts'
import { fitted, sampleOf, samplesAround, type Sample } from './surrogate.ts'

/** Demands that are missed outweigh any mass; among designs that meet all, the lightest is best. */
const PENALTY = 20

/** Even a demand that is hardly missed is worse than a kilogram more. */
const MISSED = 0.05

export function objectiveOf({ design, measures }: Sample, asked: Requirements): number {
  const missed = shortfall(checksOf(measures, partsOf(design), asked))
  return PENALTY * missed + (missed > 0 ? MISSED : 0) + measures.massKg / MASS_MAX_KG
}

/** A design that was computed in full. */
export type Tried = { readonly massKg: number; readonly shortfall: number; readonly objective: number }

export type Round = {
  /** The best design that was computed in full; the same as before when none is better. */
  readonly best: Sample
  /** In order; the first is where the search began. */
  readonly tried: readonly Tried[]
  /** The least share of variance that any surface of the last surrogate explained. */
  readonly rSquaredMin: number
  readonly isBetter: boolean
}

const [REFINEMENTS, LOOKS] = [8, 3]
/** Refinements in a row that found nothing better, after which none is tried any more. */
const FRUITLESS_MAX = 2
/** Each time the surrogate is fitted: what it promises is computed in full, `LOOKS` designs at a time. */
const REACH_STEPS = [1, 2, 3] as const

/**
 * Looks near first, and farther when nothing near is better. Deterministic for a seed.
 * Source: Jones, Schonlau & Welch 1998, J. Global Optim. 13 (surrogate, best promise, refit), with quadratic surfaces.
 */
export function searchRound(design: Design, asked: Requirements, seed: number): Round {
  const start = sampleOf(design, asked)
  let round: Round = { best: start, tried: [triedOf(start, asked)], rSquaredMin: 1, isBetter: false }
  for (const reach of REACH_STEPS) {
    const next = within(start, reach, asked, seed)
    round = { ...next, tried: [...round.tried, ...next.tried] }
    if (next.isBetter && (reach > 1 || isWorthwhile(next.best, start, asked))) return round
  }
  return round
}

const missing = ({ design, measures }: Sample, asked: Requirements): number =>
  shortfall(checksOf(measures, partsOf(design), asked))

const triedOf = (sample: Sample, asked: Requirements): Tried => ({
  massKg: sample.measures.massKg,
  shortfall: missing(sample, asked),
  objective: objectiveOf(sample, asked),
})

/** Near enough to go on from there: nothing is missing any more, or a good part of it is made up for. */
const isWorthwhile = (best: Sample, start: Sample, asked: Requirements): boolean =>
  missing(best, asked) === 0 || missing(best, asked) < 0.7 * missing(start, asked)

function within(start: Sample, reach: number, asked: Requirements, seed: number): Round {
  const candidates = designsIn(neighbourhoodOf(start.design, reach), start.design)
  const worth = (sample: Sample) => objectiveOf(sample, asked)
  const bestOf = (all: readonly Sample[]) =>
    all.reduce((best, one) => (worth(one) < worth(best) ? one : best))
  let samples = [start, ...samplesAround(start.design, reach, asked, seed)]
  let [rSquaredMin, fruitless] = [1, 0]
  for (let refinement = 0; refinement < REFINEMENTS && fruitless < FRUITLESS_MAX; refinement += 1) {
    const surrogate = fitted(samples)
    rSquaredMin = Math.min(...surrogate.surfaces.map(({ rSquared }) => rSquared))
    const known = new Set(samples.map(({ design }) => keyOf(design)))
    const promising = candidates
      .filter((design) => !known.has(keyOf(design)))
      .map((design) => ({ design, promise: worth({ design, measures: surrogate.predict(design) }) }))
      .toSorted((one, other) => one.promise - other.promise)
      .slice(0, LOOKS)
    const looked = promising.map(({ design }) => sampleOf(design, asked))
    const before = bestOf(samples)
    samples = [...samples, ...looked]
    fruitless = bestOf(samples) === before ? fruitless + 1 : 0
  }
  const best = bestOf(samples)
  const tried = samples.slice(1).map((sample) => triedOf(sample, asked))
  return { best, tried, rSquaredMin, isBetter: best !== start }
}
