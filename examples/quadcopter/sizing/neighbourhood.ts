/** Designs near a design: some steps up or down in each list of the catalogue, some more or less battery. */

import { CATALOGUE } from '../parts/catalogue.ts'
import { packEnergy } from '../physics/battery.ts'
import { secondMoment } from '../physics/arm.ts'
import { partsOf, type Design } from './design.ts'

/** Ids from which one may choose, and energies in Wh. */
export type Neighbourhood = {
  readonly propellers: readonly string[]
  readonly motors: readonly string[]
  readonly controllers: readonly string[]
  readonly tubes: readonly string[]
  readonly cells: readonly string[]
  readonly energiesWh: readonly number[]
}

const around = (parts: readonly { readonly id: string }[], id: string, steps: number): readonly string[] => {
  const at = parts.findIndex((part) => part.id === id)
  return parts.slice(Math.max(0, at - steps), at + steps + 1).map((part) => part.id)
}

/** Each step of the battery is a seventh. */
const ENERGY_STEP = 1.15

/** Tubes and batteries are looked for this far at most: they are the last to need more. */
const FINE_STEPS_MAX = 2

/** `steps` up and down, 1 to 3: some hundreds of designs to some ten thousand. */
export function neighbourhoodOf(design: Design, steps: number): Neighbourhood {
  const wh = packEnergy(partsOf(design).pack)
  const fine = Math.min(steps, FINE_STEPS_MAX)
  return {
    propellers: around(CATALOGUE.propellers, design.propeller, steps),
    motors: around(CATALOGUE.motors, design.motor, steps),
    controllers: around(CATALOGUE.controllers, design.controller, steps),
    tubes: around(CATALOGUE.tubes, design.tube, fine),
    cells: steps > 1 ? CATALOGUE.cells.map(({ id }) => id) : [design.cell],
    energiesWh: Array.from({ length: 4 * fine + 1 }, (_, index) => wh * ENERGY_STEP ** (index - 2 * fine)),
  }
}

/** The design of these parts whose battery comes nearest to an energy. */
export function designWith(
  { fastener }: Design,
  parts: Pick<Design, 'propeller' | 'motor' | 'controller' | 'tube' | 'cell'>,
  wh: number,
): Design {
  const one = packEnergy(partsOf({ ...parts, fastener, parallel: 1 }).pack)
  return { ...parts, fastener, parallel: Math.min(400, Math.max(1, Math.round(wh / one))) }
}

const fitsTogether = (design: Design): boolean => {
  const { motor, controller } = partsOf(design)
  return motor.series <= controller.seriesMax
}

/** Every design of a neighbourhood that goes together, once. */
export function designsIn(near: Neighbourhood, like: Design): readonly Design[] {
  const found = new Map<string, Design>()
  for (const motor of near.motors)
    for (const controller of near.controllers)
      for (const cell of near.cells)
        for (const wh of near.energiesWh)
          for (const propeller of near.propellers)
            for (const tube of near.tubes) {
              const design = designWith(like, { propeller, motor, controller, tube, cell }, wh)
              if (fitsTogether(design)) found.set(keyOf(design), design)
            }
  return [...found.values()]
}

export const keyOf = ({ propeller, motor, controller, cell, parallel, tube }: Design): string =>
  [propeller, motor, controller, cell, parallel, tube].join(' ')

/** What a response surface sees of a design: logarithms of what its parts are chosen for, of the order of 1. */
export function variablesOf(design: Design): readonly number[] {
  const { propeller, motor, controller, cell, pack, tube } = partsOf(design)
  return [
    3 * Math.log(propeller.diameterM / 0.6),
    Math.log(motor.massKg / 0.25),
    Math.log(motor.kvRpmPerV / 200),
    Math.log(controller.ratedA / 40),
    Math.log(controller.areaM2 / 0.008),
    Math.log(packEnergy(pack) / 500),
    0.5 * Math.log(secondMoment(tube) / 2e-9),
    cell.resistanceOhm / 0.016,
  ]
}
