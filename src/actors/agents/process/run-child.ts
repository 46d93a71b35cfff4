/** Runs one child process: its input written, its output kept up to a bound, its end awaited or brought about. */

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { Family, HAS_GROUPS } from './family.ts'

export type ChildRequest = {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string | undefined
  readonly env: Record<string, string>
  /** Goes to stdin. */
  readonly input: string
  readonly outputMaxBytes: number
  /** From SIGTERM to SIGKILL, once the signal has aborted or the output is too long. */
  readonly killGraceMs: number
  readonly signal: AbortSignal
  readonly onStderr: (text: string) => void
}

export type ChildEnd = {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly killedBy: NodeJS.Signals | null
  /** Undefined when there was more than `outputMaxBytes`. */
  readonly output: string | undefined
}

/** Throws the signal's reason once the process is gone, and what the system says when it cannot be started. */
export async function runChild(request: ChildRequest): Promise<ChildEnd> {
  const { command, args, cwd, env, input, signal, onStderr } = request
  signal.throwIfAborted()
  const child = spawn(command, args, {
    ...(cwd !== undefined && { cwd }),
    env,
    shell: false,
    // A group of its own: it can be ended with all it has started, and a Ctrl-C in the terminal reaches the host alone.
    detached: HAS_GROUPS,
    windowsHide: true,
  })
  // Whoever does not read its input closes it early.
  child.stdin.on('error', () => {}).end(input)
  child.stderr.setEncoding('utf8').on('data', onStderr)
  const ending = new Ending(child, request.killGraceMs)
  const output = new BoundedOutput(child, request.outputMaxBytes, () => ending.begin())
  const onAbort = () => ending.begin()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const [code, killedBy] = await ending.ended
    signal.throwIfAborted()
    return { code, killedBy, output: output.text() }
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** How a process ends: by itself, once its output is closed too; or by force, once its group is gone. */
class Ending {
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>
  readonly #child: ChildProcessWithoutNullStreams
  readonly #family: Family
  readonly #graceMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(child: ChildProcessWithoutNullStreams, graceMs: number) {
    this.#child = child
    this.#graceMs = graceMs
    this.#family = new Family(child)
    const { promise, resolve, reject } = Promise.withResolvers<[number | null, NodeJS.Signals | null]>()
    child.on('error', (error) => {
      // Only a process that was never started ends like this; one that cannot be signalled still closes.
      if (child.pid === undefined) reject(error)
    })
    child.on('exit', () => this.#exited())
    child.on('close', (code, killedBy) => resolve([code, killedBy]))
    this.ended = promise.finally(() => {
      if (this.#timer === undefined || !this.#family.isAlive) this.#forget()
    })
  }

  /** May be called more than once. */
  begin(): void {
    if (this.#timer) return
    this.#family.signal('SIGTERM')
    this.#timer = setTimeout(() => {
      this.#family.signal('SIGKILL')
      this.#forget()
      this.#letGo()
    }, this.#graceMs)
  }

  #exited(): void {
    if (!this.#timer) return
    if (!this.#family.isAlive) this.#forget()
    this.#letGo()
  }

  /** Somebody who has left the group may hold the output open for ever. */
  #letGo(): void {
    this.#child.stdout.destroy()
    this.#child.stderr.destroy()
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#family.leave()
  }
}

class BoundedOutput {
  readonly #parts: Buffer[] = []
  readonly #bytesMax: number
  #bytes = 0

  constructor(child: ChildProcessWithoutNullStreams, bytesMax: number, onTooMuch: () => void) {
    this.#bytesMax = bytesMax
    child.stdout.on('data', (part: Buffer) => {
      this.#bytes += part.byteLength
      if (this.#bytes > bytesMax) onTooMuch()
      else this.#parts.push(part)
    })
  }

  text(): string | undefined {
    return this.#bytes > this.#bytesMax ? undefined : Buffer.concat(this.#parts).toString('utf8')
  }
}
