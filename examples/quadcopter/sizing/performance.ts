/** Everything that follows from a design and what is asked of it: the one place where the formulas meet. */

import { resonanceMargin, deflection, firstResonance, safetyFactor } from '../physics/arm.ts'
import { packEnergy } from '../physics/battery.ts'
import { montsingerHours } from '../physics/life.ts'
import { costOf, totalCost } from '../parts/cost.ts'
import type { Requirements } from '../requirements.ts'
import { partsOf, shapeOf, type Design } from './design.ts'
import { flightOf, thrustRatioOf, THRUST_RATIO_MIN, type Flight, type Segment } from './flight.ts'
import { cellTemperature, driveTemperatures, type Temperatures } from './heat.ts'
import { massesOf, printedParts, totalMass } from './masses.ts'

const SEGMENTS = ['hover', 'cruise', 'climb'] as const satisfies readonly Segment[]
/** Losses warm the parts, and warm parts lose more: after six rounds nothing moves by more than 0.1 K. */
const WARMING_ROUNDS = 6
/** Where losses would run away the parts are taken to be this hot, which is hot enough to be refused. */
const RUNAWAY_C = 400

const hottest = (all: readonly Omit<Temperatures, 'cellC'>[]): Omit<Temperatures, 'cellC'> => {
  const most = (pick: (one: Omit<Temperatures, 'cellC'>) => number) =>
    Math.min(RUNAWAY_C, Math.max(...all.map(pick)))
  return {
    windingC: most(({ windingC }) => windingC),
    caseC: most(({ caseC }) => caseC),
    junctionC: most(({ junctionC }) => junctionC),
    plateC: most(({ plateC }) => plateC),
  }
}

/** Hours that a winding lives at the limit of its class, and a capacitor at 105 °C. Sources: IEC 60085; makers' data sheets. */
const [WINDING_HOURS, CAPACITOR] = [20_000, { ratedHours: 2_000, ratedC: 105 }]

/** Fixed for a design on a day; kilograms, watts, minutes, °C, hertz, millimetres as the names say. */
export function performanceOf(design: Design, asked: Requirements) {
  const parts = partsOf(design)
  const shape = shapeOf(parts)
  const masses = massesOf(parts, shape, asked.payloadKg)
  const massKg = totalMass(masses)
  let warm: Temperatures = { windingC: 60, caseC: 50, junctionC: 60, plateC: 50, cellC: asked.ambientC }
  let flight: Flight = flightOf(parts, massKg, asked, warm)
  for (let round = 0; round < WARMING_ROUNDS; round += 1) {
    const drives = SEGMENTS.map((segment) => driveTemperatures(parts, flight.drives[segment], flight, asked))
    warm = { ...hottest(drives), cellC: cellTemperature(parts, flight, asked, warm.cellC) }
    // The cells of a long flight are half warmed up on average.
    flight = flightOf(parts, massKg, asked, { ...warm, cellC: (warm.cellC + asked.ambientC) / 2 })
  }
  const load = THRUST_RATIO_MIN * flight.hover.thrustN
  const resonanceHz = firstResonance(
    shape.arm,
    parts.motor.massKg + parts.propeller.massKg + parts.controller.massKg,
  )
  const rotorHz = flight.drives.hover.perSecond
  return {
    parts,
    shape,
    masses,
    flight,
    massKg,
    packWh: packEnergy(parts.pack),
    missionMin: flight.missionMin,
    hoverMin: flight.hoverMin,
    thrustRatio: thrustRatioOf(parts, flight.hover, warm),
    packCurrentShare: flight.packCurrentShare,
    ...warm,
    windingHours: montsingerHours(
      { ratedHours: WINDING_HOURS, ratedC: parts.motor.windingMaxC },
      warm.windingC,
    ),
    capacitorHours: montsingerHours(CAPACITOR, warm.plateC),
    safetyFactor: safetyFactor(shape.arm, load),
    deflectionMm: 1_000 * deflection(shape.arm, load),
    resonanceHz,
    rotorHz,
    resonanceMargin: resonanceMargin(resonanceHz, rotorHz),
    spanM: shape.spanM,
    printed: printedParts(parts, shape),
    cost: totalCost(costOf(parts, shape)),
  }
}
export type Performance = ReturnType<typeof performanceOf>
