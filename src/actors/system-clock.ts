/** The real clock. */

import type { Clock } from '../model/clock.ts'
import { DELAY_MAX_MS } from '../model/limits.ts'

type LongTimer = { timer: ReturnType<typeof setTimeout> }

/** A delay beyond the longest timer is made of several: the platform would fire it at once. */
function setLongTimeout(callback: () => void, delayMs: number): LongTimer {
  const rest = delayMs - DELAY_MAX_MS
  const long: LongTimer = {
    timer: setTimeout(() => {
      if (rest > DELAY_MAX_MS) long.timer = setLongTimeout(callback, rest).timer
      else long.timer = setTimeout(callback, rest)
    }, DELAY_MAX_MS),
  }
  return long
}

const isLong = (id: unknown): id is LongTimer => typeof id === 'object' && id !== null && 'timer' in id

/** Monotonic time of the platform, and timers of any length. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) =>
    delayMs > DELAY_MAX_MS ? setLongTimeout(callback, delayMs) : setTimeout(callback, delayMs),
  clearTimeout: (id) => {
    // Only ids made above come back.
    clearTimeout((isLong(id) ? id.timer : id) as ReturnType<typeof setTimeout>)
  },
}
