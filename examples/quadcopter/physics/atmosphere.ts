/** The air the quadcopter hangs on: pressure by height, density and viscosity by temperature. */

import { GRAVITY_MS2, toKelvin } from './constants.ts'

/** Of the standard atmosphere at sea level. Source: ISO 2533:1975, table 1. */
const PRESSURE_SEA_PA = 101_325
const TEMPERATURE_SEA_K = 288.15
/** Specific gas constant of dry air, J/(kg K), and temperature lapse rate below 11 km, K/m. Source: as above. */
const GAS_CONSTANT = 287.05287
const LAPSE_K_PER_M = 0.0065

/**
 * Pressure, Pa, at a height above sea level of −500 to 11,000 m: p = p₀ (1 − L h / T₀)^(g / (L R)).
 * Source: ISO 2533:1975, section 2, the barometric formula.
 */
export const pressureAt = (altitudeM: number): number =>
  PRESSURE_SEA_PA *
  (1 - (LAPSE_K_PER_M * altitudeM) / TEMPERATURE_SEA_K) ** (GRAVITY_MS2 / (LAPSE_K_PER_M * GAS_CONSTANT))

/**
 * Density, kg/m³, of dry air: ρ = p / (R T), at the pressure of the height and the real temperature, °C.
 * Hot air is thin even where the pressure is that of a standard day. Source: ISO 2533:1975, section 2.
 */
export const airDensity = (celsius: number, altitudeM = 0): number =>
  pressureAt(altitudeM) / (GAS_CONSTANT * toKelvin(celsius))

/** Temperature, °C, of a standard day at a height. Source: ISO 2533:1975, section 2. */
export const standardTemperature = (altitudeM: number): number => 15 - LAPSE_K_PER_M * altitudeM

/** Dynamic viscosity, Pa s, from −100 to 1,600 °C: μ = β T^1.5 / (T + S). Source: Sutherland 1893; ISO 2533:1975, section 2. */
export function dynamicViscosity(celsius: number): number {
  const kelvin = toKelvin(celsius)
  return (1.458e-6 * kelvin ** 1.5) / (kelvin + 110.4)
}

/** Thermal conductivity of air, W/(m K): λ = 2.648151e-3 T^1.5 / (T + 245.4·10^(−12/T)). Source: ISO 2533:1975, section 2. */
export function airConductivity(celsius: number): number {
  const kelvin = toKelvin(celsius)
  return (2.648151e-3 * kelvin ** 1.5) / (kelvin + 245.4 * 10 ** (-12 / kelvin))
}

/** Prandtl number of air; it changes by less than 3 % between −40 and 100 °C. Source: Incropera 2011, table A.4. */
export const PRANDTL_AIR = 0.707
