/** A bound on how much runs at once; who waits is served in order. */

import { orchestratorStopped } from '../stopped.ts'

type Waiting = { readonly give: () => void; readonly turnAway: () => void }

export class Slots {
  #free: number
  readonly #waiting = new Set<Waiting>()
  #isClosed = false

  constructor(max: number) {
    this.#free = max
  }

  /**
   * Runs the work once there is room. An aborted wait leaves the queue, and the work is told by its signal. Aborted
   * work gives its room back at once, also where it takes no notice and never ends. Throws `orchestrator.stopped`.
   */
  async use<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (!(await this.#enter(signal))) return await work()
    let isInside = true
    const leave = () => {
      if (isInside) this.#leave()
      isInside = false
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await work()
    } finally {
      signal.removeEventListener('abort', leave)
      leave()
    }
  }

  /** Nobody gets room any more; who has it keeps it. */
  close(): void {
    this.#isClosed = true
    for (const { turnAway } of this.#waiting) turnAway()
    this.#waiting.clear()
  }

  #enter(signal: AbortSignal): Promise<boolean> {
    if (this.#isClosed) return Promise.reject(orchestratorStopped())
    if (this.#free > 0) {
      this.#free -= 1
      return Promise.resolve(true)
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        give: () => {
          signal.removeEventListener('abort', giveUp)
          resolve(true)
        },
        turnAway: () => {
          signal.removeEventListener('abort', giveUp)
          reject(orchestratorStopped())
        },
      }
      const giveUp = () => {
        this.#waiting.delete(waiting)
        resolve(false)
      }
      this.#waiting.add(waiting)
      signal.addEventListener('abort', giveUp, { once: true })
    })
  }

  #leave(): void {
    const [next] = this.#waiting
    if (!next) this.#free += 1
    else {
      this.#waiting.delete(next)
      next.give()
    }
  }
}
