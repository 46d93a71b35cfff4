/** An outside for the command that a test can hold in its hands. */

import { EventEmitter } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import type { Io, Output } from '../../src/cli/io.ts'

/** Keeps what is written to it. */
export class Written extends Writable {
  text = ''
  isTTY = false
  columns = 80
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.text += chunk.toString()
    done()
  }
}

export type TestIo = Io & {
  readonly stdout: Output & Written
  readonly stderr: Output & Written
  readonly signals: EventEmitter
  /** Codes of exits at once. */
  readonly exits: number[]
}

type Given = {
  readonly stdin?: string | Readable
  readonly cwd?: string
  readonly tickMs?: number
  readonly env?: Io['env']
  readonly user?: Io['user']
  readonly signals?: EventEmitter
}

/** `tickMs` goes by at every look at the clock. */
export function testIo({
  stdin,
  cwd = process.cwd(),
  tickMs = 1,
  env = {},
  user = () => 'tess',
  signals = new EventEmitter(),
}: Given = {}): TestIo {
  const exits: number[] = []
  let ms = 0
  return {
    stdin:
      stdin instanceof Readable
        ? stdin
        : stdin === undefined
          ? new PassThrough()
          : Readable.from([Buffer.from(stdin)]),
    stdout: new Written(),
    stderr: new Written(),
    signals,
    exit: (code) => void exits.push(code),
    exits,
    now: () => (ms += tickMs),
    time: () => Date.now(),
    cwd,
    env,
    user,
  }
}
