/** What can be bought, the smallest first. Prices in currency units, of no real shop. */

export type Part = { readonly name: string; readonly size: number; readonly price: number }

export const CATALOGUE = {
  /** Wh */
  battery: [
    { name: '4S 5 Ah', size: 74, price: 60 },
    { name: '6S 6 Ah', size: 133, price: 110 },
    { name: '6S 10 Ah', size: 222, price: 180 },
    { name: '6S 22 Ah', size: 488, price: 390 },
    { name: '12S 22 Ah', size: 977, price: 790 },
  ],
  /** W at full throttle */
  motor: [
    { name: '2212', size: 180, price: 22 },
    { name: '3508', size: 350, price: 48 },
    { name: '5008', size: 750, price: 85 },
    { name: '6215', size: 1_500, price: 130 },
  ],
  /** m across */
  propeller: [
    { name: '13 inch', size: 0.33, price: 9 },
    { name: '18 inch', size: 0.457, price: 24 },
    { name: '22 inch', size: 0.559, price: 41 },
    { name: '28 inch', size: 0.711, price: 75 },
    { name: '40 inch', size: 1.016, price: 160 },
  ],
} as const satisfies Record<string, readonly Part[]>

/** The smallest that is big enough; undefined where none is. */
export const smallest = (kind: keyof typeof CATALOGUE, size: number): Part | undefined =>
  CATALOGUE[kind].find((part) => part.size >= size)
