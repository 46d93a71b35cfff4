/** The life of one process: its clock, its timers and all that it waits for end with it. */

import type { Clock } from '../../src/model/clock.ts'
import type { SteppingClock } from '../../src/testing/index.ts'

export type Life = {
  /** The host's clock as this process sees it. */
  readonly clock: Clock
  readonly isOver: boolean
  /** Timers of this process that are armed. */
  readonly armed: number
  /** Nothing of this process happens any more. */
  readonly end: () => void
  /** Settles like the promise while the process lives, and never after that. */
  readonly during: <T>(promise: PromiseLike<T>) => Promise<T>
}

/** The host's clock against the time that really passes. It jumps. */
export type Skew = { ms: number }

export function startLife(clock: SteppingClock, skew: Skew): Life {
  const armed = new Set<number>()
  let isOver = false
  const hostClock: Clock = {
    now: () => clock.now() + skew.ms,
    setTimeout: (callback, delayMs) => {
      if (isOver) return undefined
      const id = clock.setTimeout(() => {
        armed.delete(id)
        callback()
      }, delayMs)
      armed.add(id)
      return id
    },
    clearTimeout: (id) => {
      if (typeof id !== 'number') return
      clock.clearTimeout(id)
      armed.delete(id)
    },
  }
  return {
    clock: hostClock,
    get isOver() {
      return isOver
    },
    get armed() {
      return armed.size
    },
    end: () => {
      isOver = true
      for (const id of armed) clock.clearTimeout(id)
      armed.clear()
    },
    during: async (promise) => {
      try {
        const value = await promise
        return isOver ? await never : value
      } catch (error) {
        if (isOver) return await never
        throw error
      }
    },
  }
}

/** What the dead wait for. */
export const never = new Promise<never>(() => {})

/** The life of no process. */
export const DEAD: Life = {
  clock: { now: () => 0, setTimeout: () => undefined, clearTimeout: () => {} },
  isOver: true,
  armed: 0,
  end: () => {},
  during: () => never,
}
