/** The names of the facade: each belongs to one quantity, so that an editor can offer it and a type can hold it. */

import type { Quantity } from './quantity.ts'

const NAMES = {
  dimensionless: '1, %, permille, ppm, ppb',
  length: 'm, mm, cm, dm, km, um, nm, pm, in, mil, ft, yd, mi, nmi, angstrom, au, ly',
  area: 'm^2, mm^2, cm^2, dm^2, km^2, ha, in^2, ft^2, yd^2, mi^2, acre',
  volume: 'm^3, mm^3, cm^3, dm^3, L, mL, uL, dL, hL, in^3, ft^3, yd^3, gal, qt, pt, floz, bbl, imp_gal',
  second_moment_of_area: 'm^4, mm^4, cm^4, in^4',
  wavenumber: '1/m, 1/cm',
  mass: 'kg, g, mg, ug, t, lb, oz, gr, stone, slug, short_ton, long_ton, carat, Da',
  linear_density: 'kg/m, g/m, tex, lb/ft',
  areal_density: 'kg/m^2, g/m^2, lb/ft^2',
  density: 'kg/m^3, g/cm^3, kg/L, g/L, g/mL, mg/m^3, ug/m^3, lb/ft^3, lb/in^3',
  moment_of_inertia: 'kg m^2, kg cm^2, g cm^2, g mm^2',
  time: 's, ms, us, ns, ps, min, h, day, week, month, year',
  frequency: 'Hz, mHz, kHz, MHz, GHz, THz, 1/s, 1/min, 1/h',
  angle: 'rad, mrad, deg, grad, arcmin, arcsec, turn',
  solid_angle: 'sr',
  angular_speed: 'rad/s, deg/s, rpm, turn/s',
  angular_acceleration: 'rad/s^2, deg/s^2, rpm/s',
  speed: 'm/s, mm/s, cm/s, km/s, m/min, mm/min, km/h, mph, kn, ft/s, ft/min, in/s',
  acceleration: 'm/s^2, mm/s^2, cm/s^2, ft/s^2, g0',
  jerk: 'm/s^3',
  momentum: 'kg m/s, N s',
  volume_flow: 'm^3/s, m^3/h, L/s, L/min, L/h, mL/min, mL/h, gpm, cfm',
  mass_flow: 'kg/s, kg/min, kg/h, g/s, g/min, t/h, lb/h',
  force: 'N, uN, mN, kN, MN, lbf, ozf, kip, kgf, gf, dyn',
  pressure: 'Pa, hPa, kPa, MPa, GPa, N/mm^2, bar, mbar, atm, psi, ksi, torr, mmHg, inHg, mmH2O, inH2O',
  fracture_toughness: 'Pa m^0.5, MPa m^0.5',
  stiffness: 'N/m, N/mm, kN/m, kN/mm, lbf/in',
  surface_tension: 'mN/m, dyn/cm',
  damping: 'N s/m, N s/mm',
  torque: 'N m, mN m, N cm, N mm, kN m, kgf cm, kgf m, gf cm, lbf ft, lbf in, ozf in',
  torsional_stiffness: 'N m/rad, N m/deg',
  dynamic_viscosity: 'Pa s, mPa s, P, cP',
  kinematic_viscosity: 'm^2/s, mm^2/s, St, cSt',
  energy: 'J, mJ, kJ, MJ, GJ, Wh, mWh, kWh, MWh, cal, kcal, BTU, therm, eV, keV, MeV, erg, ft lbf',
  specific_energy: 'J/kg, kJ/kg, MJ/kg, Wh/kg, kWh/kg, J/g, cal/g, BTU/lb',
  energy_density: 'J/m^3, MJ/m^3, kWh/m^3, Wh/L, J/cm^3',
  power: 'W, uW, mW, kW, MW, GW, hp, metric_hp, VA, kVA, BTU/h',
  specific_power: 'W/kg, kW/kg, W/g, hp/lb',
  temperature: 'K, mK, degC, degF, degR',
  temperature_gradient: 'K/m, K/mm, K/km',
  heating_rate: 'K/s, K/min, K/h',
  thermal_expansion: '1/K, um/(m K), ppm/K',
  thermal_conductivity: 'W/(m K), mW/(m K), W/(cm K), BTU/(h ft degF)',
  thermal_resistance: 'K/W',
  heat_transfer_coefficient: 'W/(m^2 K), kW/(m^2 K), W/(cm^2 K)',
  heat_flux: 'W/m^2, kW/m^2, W/cm^2, mW/cm^2',
  heat_capacity: 'J/K, kJ/K, Wh/K',
  specific_heat_capacity: 'J/(kg K), kJ/(kg K), J/(g K), cal/(g K), BTU/(lb degF)',
  electric_current: 'A, kA, mA, uA, nA, pA',
  current_density: 'A/m^2, A/cm^2, A/mm^2, mA/cm^2',
  electric_charge: 'C, mC, uC, nC, Ah, mAh',
  voltage: 'V, uV, mV, kV, MV',
  electric_field: 'V/m, kV/m, V/mm, kV/mm',
  resistance: 'ohm, uohm, mohm, kohm, Mohm, Gohm',
  resistivity: 'ohm m, ohm cm, uohm cm, ohm mm^2/m',
  conductance: 'S, mS, uS, nS',
  conductivity: 'S/m, MS/m, S/cm, mS/cm, uS/cm',
  capacitance: 'F, mF, uF, nF, pF',
  inductance: 'H, mH, uH, nH',
  speed_constant: 'rpm/V, rad/(s V)',
  torque_constant: 'N m/A, mN m/A',
  magnetic_flux: 'Wb, mWb, uWb, Mx',
  magnetic_flux_density: 'T, mT, uT, nT, gauss',
  magnetic_field_strength: 'A/m, kA/m, A/cm, Oe',
  amount: 'mol, mmol, umol, nmol, kmol',
  concentration: 'mol/m^3, mol/L, mmol/L, umol/L',
  molar_mass: 'g/mol, kg/mol, kg/kmol',
  catalytic_activity: 'kat, ukat, nkat',
  luminous_intensity: 'cd, mcd, kcd',
  luminance: 'cd/m^2, nit',
  luminous_flux: 'lm, mlm, klm',
  illuminance: 'lx, klx, fc',
  luminous_efficacy: 'lm/W',
  radioactivity: 'Bq, kBq, MBq, GBq, Ci, mCi, uCi',
  absorbed_dose: 'Gy, mGy, uGy',
  dose_equivalent: 'Sv, mSv, uSv, rem, mrem',
  dose_rate: 'Gy/h, mGy/h, Sv/h, mSv/h, uSv/h',
  radiation_exposure: 'C/kg, roentgen',
  data: 'bit, kbit, Mbit, Gbit, B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB',
  data_rate: 'bit/s, kbit/s, Mbit/s, Gbit/s, B/s, kB/s, MB/s, GB/s',
} as const satisfies Readonly<Record<Quantity, string>>

type Names<List extends string> = List extends `${infer Name}, ${infer Others}` ? Name | Names<Others> : List

/** The names whose unit a value of this quantity may have. */
export type UnitNameOf<Q extends Quantity> = { [P in Q]: Names<(typeof NAMES)[P]> }[Q]
export type UnitName = UnitNameOf<Quantity>
type QuantityByName = { [Q in Quantity as UnitNameOf<Q>]: Q }
/** The quantity that a name belongs to; any quantity for other texts. */
export type QuantityOf<U extends string> = U extends UnitName ? QuantityByName[U] : Quantity

/** Each name of the facade with its quantity. */
export const UNIT_NAMES: ReadonlyMap<string, Quantity> = new Map(
  // The keys of a record that satisfies Record<Quantity, …> are quantities.
  (Object.entries(NAMES) as [Quantity, string][]).flatMap(([quantity, list]) =>
    list.split(', ').map((name) => [name, quantity] as const),
  ),
)
