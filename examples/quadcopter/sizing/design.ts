/** A design: which parts of the catalogue, and how many cells. Everything else follows from it by computation. */

import { z } from 'zod'
import { CATALOGUE, partOf } from '../parts/catalogue.ts'
import type { Pack } from '../physics/battery.ts'
import type { Arm } from '../physics/arm.ts'

export const ROTORS = 4

/** Ids of the catalogue. */
export const Design = z.strictObject({
  propeller: z.string(),
  motor: z.string(),
  controller: z.string(),
  cell: z.string(),
  /** Strings of cells side by side; how many stand in a string follows from the motor. */
  parallel: z.int().min(1).max(400),
  tube: z.string(),
  fastener: z.string(),
})
export type Design = z.infer<typeof Design>

export function partsOf(design: Design) {
  const motor = partOf(CATALOGUE.motors, design.motor)
  const cell = partOf(CATALOGUE.cells, design.cell)
  return {
    propeller: partOf(CATALOGUE.propellers, design.propeller),
    motor,
    controller: partOf(CATALOGUE.controllers, design.controller),
    cell,
    pack: { cell, series: motor.series, parallel: design.parallel } satisfies Pack,
    tube: partOf(CATALOGUE.tubes, design.tube),
    fastener: partOf(CATALOGUE.fasteners, design.fastener),
  }
}
export type Parts = ReturnType<typeof partsOf>

/** Case, wires and protection of a pack over its bare cells. */
const PACK_OVERHEAD = 1.12
export const packMass = ({ cell, pack }: Pick<Parts, 'cell' | 'pack'>): number =>
  PACK_OVERHEAD * cell.massKg * pack.series * pack.parallel

/** Neighbouring rotors are this many diameters apart, from axis to axis. */
const SPACING = 1.08

/** From rotor to opposite rotor, m. */
export const spanOf = (diameterM: number): number => SPACING * Math.SQRT2 * diameterM

export type Shape = {
  /** From the middle to a rotor's axis, and from rotor to opposite rotor. */
  readonly reachM: number
  readonly spanM: number
  /** Half the side of the hub, which the battery decides. */
  readonly hubHalfM: number
  readonly arm: Arm
}

/** The hub of a pack of so many kilograms: a rule of thumb. */
const hubHalf = (packKg: number): number => 0.06 + 0.045 * Math.cbrt(packKg)

export function shapeOf(parts: Parts): Shape {
  const spanM = spanOf(parts.propeller.diameterM)
  const hubHalfM = hubHalf(packMass(parts))
  // A very small rotor beside a very big battery still has an arm to be clamped.
  const lengthM = Math.max(0.05, spanM / 2 - hubHalfM)
  return {
    reachM: spanM / 2,
    spanM,
    hubHalfM,
    arm: { tube: parts.tube, lengthM, material: CATALOGUE.tubeMaterial },
  }
}
