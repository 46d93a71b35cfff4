/** What a design costs: a bill of materials with quantities, rolled up. Currency units. */

import { CATALOGUE } from './catalogue.ts'
import type { PrintedPart } from '../physics/printing.ts'
import { printingMinutes } from '../physics/printing.ts'
import { ROTORS, type Parts, type Shape } from '../sizing/design.ts'
import { printedMass, printedParts } from '../sizing/masses.ts'

export type Line = {
  readonly group: string
  readonly part: string
  readonly quantity: number
  readonly unit: 'piece' | 'm' | 'kg' | 'h'
  readonly each: number
}

/** A tube is bought with something to saw off; an hour at the bench; what is bought beside the parts. */
const [SAWING, BENCH_PER_H, BENCH_H] = [1.1, 38, 9]
const PACK_ELECTRONICS = 65

/** The smallest printer that every part fits into, else the biggest. */
export const printerFor = (printed: readonly PrintedPart[]) => {
  const longest = Math.max(...printed.flatMap(({ boxMm }) => boxMm))
  const printer =
    CATALOGUE.printers.find(({ build }) => Math.min(...build) >= longest) ?? CATALOGUE.printers.at(-1)
  if (!printer) throw new Error('The catalogue has no printer.')
  return printer
}

export const printingHours = (printed: readonly PrintedPart[]): number =>
  printed.reduce((sum, part) => sum + part.count * printingMinutes(part, printerFor(printed)), 0) / 60

const piece = (group: string, { name, price }: { name: string; price: number }, quantity: number): Line => ({
  group,
  part: name,
  quantity,
  unit: 'piece',
  each: price,
})

/** Also what is left over: the off-cuts of tubes. */
export function costOf(parts: Parts, shape: Shape): readonly Line[] {
  const printed = printedParts(parts, shape)
  return [
    piece('propulsion', parts.motor, ROTORS),
    piece('propulsion', parts.controller, ROTORS),
    piece('propulsion', parts.propeller, ROTORS),
    piece('energy', parts.cell, parts.pack.series * parts.pack.parallel),
    piece('energy', { name: 'battery protection and case', price: PACK_ELECTRONICS }, 1),
    {
      group: 'frame',
      part: parts.tube.name,
      quantity: SAWING * ROTORS * shape.reachM,
      unit: 'm',
      each: parts.tube.pricePerM,
    },
    {
      group: 'frame',
      part: CATALOGUE.printMaterial.name,
      quantity: printedMass(printed),
      unit: 'kg',
      each: CATALOGUE.printMaterial.pricePerKg,
    },
    piece('frame', parts.fastener, 1),
    piece('avionics', CATALOGUE.avionics, 1),
    {
      group: 'work',
      part: printerFor(printed).name,
      quantity: printingHours(printed),
      unit: 'h',
      each: printerFor(printed).pricePerHour,
    },
    { group: 'work', part: 'assembly and test', quantity: BENCH_H, unit: 'h', each: BENCH_PER_H },
  ]
}

export const totalCost = (lines: readonly Line[]): number =>
  lines.reduce((sum, { quantity, each }) => sum + quantity * each, 0)
