/** A bound on how long something may be waited for. */

import type { Clock } from '../model/clock.ts'

/** Resolves like the work, or with undefined when it throws, rejects or takes longer than `delayMs`. */
export async function within<T>(
  clock: Clock,
  delayMs: number,
  work: () => T | Promise<T>,
): Promise<T | undefined> {
  let timer: unknown
  const late = new Promise<undefined>((resolve) => {
    timer = clock.setTimeout(() => resolve(undefined), delayMs)
  })
  try {
    return await Promise.race([work(), late])
  } catch {
    return undefined
  } finally {
    clock.clearTimeout(timer)
  }
}
