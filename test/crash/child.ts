/** Processes of our own: started, spoken to, killed. */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, onTestFinished } from 'vitest'

export type Child = {
  readonly process: ChildProcess
  /** Resolves once it has said this word that often, each time on a line of its own. */
  readonly says: (word: string, times?: number) => Promise<void>
  readonly tell: (line: string) => void
  readonly kill: () => void
  /** How it ended; what it printed is there too. */
  readonly ended: Promise<ChildEnd>
}

export type ChildEnd = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Compiled once for all children: most of a short life is spent on being read. */
const compiled = join(ROOT, 'node_modules/.cache/stagecraft-crash')

/** Starts a program of `test/crash/fixtures`, for as long as the test runs at most; `flags` are Node's. */
export function startChild(program: string, args?: readonly string[], flags?: readonly string[]): Child {
  const child = spawnChild(fixture(program), args, flags)
  onTestFinished(child.kill)
  return child
}

function spawnChild(path: string, args: readonly string[] = [], flags: readonly string[] = []): Child {
  return watched(
    spawn(process.execPath, [...flags, path, ...args], {
      stdio: 'pipe',
      env: { ...process.env, NODE_COMPILE_CACHE: compiled, NODE_OPTIONS: '' },
    }),
  )
}

export const fixture = (program: string) => fileURLToPath(new URL(`fixtures/${program}`, import.meta.url))

export function watched(child: ChildProcess): Child {
  const printed = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text
      for (const look of waiting) look()
    })
  // A child that dies does not listen any more.
  child.stdin?.on('error', () => {})
  const ended = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]): ChildEnd => ({
    // Both come from Node in this order.
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    ...printed,
  }))
  const kill = () => void child.kill('SIGKILL')
  const says = (word: string, times = 1) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        const lines = printed.stdout.split('\n').slice(0, -1)
        if (lines.filter((line) => line === word).length < times) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
      void ended.then(({ stderr }) =>
        reject(new Error(`The child ended before it said "${word}". ${stderr}`)),
      )
    })
  return { process: child, says, tell: (line) => void child.stdin?.write(`${line}\n`), kill, ended }
}

/**
 * Owners, each warm when it is asked for: the next one is read and compiled while the one before it lives. None
 * outlives its file. All of them run from one bundle, as an application's bundler would make it: there are many, and
 * reading hundreds of files is most of what a short life costs.
 */
export function warmOwners(): { readonly next: () => Child } {
  let spare: Child | undefined
  let path = ''
  beforeAll(async () => {
    path = await bundled('owner.ts')
  })
  afterAll(() => {
    spare?.kill()
    rmSync(dirname(path), { recursive: true, force: true })
  })
  return {
    next: () => {
      const child = spare ?? spawnChild(path)
      onTestFinished(child.kill)
      spare = spawnChild(path)
      return child
    },
  }
}

/** A program of `test/crash/fixtures` in a folder of its own, with all that it needs. */
async function bundled(program: string): Promise<string> {
  const build = await rolldown({ input: fixture(program), platform: 'node' })
  const folder = mkdtempSync(join(tmpdir(), 'stagecraft-bundle-'))
  await build.write({ dir: folder, entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' })
  await build.close()
  return join(folder, program.replace(/\.ts$/, '.mjs'))
}

/** Gone when the test has finished. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stagecraft-crash-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
