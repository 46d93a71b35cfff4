/** The timer queue: what is armed, in the order it will fire. */

export type Timer = {
  readonly id: number
  /** Infinity for a timer that never fires. */
  readonly dueMs: number
  readonly callback: () => void
}

/** Timers by due time; ties in order of creation. */
export class TimerQueue {
  readonly #timers: Timer[] = []
  #lastId = 0

  /** Due times, earliest first. */
  get dueTimes(): readonly number[] {
    return this.#timers.map((timer) => timer.dueMs)
  }

  add(dueMs: number, callback: () => void): number {
    this.#lastId += 1
    const timer: Timer = { id: this.#lastId, dueMs, callback }
    // After all that are due at the same time, so that ties keep their order.
    const place = this.#timers.findIndex((other) => other.dueMs > dueMs)
    this.#timers.splice(place < 0 ? this.#timers.length : place, 0, timer)
    return timer.id
  }

  remove(id: number): void {
    const place = this.#timers.findIndex((timer) => timer.id === id)
    if (place >= 0) this.#timers.splice(place, 1)
  }

  /** Takes out the first timer due by then. */
  takeDueBy(atMs: number): Timer | undefined {
    const first = this.#timers[0]
    if (!first || first.dueMs === Infinity || first.dueMs > atMs) return undefined
    return this.#timers.shift()
  }
}
