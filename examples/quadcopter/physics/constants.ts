/** What does not change from one design to the next. */

/** Standard acceleration of free fall, m/s². Source: 3rd CGPM, 1901. */
export const GRAVITY_MS2 = 9.80665
/** Molar gas constant, J/(mol K). Source: CODATA 2018 (exact). */
export const MOLAR_GAS_JMOLK = 8.314462618
/** 0 °C on the absolute scale, K. */
export const ZERO_CELSIUS_K = 273.15

export const toKelvin = (celsius: number): number => celsius + ZERO_CELSIUS_K
