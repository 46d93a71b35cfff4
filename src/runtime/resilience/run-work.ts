/** Calls work so that an abort ends the call at once, whether or not the work listens. */

import type { Work } from './call-options.ts'

/** Calls that share one signal which nobody aborts. */
const SHARED_MAX = 1_000

/** For work that seems to take no signal. `(...args)` does, so the listeners on it must not pile up for ever. */
let shared = new AbortController().signal
let sharedBy = 0

/** A signal is made only for work that takes it in hand. */
function ownSignal(work: Work<unknown>): AbortSignal {
  if (work.length > 0) return new AbortController().signal
  sharedBy += 1
  if (sharedBy % SHARED_MAX === 0) shared = new AbortController().signal
  return shared
}

/** Without a signal there is nothing to wait for but the work. */
export function runWork<T>(work: Work<T>, signal: AbortSignal | undefined): T | Promise<T> {
  return signal ? cutShort(work, signal) : work(ownSignal(work))
}

function cutShort<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const cut = () => reject(signal.reason)
    // Before the work can listen: what it does about the abort comes too late to be the end of the call.
    signal.addEventListener('abort', cut, { once: true })
    const over = <V>(settle: (value: V) => void, value: V) => {
      signal.removeEventListener('abort', cut)
      settle(value)
    }
    try {
      Promise.resolve(work(signal)).then(
        (value) => over(resolve, value),
        (error: unknown) => over(reject, error),
      )
    } catch (error) {
      over(reject, error)
    }
  })
}
