/** The commands of projects as real processes: killed, interrupted, beside each other. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { workshop, type Workshop } from './workshop.ts'

const letGo = ({ folder }: Workshop, id: string) => writeFile(join(folder, `go-${id}`), '')

const waits = ['--params', '{"waits":true}'] as const

it('carries a project over a kill -9 in a phase, to an approval beside a running owner, to its end', async () => {
  const shop = await workshop()
  await shop.run('create', 'art-1', '--intent', 'Boats', '--author', 'eva', ...waits)
  const first = shop.start('run', 'art-1')
  await first.says('AGENT_STARTED')
  first.child.kill('SIGKILL')
  expect((await first.ended).code).toBeNull()
  expect((await shop.run('show', 'art-1')).out).toContain('▶ DRAFT    RUNNING\n    ▶ writer  running\n')

  await letGo(shop, 'art-1')
  const second = await shop.start('run', 'art-1').ended
  expect(second.code).toBe(0)
  expect(second.err).toMatch(/AGENT_COMPLETED +DRAFT\/writer/)
  expect(second.out).toContain('┌ approval-1 version 1, on PUBLISH')

  await shop.run('create', 'other', '--intent', 'Trains', ...waits)
  const owner = shop.start('run', 'other')
  await owner.says('AGENT_STARTED')
  const approved = await shop.start('approve', 'art-1', '--by', 'ana', '--comment', 'Go ahead').ended
  expect(approved.code).toBe(0)
  expect(approved.out).toMatch(/^Done: APPROVED by ana on approval-1 version 1\. art-1 is now \w+\.\n$/)
  const twice = ['approve', 'art-1', '--by', 'ana', '--approval', 'approval-1', '--version', '1']
  expect(await shop.run(...twice)).toMatchObject({ code: 0, out: expect.stringContaining('Done: ') })

  const { out } = await shop.run('history', 'art-1')
  const types = out.split('\n').map((line) => line.trim().split(/ {2,}/)[2])
  expect(types.filter((type) => type === 'AGENT_STARTED')).toHaveLength(2)
  expect(types.filter((type) => type === 'AGENT_COMPLETED')).toHaveLength(1)
  expect(out).toContain('APPROVED by ana on approval-1 version 1: Go ahead')
  expect(types).toContain('PROJECT_COMPLETED')
  const verified = await shop.run('verify')
  expect([verified.code, verified.err]).toEqual([0, ''])
  expect(verified.out).toContain('2 journals read, 0 damaged.')

  await letGo(shop, 'other')
  expect((await owner.ended).code).toBe(0)
})

it('has one owner: beside it nothing is created, and a run is asked for', async () => {
  const shop = await workshop()
  const owner = shop.start('create', 'first', '--intent', 'Boats', ...waits, '--run')
  await owner.says('AGENT_STARTED')
  const second = await shop.run('create', 'second', '--intent', 'Trains')
  expect([second.code, second.out]).toEqual([1, ''])
  expect(second.err).toContain('has an owner already')
  const asked = await shop.run('run', 'first')
  expect(asked.code).toBe(0)
  expect(asked.err).toContain('Another orchestrator has this store open')
  expect(asked.out).toBe('Done: run first. first is now DRAFT.\n')
  const paused = await shop.run('pause', 'first')
  expect(paused.out).toBe('Done: pause first. first is now PAUSED in DRAFT: as somebody asked.\n')
  // The draft takes no notice of being aborted.
  await letGo(shop, 'first')
  const end = await owner.ended
  expect(end.code).toBe(0)
  expect(end.out).toContain('To go on: stagecraft project run first')
})

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('stops in order on %s and goes on with the next run', async (signal, code) => {
  const shop = await workshop()
  const first = shop.start('create', 'art-1', '--intent', 'Boats', ...waits, '--run')
  await first.says('AGENT_STARTED')
  first.child.kill(signal)
  await first.says('Stopping')
  // What runs may finish, and its end is on record.
  await letGo(shop, 'art-1')
  const end = await first.ended
  expect(end.code).toBe(code)
  expect(end.err).toContain('AGENT_COMPLETED')
  const second = await shop.run('run', 'art-1')
  expect(second.code).toBe(0)
  expect(second.err).not.toContain('AGENT_STARTED')
  expect(second.out).toContain('AWAITING_APPROVAL in PUBLISH')
})

it('leaves at once on a second Ctrl-C', async () => {
  const shop = await workshop()
  const run = shop.start('create', 'art-1', '--intent', 'Boats', ...waits, '--run')
  await run.says('AGENT_STARTED')
  run.child.kill('SIGINT')
  await run.says('Stopping')
  run.child.kill('SIGINT')
  expect((await run.ended).code).toBe(130)
})

it('ends with 1 when the project fails', async () => {
  const shop = await workshop()
  const { code, out } = await shop.start(
    'create',
    'bad',
    '--intent',
    'Boats',
    '--params',
    '{"fails":"No ink"}',
    '--run',
  ).ended
  expect(code).toBe(1)
  expect(out).toContain('✗ DRAFT    FAILED, run 1\n    ✗ writer  failed')
  expect(out).toContain('No ink')
  expect(out).toContain('To go back to where it was: stagecraft project checkpoints bad')
})

it('ends quietly when the reader of its output leaves', async () => {
  const shop = await workshop()
  expect((await shop.run('create', 'art-1', '--intent', 'Boats', '--run')).code).toBe(0)
  const { child, ended } = shop.start('history', 'art-1', '--json')
  child.stdout.destroy()
  const { code, err } = await ended
  expect([code, err]).toEqual([0, ''])
})
