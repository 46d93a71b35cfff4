/** How warm the parts get in one part of the mission: a network of motor, controller and arm, and a battery that warms up. */

import { packResistance, currentFor } from '../physics/battery.ts'
import { cylinderCoefficient, plateCoefficient, type Stream } from '../physics/convection.ts'
import type { Site } from '../physics/corrosion.ts'
import { lumpAfter, steadyState } from '../physics/thermal-network.ts'
import type { Requirements } from '../requirements.ts'
import { packMass, type Parts } from './design.ts'
import type { Drive, Flight } from './flight.ts'

/** Sun at noon, W/m². Source: ASTM G173-03, about 1,000 in all. */
const SUN_WM2 = 1_000
/** Share of it that dark plastic takes up, and of a plate's area that it meets. */
const [ABSORBED, SUNLIT] = [0.9, 0.25]
/** Behind the arm and near the hub of the rotor the wind is slower than through the disc. */
const [PLATE_WIND, MOTOR_WIND] = [0.6, 0.7]
/** A motor's holes and ribs over its bare mantle, whose height is 0.6 of its diameter. */
const MANTLE_AREA = 2.5 * 0.6 * Math.PI
/** Dust on fins and plates takes a share of their cooling where fields or deserts are flown over. */
const FOULED: Readonly<Partial<Record<Site, number>>> = { agricultural: 0.85, desert: 0.8, industrial: 0.9 }
/** From motor to controller along the arm, W/K. */
const ALONG_ARM_WK = 0.03

export type Temperatures = {
  /** Winding and case of the motor, transistors and plate of the controller, cells: °C. */
  readonly windingC: number
  readonly caseC: number
  readonly junctionC: number
  readonly plateC: number
  readonly cellC: number
}

const cooling = ({ site }: Requirements): number => FOULED[site] ?? 1

/** Of a drive that works on like this. */
export function driveTemperatures(
  { motor, controller }: Parts,
  drive: Drive,
  { inducedMs }: Pick<Flight, 'inducedMs'>,
  asked: Requirements,
): Omit<Temperatures, 'cellC'> {
  const air = (share: number): Stream => ({
    speedMs: share * inducedMs,
    celsius: asked.ambientC,
    altitudeM: asked.altitudeM,
  })
  const caseWK =
    cooling(asked) *
    cylinderCoefficient(air(MOTOR_WIND), motor.diameterM) *
    MANTLE_AREA *
    motor.diameterM ** 2
  const plateWK = cooling(asked) * plateCoefficient(air(PLATE_WIND), controller.plateM) * controller.areaM2
  const at = steadyState({
    links: [
      ['winding', 'case', motor.windingToCaseWK],
      ['case', 'air', caseWK],
      ['junction', 'plate', 1 / controller.junctionToPlateWK],
      ['plate', 'air', plateWK],
      ['case', 'plate', ALONG_ARM_WK],
    ],
    heatW: {
      winding: drive.copperLossW,
      case: drive.ironLossW,
      junction: drive.controllerLossW,
      plate: ABSORBED * SUNLIT * SUN_WM2 * controller.areaM2,
    },
    heldC: { air: asked.ambientC },
  })
  const node = (name: string): number => at[name] ?? Number.NaN
  return {
    windingC: node('winding'),
    caseC: node('case'),
    junctionC: node('junction'),
    plateC: node('plate'),
  }
}

/** Of cells, J/(kg K), and of a pack, kg/m³. Source: Bandhauer, Garimella & Fuller 2011, J. Electrochem. Soc. 158: 800 to 1,100. */
const [CELL_JKGK, PACK_DENSITY] = [950, 1_900]
/** Air around the box in hover, m/s. */
const BOX_WIND_MS = 3

/** Of the cells at the end of a flight that began at the temperature of the air. */
export function cellTemperature(
  parts: Parts,
  { powerW, missionMin }: Pick<Flight, 'powerW' | 'missionMin'>,
  asked: Requirements,
  guessC: number,
): number {
  const massKg = packMass(parts)
  const currentA = currentFor(parts.pack, powerW.mission, guessC) ?? 0
  const heatW = currentA ** 2 * packResistance(parts.pack, guessC)
  const sideM = Math.cbrt(massKg / PACK_DENSITY)
  const wind = { speedMs: BOX_WIND_MS, celsius: asked.ambientC, altitudeM: asked.altitudeM }
  const conductanceWK = 5 * sideM ** 2 * plateCoefficient(wind, sideM)
  const sunW = 0.5 * ABSORBED * SUN_WM2 * sideM ** 2
  const steadyC = asked.ambientC + (heatW + sunW) / conductanceWK
  const heatCapacityJK = CELL_JKGK * massKg
  return lumpAfter({ startC: asked.ambientC, steadyC, heatCapacityJK, conductanceWK }, 60 * missionMin)
}
