/**
 * Whether an agent holds its places for long: one of its attempts takes more than half of its time limit, or has done so,
 * and none has succeeded in less since.
 */

/** A place that is held. */
export type Holding = {
  /** The attempt ended. */
  end(at: number, isSuccess: boolean): void
  /** It was cancelled: nobody knows how long it would have taken. */
  drop(): void
}

type Held = { readonly dueAt: number }

export class Standing {
  #wasSlow = false
  /** Oldest first. */
  readonly #held = new Set<Held>()

  /** @param at milliseconds of any clock, the same each time. */
  hold(at: number, limitMs: number): Holding {
    const held = { dueAt: at + limitMs / 2 }
    this.#held.add(held)
    return {
      end: (endedAt, isSuccess) => {
        if (!this.#held.delete(held)) return
        if (endedAt > held.dueAt) this.#wasSlow = true
        else if (isSuccess) this.#wasSlow = false
      },
      drop: () => void this.#held.delete(held),
    }
  }

  isSlow(at: number): boolean {
    const [oldest] = this.#held
    return this.#wasSlow || (oldest !== undefined && at > oldest.dueAt)
  }
}
