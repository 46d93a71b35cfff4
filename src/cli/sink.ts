/** Writes text to a stream no faster than it is taken, and fails when the stream does. */

import type { Writable } from 'node:stream'

export type Sink = {
  /** Resolves when more may be written; rejects with the stream's error. */
  write(text: string): Promise<void>
  /** True once the stream has failed or was closed by whoever reads it. */
  readonly broken: boolean
  /** Stops listening; the stream stays open. */
  release(): void
}

/** `onBroken` is told once, as soon as the stream fails. */
export function sinkOf(stream: Writable, onBroken: (error: Error) => void = () => {}): Sink {
  let failure: Error | undefined
  let wake: (() => void) | undefined
  const fail = (error: Error) => {
    if (failure) return
    failure = error
    wake?.()
    onBroken(error)
  }
  const onDrain = () => wake?.()
  const onClose = () => fail(new Error('The stream was closed.'))
  stream.on('error', fail).on('drain', onDrain).on('close', onClose)
  return {
    get broken() {
      return failure !== undefined
    },
    async write(text) {
      if (failure) throw failure
      if (stream.write(text)) return
      await new Promise<void>((resolve) => (wake = resolve))
      // It may have been set while waiting, which the compiler does not see.
      if (failure as Error | undefined) throw failure
    },
    release: () => {
      stream.off('drain', onDrain).off('close', onClose)
      // The error listener stays: an error that comes later must not crash the process.
    },
  }
}

/** A sink whose failure is nobody's concern: when the reader of stdout has left, there is nobody to tell. */
export function quietSinkOf(stream: Writable, onBroken?: (error: Error) => void): Sink {
  const sink = sinkOf(stream, onBroken)
  return {
    get broken() {
      return sink.broken
    },
    write: (text) => (sink.broken ? Promise.resolve() : sink.write(text).catch(() => {})),
    release: () => sink.release(),
  }
}
