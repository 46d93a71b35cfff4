import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATALOGUE, partOf } from '../../../examples/quadcopter/parts/catalogue.ts'
import { costOf, totalCost } from '../../../examples/quadcopter/parts/cost.ts'
import { requirementsOf } from '../../../examples/quadcopter/requirements.ts'
import { brokenOf, checksOf, shortfall } from '../../../examples/quadcopter/sizing/checks.ts'
import { faultsOf } from '../../../examples/quadcopter/sizing/faults.ts'
import { partsOf, shapeOf } from '../../../examples/quadcopter/sizing/design.ts'
import { firstDesign } from '../../../examples/quadcopter/sizing/first-design.ts'
import { performanceOf } from '../../../examples/quadcopter/sizing/performance.ts'
import { latinHypercube, seededRandom } from '../../../examples/quadcopter/sizing/random.ts'
import { reachOf } from '../../../examples/quadcopter/sizing/reach.ts'
import { fitSurfaces, predict, quadraticTerms } from '../../../examples/quadcopter/sizing/response-surface.ts'
import { objectiveOf, searchRound } from '../../../examples/quadcopter/sizing/search.ts'
import { INTENT } from './carried.ts'

const ASKED = requirementsOf(INTENT, {})
const problems = (intent: string) => {
  const asked = requirementsOf(intent, {})
  const found = performanceOf(firstDesign(asked), asked)
  return brokenOf(checksOf(found, found.parts, asked)).map(({ id }) => id)
}

describe('the first design', () => {
  it('gets its controllers too hot on a hot day, though their data sheet would do', () => {
    const { parts, flight, junctionC } = performanceOf(firstDesign(ASKED), ASKED)
    expect(parts.controller.ratedA).toBeGreaterThan(flight.drives.climb.currentA)
    expect(junctionC).toBeGreaterThan(parts.controller.junctionMaxC)
  })

  it('has nothing too hot on a cold day, because heat depends on the air', () => {
    expect(problems(INTENT)).toContain('controller-heat')
    expect(problems(INTENT.replace('40 °C', '-10 °C'))).not.toContain('controller-heat')
  })

  it('chooses screws for the air', () => {
    expect(firstDesign(requirementsOf('2 kg on the coast', {})).fastener).toBe('A4')
    expect(firstDesign(requirementsOf('2 kg offshore', {})).fastener).toBe('Ti')
    const asked = requirementsOf('2 kg offshore', {})
    const found = performanceOf({ ...firstDesign(asked), fastener: 'A2' }, asked)
    expect(faultsOf(found, asked)).toEqual([
      'stainless screws A2 stand air of class C3, and will be in class CX.',
    ])
  })
})

describe('the performance', () => {
  const design = firstDesign(ASKED)

  it('is worse with more payload, in hotter air, and against more wind, short of a gale', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 4, noNaN: true }),
        fc.double({ min: 15, max: 45, noNaN: true }),
        fc.double({ min: 0, max: 6, noNaN: true }),
        (payloadKg, ambientC, windMs) => {
          const asked = { ...ASKED, payloadKg, ambientC, windMs }
          const here = performanceOf(design, asked)
          const heavier = performanceOf(design, { ...asked, payloadKg: payloadKg + 0.2 })
          expect(heavier.massKg).toBeGreaterThan(here.massKg)
          expect(heavier.missionMin).toBeLessThan(here.missionMin)
          expect(heavier.junctionC).toBeGreaterThan(here.junctionC)
          expect(heavier.thrustRatio).toBeLessThanOrEqual(here.thrustRatio)
          const hotter = performanceOf(design, { ...asked, ambientC: ambientC + 2 })
          expect(hotter.junctionC).toBeGreaterThan(here.junctionC)
          expect(hotter.flight.powerW.hover).toBeGreaterThan(here.flight.powerW.hover)
          const [breeze, gale] = [8, 14].map((speed) => performanceOf(design, { ...asked, windMs: speed }))
          expect(gale?.flight.powerW.cruise).toBeGreaterThan(breeze?.flight.powerW.cruise ?? 0)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('adds up: the groups weigh what the craft weighs, the lines cost what it costs', () => {
    const found = performanceOf(design, ASKED)
    const sum = Object.values(found.masses).reduce((kg, one) => kg + one, 0)
    expect(sum).toBeCloseTo(found.massKg, 9)
    const parts = partsOf(design)
    expect(totalCost(costOf(parts, shapeOf(parts)))).toBeCloseTo(found.cost, 9)
  })

  it('never hovers with less than momentum theory allows, nor lasts longer than its energy', () => {
    const { flight, packWh, hoverMin } = performanceOf(design, ASKED)
    expect(4 * flight.drives.hover.shaftW).toBeGreaterThan(4 * flight.hover.thrustN * flight.inducedMs)
    expect(hoverMin).toBeLessThan((60 * packWh) / flight.powerW.hover)
  })
})

describe('the catalogue', () => {
  it('names what there is when a part is not there', () => {
    expect(() => partOf(CATALOGUE.tubes, 'T1x1')).toThrow('The catalogue has no T1x1; it has T14x1')
  })

  it('lists each part once', () => {
    for (const list of [
      CATALOGUE.propellers,
      CATALOGUE.motors,
      CATALOGUE.controllers,
      CATALOGUE.cells,
      CATALOGUE.tubes,
    ])
      expect(new Set(list.map(({ id }) => id)).size).toBe(list.length)
  })
})

describe('the response surface', () => {
  it('finds a polynomial of second order again', () => {
    const coefficients = [2, -1, 0.5, 3, -2, 0.25]
    const points = latinHypercube(20, 2, seededRandom(3))
    const values = points.map((point) => predict({ coefficients, rSquared: 1 }, quadraticTerms(point)))
    const [surface] = fitSurfaces(points, [values])
    for (const [index, coefficient] of coefficients.entries())
      expect(surface?.coefficients[index]).toBeCloseTo(coefficient, 3)
    expect(surface?.rSquared).toBeCloseTo(1, 6)
  })

  it('is fitted to samples that fill every slice of every axis once', () => {
    const points = latinHypercube(16, 3, seededRandom(5))
    for (const axis of [0, 1, 2])
      expect(new Set(points.map((point) => Math.floor(16 * (point[axis] ?? 0)))).size).toBe(16)
    expect(latinHypercube(16, 3, seededRandom(5))).toEqual(points)
    expect(latinHypercube(16, 3, seededRandom(6))).not.toEqual(points)
  })
})

describe('the search', () => {
  it('never ends worse than it began, and comes to the same for the same seed', () => {
    const design = firstDesign(ASKED)
    const round = searchRound(design, ASKED, 1)
    expect(round.isBetter).toBe(true)
    const [start, ...others] = round.tried.map(({ objective }) => objective)
    expect(Math.min(...others)).toBeLessThan(start ?? 0)
    expect(others.length).toBeGreaterThan(45)
    const { objective } = round.tried.toSorted((one, other) => one.objective - other.objective)[0] ?? {}
    expect(objectiveOf(round.best, ASKED)).toBe(objective)
    expect(searchRound(design, ASKED, 1)).toEqual(round)
  })

  it.each([
    [INTENT, 1],
    [INTENT, 2],
    ['4 kg payload, 25 minutes, 40 °C', 1],
    ['6 kg payload, 25 minutes, 40 °C', 1],
    ['2 kg payload, 60 minutes, 45 °C at 1500 m altitude', 3],
    ['0.2 kg, 10 min, -20 °C', 1],
  ])('leads to a design that meets every demand: %s, seed %i', (intent, seed) => {
    const asked = requirementsOf(intent, { seed })
    let design = firstDesign(asked)
    for (let round = 1; round <= 8; round += 1) {
      const found = performanceOf(design, asked)
      if (shortfall(checksOf(found, found.parts, asked)) === 0) break
      design = searchRound(design, asked, seed + round).best.design
    }
    const found = performanceOf(design, asked)
    expect(brokenOf(checksOf(found, found.parts, asked))).toEqual([])
    expect(faultsOf(found, asked)).toEqual([])
  })
})

describe('the reach of the catalogue', () => {
  it('is no shorter than what was really designed', () => {
    const { longest, payloadMaxKg } = reachOf(ASKED)
    const { best } = searchRound(firstDesign(ASKED), ASKED, 1)
    expect(longest?.minutes).toBeGreaterThan(best.measures.missionMin)
    expect(payloadMaxKg).toBeGreaterThan(ASKED.payloadKg)
  })

  it('has nothing for a payload that no rotor lifts', () => {
    const { longest, payloadMaxKg } = reachOf({ ...ASKED, payloadKg: 500 })
    expect(longest).toBeNull()
    expect(payloadMaxKg).toBeLessThan(25)
  })
})
