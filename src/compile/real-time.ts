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

const { setTimeout: setTimeoutAtFirst, setImmediate: soon } = globalThis as {
  readonly setTimeout: typeof globalThis.setTimeout
  readonly setImmediate?: (callback: () => void) => unknown
}

/** One wheel for the whole process. */
const real = new Wheel({
  ...platformClock(globalThis),
  ...(soon && { soon: (callback: () => void) => soon(callback) }),
  keepAlive: (id, isNeeded) => {
    if (!isKeeping(id)) return
    if (isNeeded) id.ref()
    else id.unref()
  },
})

/** The fake timers of a test are another clock, and have a wheel of their own. */
let fake: { readonly setTimeout: typeof globalThis.setTimeout; readonly wheel: Wheel } | undefined

/** False while a test has fake timers. */
export const isRealTime = (): boolean => globalThis.setTimeout === setTimeoutAtFirst

/** The wheel of the platform's timers, as they are now. */
export function realTime(): Wheel {
  if (isRealTime()) return real
  if (fake?.setTimeout !== globalThis.setTimeout)
    fake = { setTimeout: globalThis.setTimeout, wheel: new Wheel(platformClock(globalThis)) }
  return fake.wheel
}

/** The same as a clock. */
export const realTimeClock: TellingClock = {
  now: () => realTime().now(),
  setTimeout: (callback, delayMs) => realTime().setTimeout(callback, delayMs),
  clearTimeout: (id) => realTime().clearTimeout(id),
}
