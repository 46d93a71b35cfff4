/** A wait in a line, which ends with what was waited for, after a time, or by a signal. */

import type { Clock } from '../../model/clock.ts'
import { Waiter } from '../../model/resilience/waiting-line.ts'

type Line = { join(waiter: Waiter): void; leave(waiter: Waiter): void }

export type Wait<T> = {
  readonly clock: Clock
  /** Infinity for no bound. */
  readonly queueMs: number
  readonly signal: AbortSignal | undefined
  /** What was waited for; the line has taken it already. */
  readonly served: () => T
  readonly tooLong: () => Error
  /** Called once, after the waiter has left the line. */
  readonly over: (how: 'SERVED' | 'TIMED_OUT' | 'CANCELLED') => void
}

/** Over all lines: several may lead to the same place. */
let lastOrder = 0

export function waitIn<T>(line: Line, wait: Wait<T>): Promise<T> {
  const { clock, queueMs, signal, served, tooLong, over } = wait
  return new Promise((resolve, reject) => {
    let timer: unknown
    const end = (how: Parameters<typeof over>[0]) => {
      clock.clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      over(how)
    }
    const waiter = new Waiter(++lastOrder, () => {
      resolve(served())
      end('SERVED')
    })
    const cancel = () => {
      line.leave(waiter)
      reject(signal?.reason)
      end('CANCELLED')
    }
    const giveUp = () => {
      line.leave(waiter)
      reject(tooLong())
      end('TIMED_OUT')
    }
    if (queueMs !== Infinity) timer = clock.setTimeout(giveUp, queueMs)
    signal?.addEventListener('abort', cancel, { once: true })
    line.join(waiter)
  })
}
