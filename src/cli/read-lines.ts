/** Reads a stream of any size line by line, holding one line at a time. */

import type { Readable } from 'node:stream'

/** Longer lines are reported instead of read: 16 MiB. */
export const LINE_MAX_BYTES = 16 * 1_024 * 1_024

/** One line that is not blank; `number` counts from 1 and counts blank lines too. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly problem: string }

const NEWLINE = 0x0a

/**
 * The lines of a UTF-8 stream. Tolerates a byte order mark, CRLF and blank lines; a line that is too long or not
 * UTF-8 is a problem of that line. When the signal aborts, the stream is destroyed and the lines end.
 */
export async function* readLines(
  stream: Readable,
  { signal, lineMaxBytes = LINE_MAX_BYTES, onBytes }: ReadOptions,
): AsyncGenerator<Line> {
  const stop = () => stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const splitter = newSplitter(lineMaxBytes)
  try {
    // A stream without an encoding hands out buffers.
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      onBytes?.(chunk.length)
      for (const line of splitter.push(chunk)) {
        if (signal.aborted) return
        yield line
      }
    }
    yield* splitter.end()
  } catch (error) {
    // Destroying the stream ends the loop with a premature close, which is what was asked for.
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

type ReadOptions = {
  readonly signal: AbortSignal
  readonly lineMaxBytes?: number
  /** Told how much was read, chunk by chunk. */
  readonly onBytes?: (bytes: number) => void
}

function newSplitter(lineMaxBytes: number) {
  let number = 0
  let parts: Buffer[] = []
  let bytes = 0

  const keep = (part: Buffer) => {
    bytes += part.length
    // What is too long is counted but not held.
    if (bytes > lineMaxBytes) parts = []
    else if (part.length > 0) parts.push(part)
  }
  const finish = (): Line | undefined => {
    number += 1
    const line =
      bytes > lineMaxBytes ? tooLong(number, bytes, lineMaxBytes) : decoded(number, Buffer.concat(parts))
    parts = []
    bytes = 0
    return line
  }

  return {
    *push(chunk: Buffer): Generator<Line> {
      let from = 0
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        keep(chunk.subarray(from, at))
        from = at + 1
        const line = finish()
        if (line) yield line
      }
      keep(chunk.subarray(from))
    },
    *end(): Generator<Line> {
      const line = bytes > 0 ? finish() : undefined
      if (line) yield line
    },
  }
}

function tooLong(number: number, bytes: number, lineMaxBytes: number): Line {
  const problem = `is ${bytes.toLocaleString('en')} bytes long; a line may have at most ${lineMaxBytes.toLocaleString('en')}`
  return { number, problem }
}

// Fatal, so that broken bytes are reported; a byte order mark is dropped, also where files were joined.
const decoder = new TextDecoder('utf-8', { fatal: true })

function decoded(number: number, bytes: Buffer): Line | undefined {
  try {
    const text = decoder.decode(bytes).trim()
    return text === '' ? undefined : { number, text }
  } catch {
    return { number, problem: 'is not UTF-8 text; save the file as UTF-8' }
  }
}
