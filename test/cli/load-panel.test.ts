import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadPanel } from '../../src/cli/load-panel.ts'
import { tempDir } from './temp-dir.ts'

/** Writes a panel file and loads it by its relative name. */
async function load(source: string, name = 'panel.mts') {
  const folder = await tempDir()
  await writeFile(join(folder, name), source)
  return loadPanel(name, folder)
}

const object = '{ plan: {} as object, review: async (): Promise<void> => {} }'

it('takes the export named panel from a TypeScript file', async () => {
  expect(await load(`export const panel = ${object}; export default 1`)).toHaveProperty('plan')
})

it('takes the default export when no other is named panel', async () => {
  expect(await load(`export default ${object}`)).toHaveProperty('review')
})

it('says where it looked when there is no such file', async () => {
  const folder = await tempDir()
  await expect(loadPanel('none.ts', folder)).rejects.toMatchObject({
    code: 'cli.panel_not_found',
    message: `There is no panel file ${join(folder, 'none.ts')}. Check --panel none.ts.`,
  })
})

it('asks for the file when it is given its folder', async () => {
  const folder = await tempDir()
  await mkdir(join(folder, 'panels'))
  await expect(loadPanel('panels', folder)).rejects.toMatchObject({
    code: 'cli.panel_not_found',
    message: /is a folder/,
  })
})

it.each([
  [
    'nothing',
    'export const other = 1',
    /panel\.mts exports no panel\. Write: export const panel = createPanel/,
  ],
  [
    'a list of critics',
    'export const panel = []',
    /panel\.mts: its export "panel" is no panel, but an array without review\(\) and plan/,
  ],
  [
    'a promise',
    'export default Promise.resolve(1)',
    /its default export is no panel, but a promise \(write `await`\)/,
  ],
  ['a plain value', 'export const panel = 7', /is no panel, but something of type number/],
])('refuses a file that exports %s', async (_what, source, message) => {
  await expect(load(source)).rejects.toMatchObject({ code: 'cli.not_a_panel', message })
})

it('passes on what a panel file throws, with the name of the file', async () => {
  await expect(load('throw new Error("Circular dependency: a -> b -> a")')).rejects.toMatchObject({
    code: 'cli.not_a_panel',
    message: /panel\.mts could not be loaded: Circular dependency: a -> b -> a\. Correct the file/,
  })
})
