import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { PLOTS } from '../../../examples/quadcopter/report/plots.ts'
import { runQuadcopter } from '../../../examples/quadcopter/run.ts'

const room = mkdtempSync(join(tmpdir(), 'quadcopter-'))
afterAll(() => rmSync(room, { recursive: true }))

const ran = async (name: string, options: Parameters<typeof runQuadcopter>[0]) => {
  const lines: string[] = []
  const out = join(room, name)
  const code = await runQuadcopter({ ...options, out, yes: true, print: (line) => lines.push(line) })
  return { code, out, told: lines.join('\n'), files: readdirSync(out) }
}

it('leaves its report, its plots, its values and its ledger, and tells what happens', async () => {
  const { code, out, told, files } = await ran('hot', { seed: 2 })
  expect(code).toBe(0)
  const expected = [
    'report.md',
    'isa.json',
    'ledger.json',
    'projects.db',
    ...PLOTS.map((name) => `${name}.svg`),
  ]
  expect(files).toEqual(expect.arrayContaining(expected))
  expect(told).toContain('conflict: Too hot: controller')
  expect(told).toContain('conflict resolved: thermal-electronics')
  expect(told).toContain('panel: deny')
  expect(told).toContain('undone: OrderMaterial')
  const isa = JSON.parse(readFileSync(join(out, 'isa.json'), 'utf8')) as { nodes: object }
  expect(Object.keys(isa.nodes)).toContain('mass.takeoff')
})

it('goes on with a project that another run has left behind', async () => {
  const first = await ran('left', {})
  rmSync(join(first.out, 'report.md'))
  const project = /^Project (\S+)$/m.exec(first.told)?.[1] ?? ''
  const { code, told, files } = await ran('left', { project })
  expect(code).toBe(0)
  expect(told).toContain(`Project ${project}: COMPLETED.`)
  expect(files).toContain('report.md')
})

it('says why where it refuses, and leaves no report', async () => {
  const { code, told, files } = await ran('heavy', { intent: 'A quadcopter for 500 kg' })
  expect(code).toBe(1)
  expect(told).toContain('none lifts 500 kg')
  expect(files).not.toContain('report.md')
})
