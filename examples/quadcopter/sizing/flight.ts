/** What a mass takes to fly: power by part of the mission, the thrust that is left, the minutes it lasts. */

import { CATALOGUE } from '../parts/catalogue.ts'
import { airDensity } from '../physics/atmosphere.ts'
import { currentFor, currentMax, enduranceMin, packVoltage } from '../physics/battery.ts'
import { GRAVITY_MS2 } from '../physics/constants.ts'
import { bodyDrag, climbPower, cruisePower } from '../physics/forward-flight.ts'
import { motorPoint } from '../physics/motor.ts'
import { figureOfMerit, shaftPowerAt, speedFor, tipSpeed } from '../physics/propeller.ts'
import { discArea, discLoading, hoverInducedVelocity, hoverPower, type Disc } from '../physics/rotor.ts'
import { controllerLoss } from '../physics/speed-controller.ts'
import type { Requirements } from '../requirements.ts'
import { ROTORS, type Parts } from './design.ts'

/** Over ground while surveying, and upwards after take-off. */
export const SURVEY_MS = 8
const CLIMB_MS = 2
/** Shares of the flight time. */
const MISSION = { hover: 0.15, cruise: 0.75, climb: 0.1 } as const
export type Segment = keyof typeof MISSION
/** Area of equal drag, m², of an open frame by its mass: a rule of thumb. */
const dragArea = (massKg: number): number => 0.03 * massKg ** (2 / 3)

/** One drive: a rotor, its motor and its controller. Watts, of one. */
export type Drive = {
  readonly shaftW: number
  readonly electricalW: number
  readonly currentA: number
  readonly copperLossW: number
  readonly ironLossW: number
  readonly controllerLossW: number
  readonly perSecond: number
}

export type Flight = {
  readonly hover: Disc
  readonly discLoading: number
  readonly figureOfMerit: number
  readonly inducedMs: number
  readonly airspeedMs: number
  readonly drives: Readonly<Record<Segment, Drive>>
  /** Electrical, of the whole craft, W. */
  readonly powerW: Readonly<Record<Segment | 'mission', number>>
  readonly missionMin: number
  readonly hoverMin: number
  /** Of one drive and of the battery at a thrust that leaves the margin that is asked for. */
  readonly fullCurrentA: number
  readonly packCurrentShare: number
}

/** What the losses depend on. */
export type Warm = { readonly windingC: number; readonly junctionC: number; readonly cellC: number }

/** Thrust that must be left to fight gusts, over weight. */
export const THRUST_RATIO_MIN = 1.7
/** A controller cannot give all of the battery's voltage. */
const DUTY_MAX = 0.95

export function flightOf(parts: Parts, massKg: number, asked: Requirements, warm: Warm): Flight {
  const hover = hoverDisc(parts, massKg, asked)
  const fm = figureOfMerit(parts.propeller)
  const perSecond = speedFor(parts.propeller, { ...hover, diameterM: parts.propeller.diameterM })
  const airspeedMs = SURVEY_MS + asked.windMs
  const rotor = { hover, figureOfMerit: fm }
  const cruise = cruisePower({
    ...rotor,
    airspeedMs,
    tipSpeedMs: tipSpeed(perSecond, parts.propeller.diameterM),
    dragN: bodyDrag(hover.density, airspeedMs, dragArea(massKg)) / ROTORS,
  })
  const drive = (shaftW: number) => driveAt(parts, shaftW, perSecond, warm)
  const drives = {
    hover: drive(hoverPower(hover, fm)),
    cruise: drive(cruise),
    climb: drive(climbPower(rotor, CLIMB_MS)),
  }
  const power = (segment: Segment) => ROTORS * drives[segment].electricalW + STANDING_W
  const powerW = { hover: power('hover'), cruise: power('cruise'), climb: power('climb') }
  const mission = MISSION.hover * powerW.hover + MISSION.cruise * powerW.cruise + MISSION.climb * powerW.climb
  const full = driveAtThrust(parts, { ...hover, thrustN: THRUST_RATIO_MIN * hover.thrustN }, warm)
  const fullPackA = currentFor(parts.pack, ROTORS * full.electricalW + STANDING_W, warm.cellC)
  return {
    hover,
    discLoading: discLoading(hover.thrustN, hover.areaM2),
    figureOfMerit: fm,
    inducedMs: hoverInducedVelocity(hover),
    airspeedMs,
    drives,
    powerW: { ...powerW, mission },
    missionMin: enduranceMin(parts.pack, mission, warm.cellC),
    hoverMin: enduranceMin(parts.pack, powerW.hover, warm.cellC),
    fullCurrentA: full.currentA,
    // A battery that cannot give the power at all is as good as ten times overloaded.
    packCurrentShare: Math.min(10, (fullPackA ?? Number.POSITIVE_INFINITY) / currentMax(parts.pack)),
  }
}

/** One rotor of a craft of this mass in the air that is asked for. */
const hoverDisc = (parts: Parts, massKg: number, { ambientC, altitudeM }: Requirements): Disc => ({
  thrustN: (massKg * GRAVITY_MS2) / ROTORS,
  areaM2: discArea(parts.propeller.diameterM),
  density: airDensity(ambientC, altitudeM),
})

/** Of what does not turn. */
const STANDING_W = CATALOGUE.avionics.powerW + CATALOGUE.payload.powerW

function driveAt(parts: Parts, shaftW: number, perSecond: number, warm: Warm): Drive {
  const point = motorPoint(parts.motor, { shaftW, perSecond, windingC: warm.windingC })
  const batteryV = packVoltage(parts.pack)
  const controllerLossW = controllerLoss(parts.controller, {
    currentA: point.currentA,
    batteryV,
    duty: point.voltageV / batteryV,
    junctionC: warm.junctionC,
  })
  return {
    shaftW,
    electricalW: point.voltageV * point.currentA + controllerLossW,
    currentA: point.currentA,
    copperLossW: point.copperLossW,
    ironLossW: point.ironLossW,
    controllerLossW,
    perSecond,
  }
}

function driveAtThrust(parts: Parts, disc: Disc, warm: Warm): Drive {
  const { diameterM } = parts.propeller
  const perSecond = speedFor(parts.propeller, { ...disc, diameterM })
  return driveAt(parts, shaftPowerAt(parts.propeller, { ...disc, perSecond, diameterM }), perSecond, warm)
}

/** Halves the range so often: a thrust is found to a ten-thousandth of a weight. */
const HALVINGS = 16
/** More than this is never of use. */
const THRUST_RATIO_MAX = 4

/** Greatest thrust over that of hover which motor, controller and battery can all bear, up to 4. */
export function thrustRatioOf(parts: Parts, hover: Disc, warm: Warm): number {
  let [least, most] = [0, THRUST_RATIO_MAX]
  for (let step = 0; step < HALVINGS; step += 1) {
    const ratio = (least + most) / 2
    if (bears(parts, { ...hover, thrustN: ratio * hover.thrustN }, warm)) least = ratio
    else most = ratio
  }
  return least
}

/** Whether a craft of this mass has the thrust left that is asked for. */
export function pullsEnough(parts: Parts, massKg: number, asked: Requirements, warm: Warm): boolean {
  const hover = hoverDisc(parts, massKg, asked)
  return bears(parts, { ...hover, thrustN: THRUST_RATIO_MIN * hover.thrustN }, warm)
}

/** Whether motor, controller and battery can give this thrust with all four rotors. */
function bears(parts: Parts, disc: Disc, warm: Warm): boolean {
  const drive = driveAtThrust(parts, disc, warm)
  if (drive.currentA > Math.min(parts.motor.currentMaxA, parts.controller.ratedA)) return false
  const packA = currentFor(parts.pack, ROTORS * drive.electricalW + STANDING_W, warm.cellC)
  if (packA === undefined) return false
  const sagged = (ROTORS * drive.electricalW + STANDING_W) / packA
  const motorV = (drive.electricalW - drive.controllerLossW) / drive.currentA
  return motorV <= DUTY_MAX * sagged
}
