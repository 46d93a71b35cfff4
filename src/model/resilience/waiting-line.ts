/** A line of those who wait: first come, first served, and anybody may leave it from anywhere at no cost. */

/** Somebody in a line, or in none. */
export class Waiter {
  /** Who asked first has the smaller number, over all lines. */
  readonly order: number
  /** Called when its turn has come, after what it waited for was taken for it. */
  readonly served: () => void
  before: Waiter | undefined
  after: Waiter | undefined

  constructor(order: number, served: () => void) {
    this.order = order
    this.served = served
  }
}

export class WaitingLine {
  #first: Waiter | undefined
  #last: Waiter | undefined

  get first(): Waiter | undefined {
    return this.#first
  }

  join(waiter: Waiter): void {
    waiter.before = this.#last
    if (this.#last) this.#last.after = waiter
    else this.#first = waiter
    this.#last = waiter
  }

  /** Only for one who is in this line. */
  leave(waiter: Waiter): void {
    const { before, after } = waiter
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    waiter.before = undefined
    waiter.after = undefined
  }
}
