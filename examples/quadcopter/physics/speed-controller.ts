/** An electronic speed controller: what it turns into heat. */

/** One controller; of the bridge as a whole, two transistors in the path of the current. */
export type ControllerConstants = {
  /** Both transistors together at 25 °C. */
  readonly onResistanceOhm: number
  readonly diodeV: number
  /** Rise and fall of one switching. */
  readonly switchingS: number
  readonly pulseHz: number
  /** Of its logic. */
  readonly idleW: number
}

/** On-resistance of a power MOSFET over that at 25 °C: (T / 298 K)^2.3, as mobility falls. Source: Sze & Ng 2007, Physics of Semiconductor Devices, 1.5. */
export const onResistanceFactor = (celsius: number): number => ((celsius + 273.15) / 298.15) ** 2.3

/**
 * Heat, W: conduction I² R, freewheeling through the diode (1 − d) U_D I, switching ½ U I (t_r + t_f) f, logic.
 * `duty` is motor voltage over battery voltage, 0 to 1. Source: Mohan, Undeland & Robbins 2003, Power Electronics, 2-4.
 */
export function controllerLoss(
  { onResistanceOhm, diodeV, switchingS, pulseHz, idleW }: ControllerConstants,
  {
    currentA,
    batteryV,
    duty,
    junctionC,
  }: { currentA: number; batteryV: number; duty: number; junctionC: number },
): number {
  const conduction = currentA ** 2 * onResistanceOhm * onResistanceFactor(junctionC)
  const freewheel = (1 - Math.min(1, duty)) * diodeV * currentA
  const switching = 0.5 * batteryV * currentA * switchingS * pulseHz
  return conduction + freewheel + switching + idleW
}
