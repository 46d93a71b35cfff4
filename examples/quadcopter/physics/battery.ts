/** A battery of lithium cells: how long it lasts, how far its voltage sags, what heat and cold do to it. */

import { MOLAR_GAS_JMOLK, toKelvin } from './constants.ts'

/** One cell at 25 °C. */
export type CellConstants = {
  /** Ah, drawn in one hour. */
  readonly capacityAh: number
  readonly nominalV: number
  readonly resistanceOhm: number
  /** Continuous current over capacity, 1/h. */
  readonly dischargeMaxC: number
  /** Lithium cells lie between 1.02 and 1.1. Source: Doerffel & Sharkh 2006, J. Power Sources 155. */
  readonly peukert: number
}

/** Cells in series and strings of them in parallel. */
export type Pack = { readonly cell: CellConstants; readonly series: number; readonly parallel: number }

/**
 * Hours until it is empty at a steady current: t = H (C / (I H))^k, C drawn in H hours.
 * Source: Peukert 1897; Doerffel & Sharkh 2006.
 */
export const peukertHours = (
  { capacityAh, ratedHours, exponent }: { capacityAh: number; ratedHours: number; exponent: number },
  currentA: number,
): number => ratedHours * (capacityAh / (currentA * ratedHours)) ** exponent

/** Share of the capacity that is there at a temperature, °C; in between, linear. Typical of makers' curves at 1 C. */
const CAPACITY_AT: readonly (readonly [celsius: number, share: number])[] = [
  [-30, 0.5],
  [-20, 0.65],
  [-10, 0.78],
  [0, 0.88],
  [10, 0.95],
  [25, 1],
  [60, 1],
]

/** 0 to 1; held at its ends outside −30 to 60 °C. */
export function capacityShare(celsius: number): number {
  const [first, last] = [CAPACITY_AT[0], CAPACITY_AT.at(-1)]
  if (!first || !last) return 1
  if (celsius <= first[0]) return first[1]
  for (const [index, [at, share]] of CAPACITY_AT.entries()) {
    const before = CAPACITY_AT[index - 1]
    if (!before || celsius > at) continue
    return before[1] + ((celsius - before[0]) / (at - before[0])) * (share - before[1])
  }
  return last[1]
}

/** Activation energy of a cell's resistance, J/mol. Source: Waag, Käbitz & Sauer 2013, Applied Energy 102: about 20 kJ/mol. */
const ACTIVATION_JMOL = 20_000

/** Inner resistance over that at 25 °C: exp(E/R (1/T − 1/298 K)). Cold cells resist. Source: Arrhenius 1889; Waag 2013. */
export const resistanceFactor = (celsius: number): number =>
  Math.exp((ACTIVATION_JMOL / MOLAR_GAS_JMOLK) * (1 / toKelvin(celsius) - 1 / toKelvin(25)))

/** Ohms of the whole pack. */
export const packResistance = ({ cell, series, parallel }: Pack, celsius: number): number =>
  (cell.resistanceOhm * resistanceFactor(celsius) * series) / parallel

export const packVoltage = ({ cell, series }: Pack): number => cell.nominalV * series

/** Energy on the label, Wh. */
export const packEnergy = ({ cell, series, parallel }: Pack): number =>
  cell.nominalV * series * cell.capacityAh * parallel

/**
 * The current, A, at which a sagging pack gives a power: P = (U − R I) I, the smaller root; undefined where it
 * cannot give so much. Source: maximum power transfer, U² / (4 R); Plett 2015, Battery Management Systems I, ch. 2.
 */
export function currentFor(pack: Pack, powerW: number, celsius: number): number | undefined {
  const [open, ohms] = [packVoltage(pack), packResistance(pack, celsius)]
  const rest = open ** 2 - 4 * ohms * powerW
  return rest < 0 ? undefined : (open - Math.sqrt(rest)) / (2 * ohms)
}

/** Continuous current that its cells bear, A. */
export const currentMax = ({ cell, parallel }: Pack): number =>
  cell.dischargeMaxC * cell.capacityAh * parallel

/** A cell lives longer when a fifth stays in it. */
export const USABLE_SHARE = 0.8

/** Minutes of a steady power, by Peukert, sag, temperature and the usable share; 0 where it cannot give the power. */
export function enduranceMin(pack: Pack, powerW: number, celsius: number): number {
  const currentA = currentFor(pack, powerW, celsius)
  if (currentA === undefined) return 0
  const capacityAh = pack.cell.capacityAh * pack.parallel * capacityShare(celsius)
  return (
    60 * USABLE_SHARE * peukertHours({ capacityAh, ratedHours: 1, exponent: pack.cell.peukert }, currentA)
  )
}
