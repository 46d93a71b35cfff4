/** Turns Ctrl-C into a clean end: the first signal aborts, a second one exits at once. */

import { EXIT } from './exit-code.ts'
import type { Io } from './io.ts'

export type Interruption = {
  /** The first signal that came, if any. */
  readonly by: NodeJS.Signals | undefined
  release(): void
}

export function onInterruption(io: Pick<Io, 'signals' | 'exit'>, onFirst: () => void): Interruption {
  let by: NodeJS.Signals | undefined
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const listener = () => {
      if (by !== undefined) return io.exit(signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted)
      by = signal
      onFirst()
    }
    io.signals.on(signal, listener)
    return { signal, listener }
  })
  return {
    get by() {
      return by
    },
    release: () => {
      for (const { signal, listener } of listeners) io.signals.off(signal, listener)
    },
  }
}
