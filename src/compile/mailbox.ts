/** What an actor has been sent, one event at a time: XState's own mailbox, which it does not export. */

import type { EventObject } from 'xstate'

type Owner = { _process(event: EventObject): void }

export class Mailbox {
  readonly #owner: Owner
  #waiting: EventObject[] | undefined
  #isOpen = false
  #isBusy = false

  constructor(owner: Owner) {
    this.#owner = owner
  }

  /** Events are processed from now on; before, they wait. */
  start(): void {
    this.#isOpen = true
    if (this.#isBusy || !this.#waiting) return
    this.#isBusy = true
    this.#goOn()
  }

  clear(): void {
    this.#waiting = undefined
  }

  enqueue(event: EventObject): void {
    if (this.#isBusy || !this.#isOpen) {
      if (this.#waiting) this.#waiting.push(event)
      else this.#waiting = [event]
      return
    }
    this.#isBusy = true
    this.#owner._process(event)
    this.#goOn()
  }

  #goOn(): void {
    while (this.#waiting) {
      const waiting = this.#waiting
      for (let at = 0; at < waiting.length && this.#waiting === waiting; at += 1)
        this.#owner._process(waiting[at] as EventObject)
      // What was cleared on the way is not ours to forget.
      if (this.#waiting === waiting) this.#waiting = undefined
    }
    this.#isBusy = false
  }
}
