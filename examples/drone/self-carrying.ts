/** The mass that carries itself: more of it needs more power, which needs more of it. */

const PRECISION_KG = 1e-6
const STEPS_MAX = 1_000
/** A mass that has grown to this grows without end. */
const MASS_MAX_KG = 1e5

/**
 * The least fixpoint of a growing function, kg, from below; undefined where there is none, because each gram that is
 * carried needs more than a gram to carry it.
 */
export function selfCarrying(grown: (massKg: number) => number): number | undefined {
  let massKg = 0
  for (let step = 0; step < STEPS_MAX && massKg < MASS_MAX_KG; step += 1) {
    const next = grown(massKg)
    if (next - massKg < PRECISION_KG) return next
    massKg = next
  }
  return undefined
}
