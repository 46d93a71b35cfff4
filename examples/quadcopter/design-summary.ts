/** What the panel is given of a design: a few numbers, as JSON. */

import { z } from 'zod'
import { idealHoverPower } from './physics/rotor.ts'
import type { Requirements } from './requirements.ts'
import { MASS_MAX_KG } from './sizing/checks.ts'
import { packMass, ROTORS, type Design } from './sizing/design.ts'
import { performanceOf } from './sizing/performance.ts'
import { rounded } from './values.ts'

export const DesignSummary = z.strictObject({
  massKg: z.number(),
  massMaxKg: z.number(),
  /** By group; they make up the mass. */
  massesKg: z.record(z.string(), z.number()),
  cost: z.number(),
  budget: z.number(),
  /** Kelvin below what the data sheet allows, by part. */
  headroomK: z.record(z.string(), z.number()),
  /** Of four rotors in hover, W: ideal by momentum theory, and at the shafts. */
  idealW: z.number(),
  shaftW: z.number(),
  /** Typical ranges are known for these. */
  figures: z.record(z.string(), z.number()),
})
export type DesignSummary = z.infer<typeof DesignSummary>

export function summaryOf(design: Design, asked: Requirements): DesignSummary {
  const found = performanceOf(design, asked)
  const { parts, flight, masses } = found
  const drive = flight.drives.hover
  return {
    massKg: rounded(found.massKg),
    massMaxKg: MASS_MAX_KG,
    massesKg: Object.fromEntries(Object.entries(masses).map(([group, kg]) => [group, rounded(kg)])),
    cost: Math.round(found.cost),
    budget: asked.budget,
    headroomK: {
      controller: rounded(parts.controller.junctionMaxC - found.junctionC),
      motor: rounded(parts.motor.windingMaxC - found.windingC),
      battery: rounded(parts.cell.temperatureMaxC - found.cellC),
    },
    idealW: rounded(ROTORS * idealHoverPower(flight.hover)),
    shaftW: rounded(ROTORS * drive.shaftW),
    figures: {
      discLoading: rounded(flight.discLoading),
      figureOfMerit: rounded(flight.figureOfMerit),
      inducedMs: rounded(flight.inducedMs),
      airDensity: rounded(flight.hover.density),
      packWhPerKg: rounded(found.packWh / packMass(parts)),
      motorEfficiency: rounded(drive.shaftW / (drive.electricalW - drive.controllerLossW)),
      rotorHz: rounded(found.rotorHz),
    },
  }
}
