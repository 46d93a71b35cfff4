/** Holds a design against what is asked of it: each demand a number, its limit, and how far it is from it. */

import { CATALOGUE } from '../parts/catalogue.ts'
import { resonanceMargin } from '../physics/arm.ts'
import type { Requirements } from '../requirements.ts'
import type { Parts } from './design.ts'
import { THRUST_RATIO_MIN } from './flight.ts'
import type { Performance } from './performance.ts'

/** Smooth numbers of a performance, which a response surface can follow. */
export const MEASURES = [
  'massKg',
  'missionMin',
  'thrustRatio',
  'packCurrentShare',
  'junctionC',
  'windingC',
  'caseC',
  'cellC',
  'capacitorHours',
  'safetyFactor',
  'deflectionMm',
  'resonanceHz',
  'rotorHz',
  'spanM',
  'cost',
] as const satisfies readonly (keyof Performance)[]
export type Measures = Readonly<Record<(typeof MEASURES)[number], number>>

/** Take-off mass of the open category of drones, kg. Source: Regulation (EU) 2019/947, article 4. */
export const MASS_MAX_KG = 25
/** Kept below what the data sheets allow, K. */
export const MARGIN_K = { junction: 10, winding: 15, case: 10, cell: 3 } as const
export const SAFETY_MIN = 2
/** Slower than this and the arms sway with the flight controller, Hz. */
export const RESONANCE_MIN_HZ = 12
const RESONANCE_MARGIN_MIN = 0.15
/** More than this, mm, and the rotors lean visibly. */
const DEFLECTION_MAX_MM = 12
const CAPACITOR_MIN_H = 3_000

export type Check = {
  readonly id: string
  readonly title: string
  readonly value: number
  readonly limit: number
  readonly sense: 'at least' | 'at most'
  readonly unit: string
  /** How far inside the limit, as a share of it; below 0 it is broken. */
  readonly margin: number
  /** What would have to change. */
  readonly weak: 'battery' | 'drive' | 'cooling' | 'arm' | 'size' | 'cost'
}

type Demand = Pick<Check, 'id' | 'title' | 'value' | 'weak'> & { readonly unit?: string } & (
    | { readonly atLeast: number }
    | { readonly atMost: number }
  )

function check({ id, title, value, weak, unit = '', ...bound }: Demand): Check {
  const named = { id, title, value, weak, unit }
  if ('atLeast' in bound) {
    const { atLeast: limit } = bound
    return { ...named, sense: 'at least', limit, margin: (value - limit) / Math.abs(limit) }
  }
  const { atMost: limit } = bound
  return { ...named, sense: 'at most', limit, margin: (limit - value) / Math.abs(limit) }
}

/** Every demand on smooth numbers; the rest is in `faultsOf`. */
export const checksOf = (
  found: Measures,
  parts: Pick<Parts, 'controller' | 'motor' | 'cell'>,
  asked: Requirements,
): readonly Check[] =>
  [
    ...flightDemands(found, asked),
    ...heatDemands(found, parts),
    ...armDemands(found),
    ...sizeDemands(found, asked),
  ].map(check)

const flightDemands = (found: Measures, asked: Requirements): readonly Demand[] => [
  {
    id: 'endurance',
    title: 'Flight time',
    value: found.missionMin,
    atLeast: asked.enduranceMin,
    unit: 'min',
    weak: 'battery',
  },
  {
    id: 'thrust',
    title: 'Thrust over weight',
    value: found.thrustRatio,
    atLeast: THRUST_RATIO_MIN,
    weak: 'drive',
  },
  {
    id: 'pack-current',
    title: 'Battery current over its limit',
    value: found.packCurrentShare,
    atMost: 1,
    weak: 'battery',
  },
]

const heatDemands = (
  found: Measures,
  { controller, motor, cell }: Pick<Parts, 'controller' | 'motor' | 'cell'>,
): readonly Demand[] => {
  const heat = { unit: '°C', weak: 'cooling' } as const
  const limits = {
    junction: controller.junctionMaxC - MARGIN_K.junction,
    winding: motor.windingMaxC - MARGIN_K.winding,
    case: CATALOGUE.tubeMaterial.temperatureMaxC - MARGIN_K.case,
    cell: cell.temperatureMaxC - MARGIN_K.cell,
  }
  return [
    {
      ...heat,
      id: 'controller-heat',
      title: 'Controller, transistors',
      value: found.junctionC,
      atMost: limits.junction,
    },
    { ...heat, id: 'winding-heat', title: 'Motor, windings', value: found.windingC, atMost: limits.winding },
    { ...heat, id: 'mount-heat', title: 'Motor case at the arm', value: found.caseC, atMost: limits.case },
    {
      ...heat,
      id: 'cell-heat',
      title: 'Battery cells',
      value: found.cellC,
      atMost: limits.cell,
      weak: 'battery',
    },
    {
      id: 'capacitor-life',
      title: 'Life of the capacitors',
      value: found.capacitorHours,
      atLeast: CAPACITOR_MIN_H,
      unit: 'h',
      weak: 'cooling',
    },
  ]
}

const armDemands = (found: Measures): readonly Demand[] => {
  const separation = resonanceMargin(found.resonanceHz, found.rotorHz)
  return [
    {
      id: 'strength',
      title: 'Safety factor of the arms',
      value: found.safetyFactor,
      atLeast: SAFETY_MIN,
      weak: 'arm',
    },
    {
      id: 'deflection',
      title: 'Deflection of an arm',
      value: found.deflectionMm,
      atMost: DEFLECTION_MAX_MM,
      unit: 'mm',
      weak: 'arm',
    },
    {
      id: 'resonance',
      title: 'First resonance of an arm',
      value: found.resonanceHz,
      atLeast: RESONANCE_MIN_HZ,
      unit: 'Hz',
      weak: 'arm',
    },
    {
      id: 'separation',
      title: 'Its distance from the rotor’s orders',
      value: separation,
      atLeast: RESONANCE_MARGIN_MIN,
      weak: 'arm',
    },
  ]
}

const sizeDemands = (found: Measures, asked: Requirements): readonly Demand[] => [
  {
    id: 'span',
    title: 'Rotor to opposite rotor',
    value: found.spanM,
    atMost: asked.spanMaxM,
    unit: 'm',
    weak: 'size',
  },
  { id: 'mass', title: 'Take-off mass', value: found.massKg, atMost: MASS_MAX_KG, unit: 'kg', weak: 'size' },
  { id: 'cost', title: 'Cost, currency units', value: found.cost, atMost: asked.budget, weak: 'cost' },
]

const shown = (value: number): string => String(Number(value.toPrecision(3)))

/** A sentence about a demand that is not met. */
export const problemOf = ({ title, value, sense, limit, unit }: Check): string =>
  `${title}: ${shown(value)}${unit && ` ${unit}`}, and ${sense} ${shown(limit)}${unit && ` ${unit}`} is asked for.`

export const brokenOf = (checks: readonly Check[]): readonly Check[] =>
  checks.filter(({ margin }) => !(margin >= 0))

/** How much is missing in all, each demand as a share of its limit; 0 when all are met. */
export const shortfall = (checks: readonly Check[]): number =>
  brokenOf(checks).reduce((sum, { margin }) => sum + (Number.isFinite(margin) ? -margin : 10), 0)
