/** A folder with lifecycles in it, and the command at hand: in this process, or as a process of its own. */

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'
import { tempDir } from '../temp-dir.ts'
import { testIo } from '../test-io.ts'

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))
export const runtimeUrl = JSON.stringify(new URL('../../../src/runtime/index.ts', import.meta.url).href)

/** An article that is drafted, approved and shipped. A draft waits for the file `go-<id>` where params say so. */
const ARTICLE = `
import { existsSync } from 'node:fs'
import { defineAgent, defineLifecycle } from ${runtimeUrl}
const file = async (name) => { while (!existsSync(name)) await new Promise((resolve) => setTimeout(resolve, 5)) }
const writer = defineAgent({ name: 'writer', retry: { retriesMax: 0 }, run: async ({ project }) => {
  if (project.params?.waits) await file('go-' + project.id)
  if (project.params?.fails) throw new Error(project.params.fails)
  return 'A draft of: ' + project.intent
} })
export default defineLifecycle({ name: 'article', phases: [
  { name: 'DRAFT', tasks: [{ agent: writer, critical: true }] },
  { name: 'PUBLISH', approval: { separation: true } },
  { name: 'SHIP' },
] })
`

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

export type Workshop = {
  readonly folder: string
  readonly store: string
  /** In this process; `project` goes without saying. */
  readonly run: (...args: string[]) => Promise<Ended>
  /** The same as somebody else, who sits at a terminal. */
  readonly runAs: (
    given: Parameters<typeof testIo>[0] & { isTTY?: boolean },
    ...args: string[]
  ) => Promise<Ended>
  /** In a process of its own. */
  readonly start: (...args: string[]) => Process
}

export type Process = {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ended>
  /** Resolves once the process has said this on standard error. */
  readonly says: (text: string) => Promise<void>
}

/** `files` by name; the lifecycles are in `stagecraft.config.mjs`. */
export async function workshop(files: Readonly<Record<string, string>> = {}): Promise<Workshop> {
  const folder = await tempDir()
  const all = { 'stagecraft.config.mjs': ARTICLE, ...files }
  await Promise.all(Object.entries(all).map(([name, text]) => writeFile(join(folder, name), text)))
  const runAs: Workshop['runAs'] = async ({ isTTY = false, ...given }, ...args) => {
    const io = testIo({ cwd: folder, ...given })
    io.stdout.isTTY = isTTY
    const code = await runProgram(['project', ...args], io)
    return { code, out: io.stdout.text, err: io.stderr.text }
  }
  return {
    folder,
    store: join(folder, 'stagecraft.db'),
    runAs,
    run: (...args) => runAs({}, ...args),
    start: (...args) => start(folder, args),
  }
}

function start(cwd: string, args: readonly string[]): Process {
  // Node 22 warns that it strips types.
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'project', ...args], {
    cwd,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const text = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()))
  // `close` comes with an exit code or a signal.
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...text }))
  return {
    child,
    ended,
    says: async (words) => {
      while (!text.err.includes(words)) await Promise.race([once(child.stderr, 'data'), ended.then(gone)])
    },
  }
}

function gone({ code, err }: Ended): never {
  throw new Error(`The process has ended with ${code} before it said that. It said: ${err}`)
}

/** Everything a terminal could be driven by. */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
