/** A pause that a signal can cut short. */

import type { Clock } from '../../model/clock.ts'

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const cut = () => {
      clock.clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener('abort', cut)
      resolve()
    }, delayMs)
    signal?.addEventListener('abort', cut, { once: true })
  })
}
