/** A brushless motor as three constants: speed per volt, resistance, current at no load. */

/** One motor. `kvRpmPerV` at no load, `resistanceOhm` between two leads at 25 °C, `noLoadA` at its test voltage. */
export type MotorConstants = {
  readonly kvRpmPerV: number
  readonly resistanceOhm: number
  readonly noLoadA: number
}

export type MotorPoint = {
  /** Through the windings. */
  readonly currentA: number
  /** That the speed controller has to make of the battery's voltage. */
  readonly voltageV: number
  /** Turned into heat: in the copper, and in iron and bearings. */
  readonly copperLossW: number
  readonly ironLossW: number
  /** Shaft power over electrical power, 0 to 1. */
  readonly efficiency: number
}

/** Resistance of copper over that at 20 °C: 1 + α (T − 20), α = 0.00393/K. Source: IEC 60028. */
const overTwentyC = (celsius: number): number => 1 + 0.00393 * (celsius - 20)

/** Resistance of copper at a temperature, °C, over that at 25 °C. */
export const copperFactor = (celsius: number): number => overTwentyC(celsius) / overTwentyC(25)

/**
 * The point at which a motor gives a shaft power at a speed: I = Q K_V + I₀, U = I R + ω / K_V.
 * Source: Drela 2007, First-order DC electric motor model, section 1 (MIT Aero & Astro).
 */
export function motorPoint(
  { kvRpmPerV, resistanceOhm, noLoadA }: MotorConstants,
  { shaftW, perSecond, windingC }: { shaftW: number; perSecond: number; windingC: number },
): MotorPoint {
  const kv = (kvRpmPerV * 2 * Math.PI) / 60
  const omega = 2 * Math.PI * perSecond
  const currentA = (shaftW / omega) * kv + noLoadA
  const resistance = resistanceOhm * copperFactor(windingC)
  const voltageV = currentA * resistance + omega / kv
  return {
    currentA,
    voltageV,
    copperLossW: currentA ** 2 * resistance,
    ironLossW: noLoadA * (omega / kv),
    efficiency: shaftW / (voltageV * currentA),
  }
}
