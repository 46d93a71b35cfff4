/** What the command touches of the outside: streams, signals, clocks, directory, environment; tests bring their own. */

import { userInfo } from 'node:os'
import type { Readable, Writable } from 'node:stream'

/** Where SIGINT and SIGTERM arrive; `process` is one. */
export type Signals = {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  off(signal: NodeJS.Signals, listener: () => void): unknown
}

export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number }

export type Io = {
  readonly stdin: Readable
  readonly stdout: Output
  readonly stderr: Output
  readonly signals: Signals
  /** Ends the process at once; used for a second Ctrl-C only. */
  readonly exit: (code: number) => void
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly time: () => number
  /** Relative paths start here. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Name of the user whom the process works for; undefined where the system knows none. */
  readonly user: () => string | undefined
}

export function processIo(): Io {
  return {
    // A getter, because merely touching process.stdin opens it.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signals: process,
    exit: (code) => process.exit(code),
    now: () => performance.now(),
    time: () => Date.now(),
    cwd: process.cwd(),
    env: process.env,
    user,
  }
}

function user(): string | undefined {
  try {
    return userInfo().username
  } catch {
    // In a container a process may run under a number that has no name.
    return undefined
  }
}

/** How long something of the user's (a pool, an interval) may hold the process open after everything is done. */
const LINGER_MS = 2_000

/** Sets the exit code and lets the process end; forces it when a panel file left something open. */
export function exitByItself(code: number): void {
  process.exitCode = code
  const force = () => {
    const unread = process.stdout.writableLength + process.stderr.writableLength
    if (unread === 0) process.exit(code)
    else setTimeout(force, LINGER_MS).unref()
  }
  setTimeout(force, LINGER_MS).unref()
}
