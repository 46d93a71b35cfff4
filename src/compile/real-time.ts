/** The platform's time: monotonic, with timers of any length, all of them on one of the platform's. */

import { Wheel, type TellingClock } from './wheel.ts'

const platform: TellingClock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  // Only ids made above come back.
  clearTimeout: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
}

let wheel = new Wheel(platform)
let { setTimeout: setTimeoutOfWheel } = globalThis

/** One wheel for the whole process. The fake timers of a test are another clock, and get a wheel of their own. */
export function realTime(): Wheel {
  if (globalThis.setTimeout === setTimeoutOfWheel) return wheel
  setTimeoutOfWheel = globalThis.setTimeout
  wheel = new Wheel(platform)
  return wheel
}

/** The same as a clock. */
export const realTimeClock: TellingClock = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => realTime().setTimeout(callback, delayMs),
  clearTimeout: (id) => realTime().clearTimeout(id),
}
