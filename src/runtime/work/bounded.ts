/** A bound on code of the user's that has none of its own: what never settles must not hold a project for ever. */

import type { Clock } from '../../model/clock.ts'

export type Bound = {
  readonly clock: Clock
  readonly delayMs: number
  /** Ends the waiting at once. */
  readonly signal: AbortSignal
  /** What is bounded, for the message. */
  readonly what: string
}

/** Settles like the work, or rejects when it takes longer or nobody waits any more. What goes on then is not heard. */
export async function bounded<T>(
  { clock, delayMs, signal, what }: Bound,
  work: () => T | PromiseLike<T>,
): Promise<T> {
  if (signal.aborted) throw new Error(`${what} was cut.`)
  const { promise: cut, reject } = Promise.withResolvers<never>()
  const abort = () => reject(new Error(`${what} was cut.`))
  const late = () => reject(new Error(`${what} took longer than ${delayMs} ms and was given up.`))
  const timer = clock.setTimeout(late, delayMs)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work(), cut])
  } finally {
    clock.clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}
