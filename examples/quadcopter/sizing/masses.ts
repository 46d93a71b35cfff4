/** What each group of parts weighs, and what is printed. */

import { CATALOGUE } from '../parts/catalogue.ts'
import { armMass } from '../physics/arm.ts'
import type { PrintedPart } from '../physics/printing.ts'
import { packMass, ROTORS, type Parts, type Shape } from './design.ts'

/** Wires and plugs over what they join; screws, glue and paint over all. Rules of thumb. */
const [WIRING_SHARE, JOINING_SHARE] = [0.06, 0.015]
const HUB_WALL_MM = 1.8

/** The printed parts: the hub, a mount under each motor, two skids. */
export function printedParts(parts: Parts, shape: Shape): readonly PrintedPart[] {
  const side = Math.round(2_000 * shape.hubHalfM * 0.8)
  const height = Math.round(0.45 * side)
  const mount = Math.round(1_250 * parts.motor.diameterM)
  const skid = Math.round(Math.min(240, 900 * shape.hubHalfM))
  return [
    {
      name: 'hub',
      count: 1,
      volumeCm3: ((2 * side ** 2 + 4 * side * height) * HUB_WALL_MM) / 1_000,
      boxMm: [side, side, height],
      wallMm: HUB_WALL_MM,
      overhangDeg: 40,
    },
    {
      name: 'motor mount',
      count: ROTORS,
      volumeCm3: 0.11 * (mount / 10) ** 3 * 0.55,
      boxMm: [mount, mount, Math.round(0.5 * mount)],
      wallMm: 2.4,
      overhangDeg: 35,
    },
    { name: 'skid', count: 2, volumeCm3: 0.2 * skid, boxMm: [skid, 24, 90], wallMm: 2.4, overhangDeg: 45 },
  ]
}

export const printedMass = (printed: readonly PrintedPart[]): number =>
  printed.reduce(
    (sum, { count, volumeCm3 }) => sum + (count * volumeCm3 * CATALOGUE.printMaterial.density) / 1e6,
    0,
  )

/** Kilograms by group; their sum is the mass at take-off. */
export function massesOf(parts: Parts, shape: Shape, payloadKg: number) {
  const bought = {
    battery: packMass(parts),
    motors: ROTORS * parts.motor.massKg,
    controllers: ROTORS * parts.controller.massKg,
  }
  const wiring = WIRING_SHARE * (bought.battery + bought.motors + bought.controllers)
  const groups = {
    payload: payloadKg,
    ...bought,
    propellers: ROTORS * parts.propeller.massKg,
    arms: ROTORS * armMass(shape.arm),
    'printed parts': printedMass(printedParts(parts, shape)),
    avionics: CATALOGUE.avionics.massKg,
    wiring,
  }
  const joining = JOINING_SHARE * Object.values(groups).reduce((sum, kg) => sum + kg, -payloadKg)
  return { ...groups, joining }
}

export const totalMass = (masses: Readonly<Record<string, number>>): number =>
  Object.values(masses).reduce((sum, kg) => sum + kg, 0)
