/** The real clock. */

import type { Clock } from '../model/clock.ts'
import { DELAY_MAX_MS } from '../model/limits.ts'
import { shareTimers } from './shared-timers.ts'

type LongTimer = { timer: ReturnType<typeof setTimeout> | undefined }

/** A delay beyond the longest timer is made of several: the platform would fire it at once. */
function armLong(long: LongTimer, callback: () => void, delayMs: number): LongTimer {
  long.timer =
    delayMs > DELAY_MAX_MS
      ? setTimeout(() => armLong(long, callback, delayMs - DELAY_MAX_MS), DELAY_MAX_MS)
      : setTimeout(callback, delayMs)
  return long
}

const isLong = (id: unknown): id is LongTimer => typeof id === 'object' && id !== null && 'timer' in id

const platformClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) =>
    delayMs > DELAY_MAX_MS ? armLong({ timer: undefined }, callback, delayMs) : setTimeout(callback, delayMs),
  clearTimeout: (id) => {
    // Only ids made above come back.
    clearTimeout((isLong(id) ? id.timer : id) as ReturnType<typeof setTimeout>)
  },
}

/** Monotonic time of the platform, and timers of any length. */
export const systemClock: Clock = shareTimers(platformClock)
