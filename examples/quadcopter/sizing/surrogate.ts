/** A quick stand-in for the full computation near a design: response surfaces of all its measures. */

import type { Requirements } from '../requirements.ts'
import { MEASURES, type Measures } from './checks.ts'
import type { Design } from './design.ts'
import { designsIn, neighbourhoodOf, variablesOf } from './neighbourhood.ts'
import { performanceOf, type Performance } from './performance.ts'
import { latinHypercube, seededRandom } from './random.ts'
import { fitSurfaces, predict, quadraticTerms, type Surface } from './response-surface.ts'

export type Sample = { readonly design: Design; readonly measures: Measures }

export type Surrogate = {
  readonly surfaces: readonly Surface[]
  readonly samples: readonly Sample[]
  readonly predict: (design: Design) => Measures
}

export const measuresOf = (found: Performance): Measures => ({
  massKg: found.massKg,
  missionMin: found.missionMin,
  thrustRatio: found.thrustRatio,
  packCurrentShare: found.packCurrentShare,
  junctionC: found.junctionC,
  windingC: found.windingC,
  caseC: found.caseC,
  cellC: found.cellC,
  capacitorHours: found.capacitorHours,
  safetyFactor: found.safetyFactor,
  deflectionMm: found.deflectionMm,
  resonanceHz: found.resonanceHz,
  rotorHz: found.rotorHz,
  spanM: found.spanM,
  cost: found.cost,
})

/** Measures are above 0, or temperatures in °C, which are shifted: the surfaces follow logarithms. */
const SHIFT_K = 273.15
const isTemperature = (name: string): boolean => /^(?:junction|winding|case|cell)C$/.test(name)
const intoLog = (name: string, value: number): number =>
  Math.log(Math.max(1e-6, isTemperature(name) ? value + SHIFT_K : value))
const fromLog = (name: string, log: number): number => Math.exp(log) - (isTemperature(name) ? SHIFT_K : 0)

export function fitted(samples: readonly Sample[]): Surrogate {
  const surfaces = fitSurfaces(
    samples.map(({ design }) => variablesOf(design)),
    MEASURES.map((name) => samples.map(({ measures }) => intoLog(name, measures[name]))),
  )
  const predicted = (design: Design): Measures => {
    const terms = quadraticTerms(variablesOf(design))
    const values = MEASURES.map((name, index) => {
      const surface = surfaces[index]
      return [name, surface ? fromLog(name, predict(surface, terms)) : Number.NaN] as const
    })
    // Every measure has its surface, in the order of the list.
    return Object.fromEntries(values) as unknown as Measures
  }
  return { surfaces, samples, predict: predicted }
}

/** Samples of a neighbourhood: a few more than the 45 coefficients, for each one costs a full computation. */
const SAMPLES = 50

/** Computes some designs around one in full, spread evenly, the same for the same seed. */
export function samplesAround(
  centre: Design,
  steps: number,
  asked: Requirements,
  seed: number,
): readonly Sample[] {
  const near = designsIn(neighbourhoodOf(centre, steps), centre)
  const random = seededRandom(seed)
  const picked = new Set(latinHypercube(SAMPLES, 1, random).map(([at = 0]) => Math.floor(at * near.length)))
  return [...picked].flatMap((index) => {
    const design = near[index]
    return design ? [sampleOf(design, asked)] : []
  })
}

export const sampleOf = (design: Design, asked: Requirements): Sample => ({
  design,
  measures: measuresOf(performanceOf(design, asked)),
})
