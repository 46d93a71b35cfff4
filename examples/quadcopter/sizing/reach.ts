/** How far the catalogue reaches at all: the heaviest payload it lifts, and the longest flight with the one that is asked for. */

import { CATALOGUE } from '../parts/catalogue.ts'
import type { Requirements } from '../requirements.ts'
import { MASS_MAX_KG } from './checks.ts'
import { partsOf, shapeOf, type Design, type Parts } from './design.ts'
import { flightOf, pullsEnough, type Warm } from './flight.ts'
import { massesOf, totalMass } from './masses.ts'

export type Reach = {
  /** Designs that were tried. */
  readonly tried: number
  /** The heaviest payload that any of them lifts with the thrust that is asked for, within the mass that is allowed, kg. */
  readonly payloadMaxKg: number
  /** The longest mission with the payload that is asked for; null where none lifts it. */
  readonly longest: { readonly minutes: number; readonly design: Design } | null
}

const PARALLEL = [1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 26, 34, 44, 60]
/** Kinder than any flight will be, so that what is out of reach here is out of reach. */
const KINDLY_WARM_K = 20

/** Every propeller with every motor, controller and cell that goes with it. Optimistic: it leaves out what gets too hot. */
export function reachOf(asked: Requirements): Reach {
  const warmC = asked.ambientC + KINDLY_WARM_K
  const warm = { windingC: warmC, junctionC: warmC, cellC: Math.max(25, asked.ambientC) }
  const cores = [...coresWithin(asked.spanMaxM)]
  let longest: Reach['longest'] = null
  for (const { design, parts, emptyKg } of cores) {
    const massKg = emptyKg + asked.payloadKg
    if (massKg > MASS_MAX_KG || !pullsEnough(parts, massKg, asked, warm)) continue
    const { missionMin } = flightOf(parts, massKg, asked, warm)
    if (missionMin > (longest?.minutes ?? 0)) longest = { minutes: missionMin, design }
  }
  return { tried: cores.length, payloadMaxKg: heaviest(cores, asked, warm), longest }
}

type Core = { readonly design: Design; readonly parts: Parts; readonly emptyKg: number }

/** Weighed to this, kg. */
const SCALE_KG = 0.05

/** Only what could beat the heaviest so far is weighed further. */
function heaviest(cores: readonly Core[], asked: Requirements, warm: Warm): number {
  let most = 0
  for (const { parts, emptyKg } of cores)
    while (
      emptyKg + most + SCALE_KG <= MASS_MAX_KG &&
      pullsEnough(parts, emptyKg + most + SCALE_KG, asked, warm)
    )
      most += SCALE_KG
  return most
}

/** What cools a part is left out here, so a part that another is lighter and no weaker than never comes first. */
const LEAN = CATALOGUE.controllers.filter(
  (one) =>
    !CATALOGUE.controllers.some(
      (other) => other.massKg < one.massKg && other.ratedA >= one.ratedA && other.seriesMax >= one.seriesMax,
    ),
)

function* coresWithin(spanMaxM: number): Generator<Core> {
  const [tube] = CATALOGUE.tubes
  const [fastener] = CATALOGUE.fasteners
  if (!tube || !fastener) return
  const rest = { tube: tube.id, fastener: fastener.id }
  for (const motor of CATALOGUE.motors)
    for (const controller of LEAN.filter(({ seriesMax }) => seriesMax >= motor.series))
      for (const propeller of CATALOGUE.propellers)
        for (const cell of CATALOGUE.cells)
          for (const parallel of PARALLEL) {
            const ids = { propeller: propeller.id, motor: motor.id, controller: controller.id, cell: cell.id }
            const design: Design = { ...ids, parallel, ...rest }
            const parts = partsOf(design)
            const shape = shapeOf(parts)
            if (shape.spanM > spanMaxM) continue
            yield { design, parts, emptyKg: totalMass(massesOf(parts, shape, 0)) }
          }
}
