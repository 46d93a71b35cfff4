import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findLifecycles, loadLifecycles } from '../../../src/cli/project/load-lifecycles.ts'
import { tempDir } from '../temp-dir.ts'
import { testIo } from '../test-io.ts'
import { runtimeUrl } from './workshop.ts'

const indexUrl = JSON.stringify(new URL('../../../src/index.ts', import.meta.url).href)
const IMPORTS = `import { defineLifecycle } from ${runtimeUrl}
import { createPanel } from ${indexUrl}
const one = defineLifecycle({ name: 'one', phases: [{ name: 'ONLY' }] })
const panel = createPanel({ critics: { fine: async () => ({}) } })
`

async function load(source: string) {
  const cwd = await tempDir()
  await writeFile(join(cwd, 'lifecycles.mjs'), IMPORTS + source)
  return loadLifecycles('lifecycles.mjs', testIo({ cwd }))
}

it.each([
  ['a lifecycle', 'export default one', []],
  ['a list of them', 'export default [one]', []],
  ['both, by default', 'export default { lifecycles: [one], panels: { panel } }', ['panel']],
  ['both, by name', 'export const lifecycles = one; export const panels = { panel }', ['panel']],
  ['a lifecycle, and panels by name', 'export default one; export const panels = { panel }', ['panel']],
])('takes a module that exports %s', async (_what, source, panels) => {
  const registered = await load(source)
  expect(registered.lifecycles.map(({ name }) => name)).toEqual(['one'])
  expect(Object.keys(registered.panels)).toEqual(panels)
})

it.each(['stagecraft.config.js', 'stagecraft.config.mjs', 'stagecraft.config.ts'])(
  'finds %s in the folder by itself',
  async (name) => {
    const cwd = await tempDir()
    // Node warns about the module type of a file that no package.json speaks for.
    await writeFile(join(cwd, 'package.json'), '{ "type": "module" }')
    await writeFile(join(cwd, name), `${IMPORTS}export default one`)
    expect((await loadLifecycles(undefined, testIo({ cwd }))).lifecycles).toHaveLength(1)
  },
)

it('takes the module of STAGECRAFT_LIFECYCLES, and --lifecycles before it', async () => {
  const io = testIo({ cwd: await tempDir(), env: { STAGECRAFT_LIFECYCLES: 'mine.mjs' } })
  await expect(loadLifecycles(undefined, io)).rejects.toThrow(
    /There is no module of lifecycles .*mine\.mjs\. Check STAGECRAFT_LIFECYCLES mine\.mjs\./,
  )
  await writeFile(join(io.cwd, 'mine.mjs'), `${IMPORTS}export default one`)
  expect((await loadLifecycles(undefined, io)).lifecycles).toHaveLength(1)
  await expect(loadLifecycles('none.mjs', io)).rejects.toThrow(/Check --lifecycles none\.mjs\./)
})

it('says what to write where there is no module, and readers go on without', async () => {
  const io = testIo({ cwd: await tempDir() })
  await expect(loadLifecycles(undefined, io)).rejects.toMatchObject({
    code: 'cli.usage',
    message:
      /write one as stagecraft\.config\.mjs:\n\n {2}import .*\n(?: {2}.*\n){3} {2}export default defineLifecycle/,
  })
  expect(await findLifecycles(undefined, io)).toEqual({ lifecycles: [], panels: {} })
  expect(io.stderr.text).toBe('')
})

it('gives an example that works as it stands', async () => {
  const io = testIo({ cwd: await tempDir() })
  const refusal = await loadLifecycles(undefined, io).catch((error: Error) => error)
  const example = (refusal as Error).message.split('\n\n')[1] ?? ''
  await writeFile(join(io.cwd, 'stagecraft.config.mjs'), example.replace("'stagecraft/runtime'", runtimeUrl))
  expect((await loadLifecycles(undefined, io)).lifecycles.map(({ name }) => name)).toEqual(['article'])
})

it.each([
  ['nothing', '', /exports no lifecycles\. Write: export default defineLifecycle/],
  ['an empty list', 'export default []', /exports no lifecycles\. Write/],
  [
    'a promise',
    'export default Promise.resolve(one)',
    /exports no lifecycles, but a promise \(write `await`\)\. Write/,
  ],
  [
    'a list with something else in it',
    'export default [one, 7]',
    /exports no lifecycles, but something of type number/,
  ],
  ['null', 'export default null', /exports no lifecycles, but null/],
  [
    'a panel that is none',
    'export default { lifecycles: one, panels: { it: 7 } }',
    /its panel "it" is no panel, but something of type number/,
  ],
  ['a mistake', 'throw new Error("Not today")', /could not be loaded: Not today/],
])('refuses a module that exports %s', async (_what, source, message) => {
  await expect(load(source)).rejects.toMatchObject({ code: 'cli.usage', message })
})
