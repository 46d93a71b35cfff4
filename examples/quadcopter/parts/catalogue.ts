/** The parts that can be had: read from catalogue.json, checked, and found by their id. */

import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { CORROSION_CLASSES } from '../physics/corrosion.ts'

const positive = z.number().positive()
/** What every part has. */
const named = { id: z.string(), name: z.string(), price: positive }

const Propeller = z.strictObject({
  ...named,
  diameterM: positive,
  /** Coefficients at rest, see physics/propeller.ts. */
  thrust: positive,
  power: positive,
  massKg: positive,
})
const Motor = z.strictObject({
  ...named,
  /** Cells in series that it is wound for. */
  series: z.int().positive(),
  kvRpmPerV: positive,
  resistanceOhm: positive,
  noLoadA: positive,
  currentMaxA: positive,
  massKg: positive,
  diameterM: positive,
  /** Conductance from winding to case, W/K. */
  windingToCaseWK: positive,
  windingMaxC: positive,
})
const Controller = z.strictObject({
  ...named,
  /** Continuous, as the data sheet says: in a good wind at 25 °C. */
  ratedA: positive,
  seriesMax: z.int().positive(),
  onResistanceOhm: positive,
  diodeV: positive,
  switchingS: positive,
  pulseHz: positive,
  idleW: positive,
  massKg: positive,
  /** Length of its cooling plate along the wind, and the area that the wind meets. */
  plateM: positive,
  areaM2: positive,
  /** Thermal resistance, K/W. */
  junctionToPlateWK: positive,
  junctionMaxC: positive,
})
const Cell = z.strictObject({
  ...named,
  capacityAh: positive,
  nominalV: positive,
  resistanceOhm: positive,
  dischargeMaxC: positive,
  peukert: z.number().min(1).max(1.5),
  massKg: positive,
  temperatureMaxC: positive,
})
const Tube = z.strictObject({
  id: z.string(),
  name: z.string(),
  outerM: positive,
  wallM: positive,
  pricePerM: positive,
})
const Fastener = z.strictObject({ ...named, corrosivityMax: z.enum(CORROSION_CLASSES) })
const PrinterPart = z.strictObject({
  id: z.string(),
  name: z.string(),
  lineMm: positive,
  layerMm: positive,
  speedMmS: positive,
  perLayerS: positive,
  overhead: positive,
  build: z.tuple([positive, positive, positive]),
  pricePerHour: positive,
})

const Catalogue = z.strictObject({
  note: z.string(),
  propellers: z.array(Propeller).min(1),
  motors: z.array(Motor).min(1),
  controllers: z.array(Controller).min(1),
  cells: z.array(Cell).min(1),
  tubes: z.array(Tube).min(1),
  tubeMaterial: z.strictObject({
    name: z.string(),
    modulusPa: positive,
    strengthPa: positive,
    density: positive,
    temperatureMaxC: positive,
  }),
  printMaterial: z.strictObject({
    name: z.string(),
    density: positive,
    temperatureMaxC: positive,
    pricePerKg: positive,
  }),
  fasteners: z.array(Fastener).min(1),
  printers: z.array(PrinterPart).min(1),
  avionics: z.strictObject({ name: z.string(), massKg: positive, powerW: positive, price: positive }),
  payload: z.strictObject({ name: z.string(), powerW: positive }),
})
export type Catalogue = z.infer<typeof Catalogue>
export type Propeller = z.infer<typeof Propeller>
export type Motor = z.infer<typeof Motor>
export type Controller = z.infer<typeof Controller>
export type Cell = z.infer<typeof Cell>

/** Lists are in order of size, the smallest first: the search relies on it. */
export const CATALOGUE: Catalogue = Catalogue.parse(
  JSON.parse(readFileSync(new URL('catalogue.json', import.meta.url), 'utf8')),
)

/** Throws an Error that lists what there is. */
export function partOf<Part extends { readonly id: string }>(parts: readonly Part[], id: string): Part {
  const found = parts.find((part) => part.id === id)
  if (found) return found
  throw new Error(`The catalogue has no ${id}; it has ${parts.map((part) => part.id).join(', ')}.`)
}
