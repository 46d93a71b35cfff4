/** Chance that comes out the same for the same seed. */

/** Numbers from 0 up to 1, by SplitMix (Steele, Lea & Flood 2014) with a mixing function of 32 bits. */
export function seededRandom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9) >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

/**
 * Points of the unit cube that are spread evenly along every axis, `count` of them with `axes` numbers each.
 * Source: McKay, Beckman & Conover 1979, Technometrics 21(2), Latin hypercube sampling.
 */
export function latinHypercube(
  count: number,
  axes: number,
  random: () => number,
): readonly (readonly number[])[] {
  const columns = Array.from({ length: axes }, () => {
    const order = Array.from({ length: count }, (_, index) => index)
    for (let last = count - 1; last > 0; last -= 1) {
      const other = Math.floor(random() * (last + 1))
      const [one, two] = [order[last] ?? 0, order[other] ?? 0]
      order[last] = two
      order[other] = one
    }
    return order.map((slot) => (slot + random()) / count)
  })
  return Array.from({ length: count }, (_, row) => columns.map((column) => column[row] ?? 0))
}
