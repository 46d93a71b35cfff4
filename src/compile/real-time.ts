/** The platform's time: monotonic, with timers of any length, all of them on one of the platform's. */

import { Wheel, type TellingClock } from './wheel.ts'

/** What `setTimeout` returns in Node; elsewhere it is a number, and nothing is kept alive. */
type Keeping = { ref(): void; unref(): void }

/** The platform's own: `performance` is looked up once, because in Node each look is a call. */
function platformClock({ performance, setTimeout, clearTimeout }: typeof globalThis): TellingClock {
  return {
    now: () => performance.now(),
    setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
    // Only ids made above come back.
    clearTimeout: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
  }
}

const isKeeping = (id: unknown): id is Keeping =>
  typeof id === 'object' && id !== null && 'ref' in id && 'unref' in id

const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown }

let clock: TellingClock = {
  ...platformClock(globalThis),
  ...(setImmediate && { soon: (callback: () => void) => setImmediate(callback) }),
  keepAlive: (id, isNeeded) => {
    if (!isKeeping(id)) return
    if (isNeeded) id.ref()
    else id.unref()
  },
}
let wheel = new Wheel(clock)
let { setTimeout: setTimeoutOfWheel } = globalThis

const { setTimeout: setTimeoutAtFirst } = globalThis

/** False while a test has fake timers. */
export const isRealTime = (): boolean => globalThis.setTimeout === setTimeoutAtFirst

/** One wheel for the whole process. The fake timers of a test are another clock, and get a wheel of their own. */
export function realTime(): Wheel {
  if (globalThis.setTimeout !== setTimeoutOfWheel) {
    setTimeoutOfWheel = globalThis.setTimeout
    clock = platformClock(globalThis)
    wheel = new Wheel(clock)
  }
  return wheel
}

/** The same as a clock. */
export const realTimeClock: TellingClock = {
  now: () => realTime().now(),
  setTimeout: (callback, delayMs) => realTime().setTimeout(callback, delayMs),
  clearTimeout: (id) => realTime().clearTimeout(id),
}
