import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  armMass,
  bendingStress,
  deflection,
  firstResonance,
  resonanceMargin,
  safetyFactor,
  secondMoment,
} from '../../../examples/quadcopter/physics/arm.ts'
import {
  airConductivity,
  airDensity,
  dynamicViscosity,
  pressureAt,
  standardTemperature,
} from '../../../examples/quadcopter/physics/atmosphere.ts'
import {
  capacityShare,
  currentFor,
  currentMax,
  enduranceMin,
  packEnergy,
  packResistance,
  packVoltage,
  peukertHours,
  resistanceFactor,
} from '../../../examples/quadcopter/physics/battery.ts'
import { cylinderNusselt, plateNusselt, reynolds } from '../../../examples/quadcopter/physics/convection.ts'
import {
  CORROSION_CLASSES,
  steelLossAfter,
  TYPICAL_CLASS,
  worseThan,
} from '../../../examples/quadcopter/physics/corrosion.ts'
import { climbPower, cruisePower } from '../../../examples/quadcopter/physics/forward-flight.ts'
import { arrheniusFactor, montsingerHours } from '../../../examples/quadcopter/physics/life.ts'
import { copperFactor, motorPoint } from '../../../examples/quadcopter/physics/motor.ts'
import { printingMinutes, printingProblems } from '../../../examples/quadcopter/physics/printing.ts'
import {
  figureOfMerit,
  shaftPowerAt,
  speedFor,
  thrustAt,
  tipSpeed,
} from '../../../examples/quadcopter/physics/propeller.ts'
import {
  climbInducedVelocity,
  discArea,
  discLoading,
  forwardInducedVelocity,
  hoverInducedVelocity,
  hoverPower,
  idealHoverPower,
} from '../../../examples/quadcopter/physics/rotor.ts'
import { controllerLoss, onResistanceFactor } from '../../../examples/quadcopter/physics/speed-controller.ts'
import { lumpAfter, steadyState } from '../../../examples/quadcopter/physics/thermal-network.ts'

/** Within a share of the expected number, as a table prints it. */
const expectSame = (found: number, expected: number, share = 0.002) =>
  expect(Math.abs(found / expected - 1), `${found} instead of ${expected}`).toBeLessThan(share)

const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true })

describe('the atmosphere', () => {
  it('has the values of the standard atmosphere (ISO 2533, tables)', () => {
    expectSame(pressureAt(0), 101_325)
    expectSame(pressureAt(1_000), 89_874.6)
    expectSame(pressureAt(5_000), 54_019.9)
    expectSame(pressureAt(11_000), 22_632)
    expectSame(airDensity(15), 1.225)
    expectSame(airDensity(standardTemperature(1_000), 1_000), 1.111_7)
    expectSame(dynamicViscosity(15), 1.789_4e-5)
    expectSame(airConductivity(15), 2.534_3e-2)
  })

  it('is thinner where it is hotter or higher', () => {
    fc.assert(
      fc.property(positive(-40, 50), positive(0, 4_000), (celsius, altitudeM) => {
        expect(airDensity(celsius + 1, altitudeM)).toBeLessThan(airDensity(celsius, altitudeM))
        expect(airDensity(celsius, altitudeM + 10)).toBeLessThan(airDensity(celsius, altitudeM))
      }),
    )
  })
})

describe('a rotor', () => {
  // A tiltrotor of 45,000 lb on two rotors of 38 ft, worked in British units: v = √(22,500 / (2 · 0.002378 · 1,134)) ft/s.
  const tiltrotor = {
    thrustN: 22_500 * 4.448_222,
    areaM2: discArea(38 * 0.3048),
    density: 0.002_378 * 515.379,
  }

  it('pushes the air down as momentum theory says', () => {
    expectSame(hoverInducedVelocity(tiltrotor) / 0.3048, 64.58)
    expectSame(idealHoverPower(tiltrotor) / 745.7, 2_642)
    expectSame(hoverPower(tiltrotor, 0.75) / 745.7, 3_522)
    expectSame(discLoading(tiltrotor.thrustN, tiltrotor.areaM2) / 47.880_26, 19.84)
  })

  it('induces √2 − 1 of its hover velocity when it climbs at twice that', () => {
    const hover = hoverInducedVelocity(tiltrotor)
    expectSame(climbInducedVelocity(tiltrotor, 2 * hover) / hover, Math.SQRT2 - 1, 1e-9)
    expect(climbInducedVelocity(tiltrotor, 0)).toBe(hover)
  })

  it('induces v²/V in fast forward flight (the high-speed limit of Glauert)', () => {
    const hover = hoverInducedVelocity(tiltrotor)
    expectSame(forwardInducedVelocity(tiltrotor, 10 * hover, 0) / (hover / 10), 1, 1e-4)
    expectSame(forwardInducedVelocity(tiltrotor, 0, 0), hover, 1e-9)
    // Flying at its own hover velocity: x⁴ + x² = 1, so x² is the golden ratio less one.
    expectSame((forwardInducedVelocity(tiltrotor, hover, 0) / hover) ** 2, (Math.sqrt(5) - 1) / 2, 1e-6)
  })

  it('takes its hover power at no speed, less when moving slowly, more when climbing', () => {
    const rotor = { hover: { thrustN: 13, areaM2: 0.164, density: 1.13 }, figureOfMerit: 0.64 }
    const still = { ...rotor, tipSpeedMs: 70, airspeedMs: 0, dragN: 0 }
    const hover = hoverPower(rotor.hover, rotor.figureOfMerit)
    expectSame(cruisePower(still), hover, 1e-9)
    expectSame(climbPower(rotor, 0), hover, 1e-9)
    expect(cruisePower({ ...still, airspeedMs: 6 })).toBeLessThan(hover)
    expect(climbPower(rotor, 2)).toBeGreaterThan(hover)
  })
})

describe('a propeller', () => {
  const blade = { thrust: 0.1, power: 0.04 }

  it('pulls by the square and takes by the cube of its speed', () => {
    // 60 turns a second, 0.4 m, ρ = 1.2: T = 0.1 · 1.2 · 3,600 · 0.0256 = 11.0592 N; P = 0.04 · 1.2 · 216,000 · 0.01024 = 106.17 W
    const at = { density: 1.2, perSecond: 60, diameterM: 0.4 }
    expectSame(thrustAt(blade, at), 11.0592, 1e-9)
    expectSame(shaftPowerAt(blade, at), 106.168_32, 1e-6)
    expectSame(tipSpeed(60, 0.4), 75.398, 1e-4)
    expectSame(speedFor(blade, { density: 1.2, thrustN: 11.0592, diameterM: 0.4 }), 60, 1e-9)
  })

  it('has the figure of merit that its thrust and power come to, at every speed and size', () => {
    fc.assert(
      fc.property(
        positive(10, 150),
        positive(0.1, 1.2),
        positive(0.7, 1.4),
        (perSecond, diameterM, density) => {
          const at = { density, perSecond, diameterM }
          const disc = { thrustN: thrustAt(blade, at), areaM2: discArea(diameterM), density }
          expectSame(idealHoverPower(disc) / shaftPowerAt(blade, at), figureOfMerit(blade), 1e-9)
        },
      ),
    )
  })
})

describe('a motor', () => {
  const motor = { kvRpmPerV: 280, resistanceOhm: 0.047, noLoadA: 0.7 }

  it('turns what it is given into work and heat, and nothing else', () => {
    fc.assert(
      fc.property(positive(1, 900), positive(10, 120), positive(-20, 140), (shaftW, perSecond, windingC) => {
        const { currentA, voltageV, copperLossW, ironLossW, efficiency } = motorPoint(motor, {
          shaftW,
          perSecond,
          windingC,
        })
        expectSame(voltageV * currentA, shaftW + copperLossW + ironLossW, 1e-9)
        expectSame(efficiency, shaftW / (voltageV * currentA), 1e-9)
      }),
    )
  })

  it('works out as by hand', () => {
    // Kv = 29.32 rad/(s V); 50 turns a second make 10.714 V; 120 W need 11.2 A and 0.7 A more.
    const { currentA, voltageV } = motorPoint(motor, { shaftW: 120, perSecond: 50, windingC: 25 })
    expectSame(currentA, 120 / (3_000 / 280) + 0.7, 1e-9)
    expectSame(voltageV, 3_000 / 280 + currentA * 0.047, 1e-9)
    expectSame(copperFactor(125), 1.412_65 / 1.019_65, 1e-9)
  })
})

describe('a speed controller', () => {
  it('heats by conduction, freewheeling, switching and its logic', () => {
    const parts = { onResistanceOhm: 0.004, diodeV: 0.6, switchingS: 1e-7, pulseHz: 24_000, idleW: 0.4 }
    // 10 A at 25 °C and half duty: 0.4 + 3 + ½ · 22 · 10 · 1e-7 · 24,000 = 0.264, and 0.4 W
    expectSame(controllerLoss(parts, { currentA: 10, batteryV: 22, duty: 0.5, junctionC: 25 }), 4.064, 1e-9)
    expect(onResistanceFactor(25)).toBe(1)
    // Data sheets of power transistors show about 1.8 at 110 °C.
    expectSame(onResistanceFactor(110), 1.78, 0.01)
  })
})

describe('a battery', () => {
  const cell = { capacityAh: 4.5, nominalV: 3.6, resistanceOhm: 0.016, dischargeMaxC: 6, peukert: 1.04 }
  const pack = { cell, series: 6, parallel: 3 }

  it('lasts as Peukert found: 100 Ah in 20 hours, with 1.2, give 10 A for 8.7 hours', () => {
    expectSame(peukertHours({ capacityAh: 100, ratedHours: 20, exponent: 1.2 }, 10), 8.706)
    expect(peukertHours({ capacityAh: 100, ratedHours: 20, exponent: 1 }, 10)).toBe(10)
  })

  it('sags so that voltage times current is the power, and cannot give more than U²/4R', () => {
    expect(packVoltage(pack)).toBeCloseTo(21.6)
    expect(packEnergy(pack)).toBeCloseTo(291.6)
    expect(currentMax(pack)).toBeCloseTo(81)
    const ohms = packResistance(pack, 25)
    expectSame(ohms, 0.032, 1e-9)
    const most = packVoltage(pack) ** 2 / (4 * ohms)
    fc.assert(
      fc.property(positive(1, 0.999 * most), (powerW) => {
        const current = currentFor(pack, powerW, 25) ?? Number.NaN
        expectSame((packVoltage(pack) - ohms * current) * current, powerW, 1e-6)
      }),
    )
    expect(currentFor(pack, 1.01 * most, 25)).toBeUndefined()
    expect(enduranceMin(pack, 1.01 * most, 25)).toBe(0)
  })

  it('is weaker in the cold', () => {
    expect(capacityShare(25)).toBe(1)
    expect(capacityShare(-60)).toBe(0.5)
    expect(capacityShare(5)).toBeCloseTo(0.915)
    expect(capacityShare(90)).toBe(1)
    expectSame(resistanceFactor(0), 2.094, 0.002)
    fc.assert(
      fc.property(positive(-30, 40), positive(50, 400), (celsius, powerW) => {
        expect(enduranceMin(pack, powerW, celsius)).toBeLessThanOrEqual(
          enduranceMin(pack, powerW, celsius + 5),
        )
        expect(enduranceMin(pack, powerW + 5, celsius)).toBeLessThan(enduranceMin(pack, powerW, celsius))
      }),
    )
  })
})

describe('an arm', () => {
  const steel = { modulusPa: 210e9, strengthPa: 355e6, density: 7_850 }
  const tube = { outerM: 0.0603, wallM: 0.005 }
  const arm = { tube, lengthM: 1, material: steel }

  it('has the section of the table for a steel tube 60.3 × 5 (EN 10210-2: 33.5 cm⁴, 6.82 kg/m)', () => {
    expectSame(secondMoment(tube) * 1e8, 33.5)
    expectSame(armMass(arm), 6.82)
  })

  it('bends and bears as by hand', () => {
    // 1,000 N at 1 m: δ = 1,000 / (3 · 210e9 · 33.48e-8) = 4.74 mm; σ = 1,000 · 0.03015 / 33.48e-8 = 90.1 MPa
    expectSame(1_000 * deflection(arm, 1_000), 4.741)
    expectSame(bendingStress(arm, 1_000) / 1e6, 90.06)
    expectSame(safetyFactor(arm, 1_000), 3.942)
  })

  it('sings within 2 % of the exact beam without a mass, and by the spring formula with a heavy one', () => {
    const perMetre = armMass(arm)
    const exact = (1.875_104 ** 2 / (2 * Math.PI)) * Math.sqrt((210e9 * secondMoment(tube)) / perMetre)
    expectSame(firstResonance(arm, 0), exact, 0.02)
    const stiffness = 3 * 210e9 * secondMoment(tube)
    expectSame(firstResonance(arm, 1_000), Math.sqrt(stiffness / 1_000) / (2 * Math.PI), 0.001)
  })

  it('counts its distance from once and twice a turn, whichever is nearer', () => {
    expect(resonanceMargin(60, 50)).toBeCloseTo(0.2)
    expect(resonanceMargin(90, 50)).toBeCloseTo(0.1)
    expect(resonanceMargin(50, 50)).toBe(0)
  })
})

describe('heat', () => {
  it('is carried off as in the worked examples of Incropera (7.1: 57.4 on a plate, 7.4: 40.6 on a cylinder)', () => {
    expectSame(plateNusselt(9_597, 0.687), 57.4, 0.003)
    expectSame(cylinderNusselt(6_071, 0.7), 40.6, 0.003)
    expectSame(reynolds({ speedMs: 10, celsius: 15, altitudeM: 0 }, 0.1), 68_459, 0.001)
  })

  it('flows through a network as through resistors', () => {
    // 10 W through 2 W/K and then 0.5 W/K into air of 20 °C
    const links = [
      ['winding', 'case', 2],
      ['case', 'air', 0.5],
    ] as const
    const at = steadyState({ links, heatW: { winding: 10 }, heldC: { air: 20 } })
    expect(at['case']).toBeCloseTo(40)
    expect(at['winding']).toBeCloseTo(45)
  })

  it('leaves at every node what comes in, in any network', () => {
    const conductance = positive(0.01, 20)
    fc.assert(
      fc.property(
        fc.tuple(conductance, conductance, conductance, conductance, conductance),
        fc.tuple(positive(0, 100), positive(0, 100), positive(0, 100)),
        ([ab, bc, ca, a, c], [qa, qb, qc]) => {
          const at = steadyState({
            links: [
              ['a', 'b', ab],
              ['b', 'c', bc],
              ['c', 'a', ca],
              ['a', 'air', a],
              ['c', 'air', c],
            ],
            heatW: { a: qa, b: qb, c: qc },
            heldC: { air: 20 },
          })
          const out = a * ((at['a'] ?? 0) - 20) + c * ((at['c'] ?? 0) - 20)
          expect(out).toBeCloseTo(qa + qb + qc, 6)
        },
      ),
    )
  })

  it('warms a lump by 63.2 % in one time constant', () => {
    const lump = { startC: 20, steadyC: 120, heatCapacityJK: 500, conductanceWK: 5 }
    expectSame(lumpAfter(lump, 100), 20 + 100 * (1 - Math.exp(-1)), 1e-9)
    expect(lumpAfter(lump, 0)).toBe(20)
  })

  it('halves a life with each 10 K, and doubles a reaction as Arrhenius says', () => {
    expect(montsingerHours({ ratedHours: 20_000, ratedC: 140 }, 150)).toBeCloseTo(10_000)
    expect(montsingerHours({ ratedHours: 20_000, ratedC: 140 }, 120)).toBeCloseTo(80_000)
    // exp(58,000 / 8.3145 · (1/298.15 − 1/308.15))
    expectSame(arrheniusFactor(58_000, 25, 35), 2.137)
  })
})

describe('corrosion and printing', () => {
  it('takes three and a third of the first year’s loss in ten years (ISO 9224)', () => {
    expectSame(steelLossAfter(25, 10) / 25, 3.334)
  })

  it('is worse at sea than on fields, and on fields than in the country', () => {
    expect(worseThan(TYPICAL_CLASS.offshore, TYPICAL_CLASS.agricultural)).toBe(true)
    expect(worseThan(TYPICAL_CLASS.agricultural, TYPICAL_CLASS.rural)).toBe(true)
    expect(worseThan('C3', 'C3')).toBe(false)
    expect(CORROSION_CLASSES).toEqual(['C1', 'C2', 'C3', 'C4', 'C5', 'CX'])
  })

  const printer = {
    lineMm: 0.5,
    layerMm: 0.2,
    speedMmS: 100,
    perLayerS: 6,
    overhead: 1,
    build: [200, 150, 300],
  } as const

  it('takes volume over flow, and a moment for each layer', () => {
    // 60,000 mm³ at 10 mm³/s are 100 minutes; 100 layers of 6 s are 10.
    expect(printingMinutes({ volumeCm3: 60, boxMm: [50, 50, 20] }, printer)).toBeCloseTo(110)
  })

  it('says what cannot be printed, and turns a part that fits when it is turned', () => {
    const part = { name: 'hub', count: 1, volumeCm3: 60, wallMm: 1.2, overhangDeg: 45 }
    expect(printingProblems({ ...part, boxMm: [250, 100, 100] }, printer)).toEqual([])
    const bad = printingProblems({ ...part, boxMm: [250, 220, 10], wallMm: 0.8, overhangDeg: 50 }, printer)
    expect(bad).toEqual([
      'hub measures 250 × 220 × 10 mm and does not fit into 200 × 150 × 300 mm.',
      'A wall of hub is 0.8 mm; 1 mm is the least.',
      'hub hangs over by 50°; 45° is the most without support.',
    ])
  })
})
