/** Creating projects, and the ways in which it can be wrong. */

import { createWriteStream } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'
import { testIo } from '../test-io.ts'
import { runtimeUrl, workshop } from './workshop.ts'

it('puts a project on record with all it is given', async () => {
  const shop = await workshop()
  const what = ['--lifecycle', 'article', '--intent', 'Boats', '--mode', 'plan', '--params', '{"pages":3}']
  const { code, out, err } = await shop.run('create', 'art-1', ...what, '--author', 'eva', '--json')
  expect([code, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toMatchObject({
    id: 'art-1',
    lifecycle: 'article',
    mode: 'plan',
    intent: 'Boats',
    author: 'eva',
    params: { pages: 3 },
    state: 'CREATED',
  })
})

it('takes the author from the system, so that separation holds for who creates and who approves', async () => {
  const shop = await workshop()
  await shop.run('create', 'art-1', '--intent', 'Boats', '--run')
  expect((await shop.run('show', 'art-1')).out).toContain('not by the author tess')
  expect(await shop.run('approve', 'art-1')).toMatchObject({ code: 1, out: '' })
  const nameless = await shop.runAs({ user: () => undefined }, 'create', 'art-2', '--intent', 'Boats')
  expect(nameless.err).toContain('it must know who that is: give `author`')
})

it.each([
  [['create', 'ab', '--intent', 'Boats'], 'The id of the project is not valid'],
  [['create', '../art', '--intent', 'Boats'], 'The id of the project is not valid'],
  [['create', 'art-1'], "required option '--intent <text>' not specified"],
  [['create', 'art-1', '--intent', 'Boats', '--mode', 'dream'], 'Allowed choices are execute, plan'],
  [['create', 'art-1', '--intent', 'Boats', '--params', '{'], '--params is not JSON'],
  [
    ['create', 'art-1', '--intent', 'Boats', '--lifecycle', 'novel'],
    'Lifecycle "novel" version 1 is not registered',
  ],
  [['create', 'art-1', '--intent', 'Boats', '--lifecycles', 'none.mjs'], 'There is no module of lifecycles'],
  [['creat', 'art-1'], "unknown command 'creat'"],
])('makes nothing of %j, says why, and ends with 2', async (args, message) => {
  const shop = await workshop()
  const { code, out, err } = await shop.run(...args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(message)
  expect(await readdir(shop.folder)).toEqual(['stagecraft.config.mjs'])
})

it('refuses an id that was used before, with 1, and an intent that is none, with 2', async () => {
  const shop = await workshop()
  await shop.run('create', 'art-1', '--intent', 'Boats')
  const again = await shop.run('create', 'art-1', '--intent', 'Trains')
  expect(again).toMatchObject({ code: 1, err: 'stagecraft: "art-1" exists already. Choose another id.\n' })
  expect((await shop.run('create', 'art-2', '--intent', '')).code).toBe(2)
})

it('asks which lifecycle, where there are several', async () => {
  const two = `import { defineLifecycle } from ${runtimeUrl}
    export default ['one', 'two'].map((name) => defineLifecycle({ name, phases: [{ name: 'ONLY' }] }))`
  const shop = await workshop({ 'stagecraft.config.mjs': two })
  const { code, err } = await shop.run('create', 'art-1', '--intent', 'Boats')
  expect([code, err]).toEqual([
    2,
    'stagecraft: Say which lifecycle it follows, with --lifecycle one or two.\n',
  ])
  const chosen = await shop.run('create', 'art-1', '--intent', 'Boats', '--lifecycle', 'two', '--run')
  expect(chosen.out).toContain('art-1  COMPLETED')
})

it('says which versions are missing for what is under way in the store', async () => {
  const shop = await workshop()
  await shop.run('create', 'art-1', '--intent', 'Boats', '--run')
  const newer = `import { defineLifecycle } from ${runtimeUrl}
    export default defineLifecycle({ name: 'article', version: 2, phases: [{ name: 'ONLY' }] })`
  await writeFile(join(shop.folder, 'newer.mjs'), newer)
  const { code, err } = await shop.run('run', 'art-1', '--lifecycles', 'newer.mjs')
  expect(code).toBe(2)
  expect(err).toContain('"article" version 1 (art-1)')
})

it('puts phases before the panels of the module, and disposes of these in the end', async () => {
  const shop = await workshop()
  const log = JSON.stringify(join(shop.folder, 'panel.log'))
  const source = `import { appendFileSync } from 'node:fs'
    import { defineLifecycle } from ${runtimeUrl}
    const review = async () => ({ verdict: 'escalate', auditHash: '0'.repeat(64) })
    const strict = { plan: {}, review, [Symbol.asyncDispose]: async () => appendFileSync(${log}, 'x') }
    export const panels = { strict }
    export default defineLifecycle({ name: 'checked', phases: [{ name: 'ONLY', review: 'strict' }] })`
  await writeFile(join(shop.folder, 'checked.mjs'), source)
  const { code, out } = await shop.run(
    'create',
    'one-1',
    '--intent',
    'Boats',
    '--run',
    '--lifecycles',
    'checked.mjs',
  )
  expect(code).toBe(0)
  expect(out).toContain('⏸ ONLY  AWAITING_APPROVAL, run 1\n    panel: escalate\n')
  expect(await readFile(join(shop.folder, 'panel.log'), 'utf8')).toBe('x')
})

it.runIf(process.platform === 'linux')('ends with 2 where its output cannot be written', async () => {
  const shop = await workshop()
  await shop.run('create', 'art-1', '--intent', 'Boats')
  for (const args of [['show', 'art-1'], ['history', 'art-1'], ['list'], ['verify']]) {
    const io = { ...testIo({ cwd: shop.folder }), stdout: createWriteStream('/dev/full') }
    expect(await runProgram(['project', ...args], io)).toBe(2)
    expect(io.stderr.text).toContain('The output could not be written: ENOSPC')
  }
})
