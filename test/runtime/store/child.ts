/** Another process with a store, which a test can listen to and kill. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export type Child = {
  /** The next line it writes; undefined when it writes no more. */
  readonly line: () => Promise<string | undefined>
  /** Ends it as a power cut does, and waits until it is gone. */
  readonly kill: () => Promise<void>
  /** Its exit code, null when a signal ended it. */
  readonly exited: Promise<number | null>
  readonly errors: () => string
}

/** Runs one of `fixtures/`. */
export function startChild(fixture: string, ...args: readonly string[]): Child {
  const path = fileURLToPath(new URL(`./fixtures/${fixture}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  let errors = ''
  child.stderr.on('data', (text: Buffer) => {
    errors += text.toString()
  })
  // The exit code comes first.
  const exited = once(child, 'close').then(([code]) => code as number | null)
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(kill)
  return {
    line: async () => (await lines.next()).value as string | undefined,
    kill,
    exited,
    errors: () => errors,
  }
}
