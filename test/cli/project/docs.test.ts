import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { runtimeUrl, workshop } from './workshop.ts'

/** Words of a line as a shell reads them: quotes go, and what is in them stays together. */
const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

it('has commands in its documentation that work as they stand', async () => {
  const page = (await readFile('docs/command-line.md', 'utf8')).split('## project')[1] ?? ''
  const [, config = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? []
  const [, commands = ''] = /```sh\n([\s\S]*?)```/.exec(page) ?? []
  const shop = await workshop({ 'stagecraft.config.mjs': config.replace("'stagecraft/runtime'", runtimeUrl) })
  const lines = commands.trim().split('\n')
  expect(lines).toHaveLength(6)
  const outs = []
  for (const line of lines) {
    const [npx, stagecraft, project, ...args] = wordsOf(line)
    expect([npx, stagecraft, project]).toEqual(['npx', 'stagecraft', 'project'])
    const { code, out } = await shop.run(...args)
    expect(code, line).toBe(0)
    outs.push(out)
  }
  expect(outs[1]).toContain('output    writer: A draft of: An article about boats')
  expect(outs[3]).toContain('boats  COMPLETED')
  expect(outs[4]).toContain('APPROVED by tess on approval-1 version 1: Go ahead')
  expect(outs[5]).toContain('1 journal read, 0 damaged.')
})

it('names every command in its documentation, and no other', async () => {
  const shop = await workshop()
  const { out } = await shop.run('--help')
  const offered = [...out.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name]) => name)
  const page = (await readFile('docs/command-line.md', 'utf8')).split('## project')[1] ?? ''
  const table =
    page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .join('\n')
      .split('| exit code')[0] ?? ''
  const named = table
    .split('\n')
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z]+)/g)].map(([, name]) => name))
  expect(new Set(named)).toEqual(new Set(offered))
})
