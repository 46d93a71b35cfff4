/** The air the drone hangs on. */

const PRESSURE_PA = 101_325
/** Of dry air, J/(kg K). */
const GAS_CONSTANT = 287.05

/** Density at sea level, kg/m³, by the ideal gas law: ρ = p / (R T). Source: ISO 2533, standard atmosphere. */
export const airDensity = (ambientC: number): number => PRESSURE_PA / (GAS_CONSTANT * (ambientC + 273.15))
