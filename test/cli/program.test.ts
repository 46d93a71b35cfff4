import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { tempDir } from './temp-dir.ts'
import { testIo } from './test-io.ts'

async function run(...args: string[]) {
  const io = testIo({ cwd: await tempDir(), stdin: '{"prompt":"","response":""}' })
  const code = await runProgram(args, io)
  return { code, out: io.stdout.text, err: io.stderr.text }
}

it('prints its version and its help, with an example', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string }
  expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  const help = await run('--help')
  expect(help.code).toBe(0)
  expect(help.out).toContain('$ stagecraft review answers.jsonl --panel panel.ts --out results.jsonl')
  expect((await run('review', '--help')).out).toContain('exit code: 0 everything was allowed')
  expect((await run('plan', '--help')).out).toContain('--chart critic')
})

it.each([
  [[], 'Usage: stagecraft'],
  [['rewiev'], "unknown command 'rewiev'"],
  [['review', '--panel', 'p.ts'], "missing required argument 'answers.jsonl'"],
  [['review', 'a.jsonl'], "required option '--panel <panel.ts>' not specified"],
  [['review', 'a.jsonl', '--panel', 'p.ts', '--fast'], "unknown option '--fast'"],
  [['review', 'a.jsonl', 'b.jsonl', '--panel', 'p.ts'], 'too many arguments'],
  [['review', '-', '--panel', 'p.ts', '--concurrency', '0'], 'whole number from 1 to 1000'],
  [['review', '-', '--panel', 'p.ts', '--concurrency', '1e3'], 'whole number from 1 to 1000'],
  [['plan', '--panel', 'p.ts', '--chart', 'phase'], 'Allowed choices are critic, stage, review'],
  [['review', '-', '--panel', 'none.ts'], 'There is no panel file'],
  [['plan', '--panel', 'none.ts'], 'There is no panel file'],
])('ends with 2 and says why for %j', async (args, message) => {
  const { code, out, err } = await run(...args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(message)
})

it('disposes of the panel at the end, also after an error', async () => {
  const folder = await tempDir()
  const counter = join(folder, 'disposed.txt')
  const source = `import { appendFileSync } from 'node:fs'
    export const panel = { plan: {}, review: async () => { throw new Error('broken') },
      [Symbol.asyncDispose]: async () => appendFileSync(${JSON.stringify(counter)}, 'x') }`
  await writeFile(join(folder, 'panel.mts'), source)
  const io = testIo({ cwd: folder, stdin: '{"prompt":"","response":""}' })
  expect(await runProgram(['review', '-', '--panel', 'panel.mts'], io)).toBe(2)
  expect(io.stderr.text).toContain('line 1 could not be reviewed: broken')
  expect(await runProgram(['review', 'none.jsonl', '--panel', 'panel.mts'], io)).toBe(2)
  expect(await readFile(counter, 'utf8')).toBe('xx')
})
