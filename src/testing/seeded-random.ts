/** Chance that can be repeated: the same seed gives the same numbers. */

export type SeededRandom = {
  /** From 0 to 1, 1 excluded. */
  readonly next: () => number
  /** A whole number from min to max, both included. */
  readonly between: (min: number, max: number) => number
  readonly chance: (probability: number) => boolean
  /** One of the items; they must not be empty. */
  readonly pick: <T>(items: readonly T[]) => T
}

/** Source: Mulberry32, T. Ettinger, public domain. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]) => {
      if (items.length === 0) throw new RangeError('There is nothing to pick from.')
      // The index is in range, so what is there is a T.
      return items[between(0, items.length - 1)] as T
    },
  }
}
