/** The command as a real process: signals, pipes, exit codes, and panel files as Node itself loads them. */

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { tempDir } from './temp-dir.ts'
import { answer } from './test-panel.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const stagecraft = JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)

/** Says `slow` on stderr when it meets an answer of that name, and waits there until it is cancelled. */
const realPanel = `import { createPanel } from ${stagecraft}
  type Given = { response: string }
  export const panel = createPanel({ critics: { only: async ({ response }: Given, { signal }: { signal: AbortSignal }) => {
    if (response !== 'slow') return { severity: response === 'deny' ? 3 : 0 }
    process.stderr.write('slow')
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  } } })`

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await tempDir()
  // Node warns about the module type of a file that no package.json speaks for.
  const all = { 'package.json': '{ "type": "module" }', ...files }
  await Promise.all(Object.entries(all).map(([name, text]) => writeFile(join(folder, name), text)))
  return folder
}

function start(cwd: string, ...args: string[]): ChildProcessWithoutNullStreams {
  // Node 22 warns that it strips types.
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], { cwd })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function ended(child: ChildProcessWithoutNullStreams) {
  const text = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()))
  // `close` comes with an exit code or a signal.
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...text }
}

const run = (cwd: string, ...args: string[]) => ended(start(cwd, ...args))

it('reviews a file with a TypeScript panel and exits by itself with 0 or 1', async () => {
  const cwd = await folderWith({
    'panel.ts': realPanel,
    'good.jsonl': answer('a'),
    'mixed.jsonl': `${answer('a')}\n${answer('b', 'deny')}`,
  })
  const good = await run(cwd, 'review', 'good.jsonl', '--panel', 'panel.ts', '--out', 'out.jsonl')
  expect([good.code, good.err]).toEqual([0, ''])
  expect(good.out).toContain('1 answer reviewed')
  expect(JSON.parse(await readFile(join(cwd, 'out.jsonl'), 'utf8'))).toMatchObject({
    line: 1,
    id: 'a',
    verdict: 'allow',
  })
  const mixed = await run(cwd, 'review', 'mixed.jsonl', '--panel', 'panel.ts')
  expect([mixed.code, mixed.err]).toEqual([1, ''])
  expect(mixed.out).toContain('b  deny  only: severity alone')
})

it('has the same audit hash in every process', async () => {
  const cwd = await folderWith({ 'panel.ts': realPanel, 'answers.jsonl': answer('a', 'deny') })
  const hashes = await Promise.all(
    ['one.jsonl', 'two.jsonl'].map(async (out) => {
      await run(cwd, 'review', 'answers.jsonl', '--panel', 'panel.ts', '--out', out)
      return (JSON.parse(await readFile(join(cwd, out), 'utf8')) as { auditHash: string }).auditHash
    }),
  )
  expect(hashes[0]).toMatch(/^[\da-f]{64}$/)
  expect(hashes[0]).toBe(hashes[1])
})

it('warns of nothing with a hundred reviews under way', async () => {
  const lines = Array.from({ length: 300 }, (_, index) => answer(`a${index}`))
  const cwd = await folderWith({ 'panel.ts': realPanel, 'answers.jsonl': lines.join('\n') })
  const { code, err } = await run(
    cwd,
    'review',
    'answers.jsonl',
    '--panel',
    'panel.ts',
    '--concurrency',
    '100',
  )
  expect([code, err]).toEqual([0, ''])
})

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('keeps what is done on %s, says so, and exits with %i', async (signal, expected) => {
  const cwd = await folderWith({ 'panel.ts': realPanel })
  const child = start(cwd, 'review', '-', '--panel', 'panel.ts', '--concurrency', '1', '--out', 'out.jsonl')
  const end = ended(child)
  // Standard input stays open: the command must not wait for its end.
  child.stdin.write(
    ['a', 'b', 'c'].map((id) => `${answer(id)}\n`).join('') + `${answer('d', 'slow')}\n${answer('e')}\n`,
  )
  await once(child.stderr, 'data')
  child.kill(signal)
  const { code, out, err } = await end
  expect([code, err]).toEqual([expected, 'slow'])
  expect(out).toContain('3 answers reviewed')
  expect(out).toContain('then interrupted')
  const results = (await readFile(join(cwd, 'out.jsonl'), 'utf8')).trim().split('\n')
  expect(results.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['a', 'b', 'c'])
})

it('exits at once on a second Ctrl-C, when a panel does not let go', async () => {
  const stubborn = `export const panel = { plan: {}, review: (_: unknown, { signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', () => process.stderr.write('abort'))
    process.stderr.write('begun')
    return new Promise(() => setInterval(() => {}, 1_000))
  } }`
  const cwd = await folderWith({ 'panel.ts': stubborn, 'answers.jsonl': answer('a') })
  const child = start(cwd, 'review', 'answers.jsonl', '--panel', 'panel.ts')
  const end = ended(child)
  await once(child.stderr, 'data')
  child.kill('SIGINT')
  await once(child.stderr, 'data')
  child.kill('SIGINT')
  expect((await end).code).toBe(130)
})

it('ends quietly when the reader of its output leaves', async () => {
  const lines = Array.from({ length: 5_000 }, (_, index) => answer(`a${index}`, 'deny'))
  const cwd = await folderWith({ 'panel.ts': realPanel, 'answers.jsonl': lines.join('\n') })
  const child = start(cwd, 'review', 'answers.jsonl', '--panel', 'panel.ts')
  const end = ended(child)
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const { code, err } = await end
  expect([code, err]).toEqual([1, ''])
})

it('ends even when a panel file left something running', async () => {
  const leaky = `${realPanel}\nsetInterval(() => {}, 1_000)`
  const cwd = await folderWith({ 'panel.ts': leaky, 'answers.jsonl': answer('a', 'deny') })
  expect((await run(cwd, 'review', 'answers.jsonl', '--panel', 'panel.ts')).code).toBe(1)
})

it.each([
  [
    'a syntax error',
    'panel.ts',
    'export const panel = {\n  review: ?\n}',
    /panel\.ts could not be loaded: .*Correct the syntax/s,
  ],
  [
    'an enum',
    'panel.ts',
    'export enum Color { red }',
    /enum.*Node runs TypeScript by leaving out the types/s,
  ],
  [
    'a package that is not there',
    'panel.ts',
    "import 'not-a-package-of-anyone'",
    /not-a-package-of-anyone.*Install what it imports/s,
  ],
  [
    'a wrong panel',
    'panel.ts',
    `import { createPanel } from ${stagecraft}\nexport const panel = createPanel({ critics: [] })`,
    /panel\.ts could not be loaded: .*at least one critic/s,
  ],
  [
    'an import in CommonJS',
    'panel.cts',
    "import { a } from './a.cts'\nexport const panel = a",
    /panel\.cts could not be loaded/,
  ],
])(
  'says what is wrong with a panel file that has %s, and exits with 2',
  async (_what, name, source, message) => {
    const cwd = await folderWith({ [name]: source, 'answers.jsonl': answer('a') })
    const { code, out, err } = await run(cwd, 'review', 'answers.jsonl', '--panel', name)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(message)
    expect(err).not.toMatch(/^ {4}at /m)
  },
)

it('prints the plan and every chart, or one chart alone', async () => {
  const cwd = await folderWith({ 'panel.ts': realPanel })
  const all = await run(cwd, 'plan', '--panel', 'panel.ts')
  expect([all.code, all.err]).toEqual([0, ''])
  expect(all.out).toContain('1. CORE_ANALYSIS\n   only\n')
  expect(all.out.match(/```mermaid\nstateDiagram-v2\n/g)).toHaveLength(3)
  const one = await run(cwd, 'plan', '--panel', 'panel.ts', '--chart', 'critic')
  expect(one.code).toBe(0)
  expect(one.out).toMatch(/^stateDiagram-v2\n {2}state "critic" as s_critic \{\n/)
  expect(one.out).toContain('rate_limited')
})
