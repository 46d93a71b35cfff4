/** The host's clock: what a journal is dated by, and what deadlines are measured with. */

import type { Clock } from '../model/clock.ts'
import { DELAY_MAX_MS } from '../model/limits.ts'
import { systemClock } from './system-clock.ts'

/** Milliseconds since 1970; it jumps when somebody sets the host's clock. Its timers are those of the system clock. */
export const wallClock: Clock = { ...systemClock, now: () => Date.now() }

/** The same, with timers that do not keep the process alive: for what may be waited for until the next start. */
export const idleClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => {
    const timer: unknown = setTimeout(callback, Math.min(delayMs, DELAY_MAX_MS))
    // A browser's timer is a number, and keeps nothing alive.
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref()
    return timer
  },
  clearTimeout: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
}
