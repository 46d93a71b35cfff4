/** How much the air of a site eats, and what stands it. */

/** Carbon steel lost in the first year, µm, up to and with. Source: ISO 9223:2012, table 2. */
export const STEEL_LOSS_MAX_UM = { C1: 1.3, C2: 25, C3: 50, C4: 80, C5: 200, CX: 700 } as const
export type CorrosionClass = keyof typeof STEEL_LOSS_MAX_UM
// The keys of the table above, in its order.
export const CORROSION_CLASSES = Object.keys(STEEL_LOSS_MAX_UM) as readonly CorrosionClass[]

/** Surroundings by their typical class. Source: ISO 9223:2012, annex C; fertiliser (chlorides, ammonium) counts as pollution. */
export const TYPICAL_CLASS = {
  desert: 'C1',
  rural: 'C2',
  urban: 'C3',
  agricultural: 'C4',
  industrial: 'C4',
  coastal: 'C5',
  offshore: 'CX',
} as const satisfies Readonly<Record<string, CorrosionClass>>
export type Site = keyof typeof TYPICAL_CLASS

/** Why, in a few words. */
export const CORROSION_SITES: Readonly<Record<Site, string>> = {
  desert: 'dry air, hardly any pollution',
  rural: 'little pollution, some dew',
  urban: 'exhaust and dew',
  agricultural: 'fertiliser dust that draws water',
  industrial: 'sulphur dioxide and high humidity',
  coastal: 'salt in the air',
  offshore: 'salt water in the air, always wet',
}

export const worseThan = (one: CorrosionClass, other: CorrosionClass): boolean =>
  CORROSION_CLASSES.indexOf(one) > CORROSION_CLASSES.indexOf(other)

/** Loss of carbon steel, µm, after up to 20 years: D = r t^0.523. Source: ISO 9224:2012, eq. 1 and table 2. */
export const steelLossAfter = (firstYearUm: number, years: number): number => firstYearUm * years ** 0.523
