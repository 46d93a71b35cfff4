/** Decisions and other requests: beside an owner, and where nobody owns the store. */

import { EventEmitter } from 'node:events'
import { expect, it, vi } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'
import { sqliteStore } from '../../../src/runtime/index.ts'
import { testIo } from '../test-io.ts'
import { ownerOf } from './owner.ts'
import { UNPRINTABLE, workshop, type Workshop } from './workshop.ts'

async function awaitingApproval(): Promise<Workshop> {
  const shop = await workshop()
  const { code } = await shop.run('create', 'art-1', '--intent', 'Boats', '--author', 'eva', '--run')
  expect(code).toBe(0)
  return shop
}

/** Has the store, and answers nothing. */
const silentOwner = ({ store }: Workshop) => sqliteStore({ path: store }).open({ onPost: () => {} })

it('keeps a decision that nobody takes, says so, and the next run takes it first', async () => {
  const shop = await awaitingApproval()
  const kept = await shop.run('approve', 'art-1')
  expect(kept.code).toBe(0)
  expect(kept.out).toBe(
    `Kept in ${shop.store}: APPROVED by tess on approval-1 version 1.\n` +
      'No orchestrator has this store open. ' +
      'It takes effect when one next opens it: stagecraft project run art-1\n',
  )
  expect((await shop.run('show', 'art-1')).out).toContain('AWAITING_APPROVAL in PUBLISH')
  const { code, out } = await shop.run('run', 'art-1')
  expect(code).toBe(0)
  expect(out).toContain('art-1  COMPLETED')
})

it('waits for an owner that does not answer, and says so', async () => {
  const shop = await awaitingApproval()
  await using _silent = await silentOwner(shop)
  const kept = await shop.run('approve', 'art-1', '--wait', '0.05')
  expect([kept.code, kept.out]).toEqual([0, expect.stringContaining('Nobody has answered within 50 ms.')])
})

it('posts and does not wait with --wait 0', async () => {
  const shop = await awaitingApproval()
  const { code, out, err } = await shop.run('reject', 'art-1', '--comment', 'Too short', '--wait', '0')
  expect([code, err]).toEqual([0, ''])
  expect(out).toContain('No orchestrator has this store open.')
  const again = await shop.run('run', 'art-1')
  expect(again.out).toContain('┌ approval-2 version 1, on PUBLISH')
  expect((await shop.run('history', 'art-1', '--types', 'APPROVAL_RECEIVED')).out).toContain(
    'REJECTED by tess on approval-1 version 1: Too short',
  )
})

it.each([
  [['approve', 'nobody'], 2, 'There is no project "nobody"'],
  [['approve', 'art-1', '--by', 'eva'], 1, 'the author may not decide'],
  [['approve', 'art-1', '--version', '2'], 1, 'what is open is approval-1 version 1'],
  [['approve', 'art-1', '--approval', 'approval-9'], 1, 'what is open is approval-1 version 1'],
  [['approve', 'art-1', '--version', 'two'], 2, 'must be a whole number'],
  [['approve', 'art-1', '--wait', '-1'], 2, 'must be a number from 0 to 3600'],
  [['reject', 'art-1'], 2, "required option '--comment <text>' not specified"],
  [['rollback', 'art-1', 'DRAFT-9'], 2, 'has no checkpoint "DRAFT-9". It has: DRAFT-1, PUBLISH-2.'],
  [['cancel', 'nobody'], 2, 'There is no project "nobody"'],
])('refuses %j at once, with %i', async (args, expected, message) => {
  const shop = await awaitingApproval()
  const { code, out, err } = await shop.run(...args)
  expect([code, out]).toEqual([expected, ''])
  expect(err).toContain(message)
  // Nothing was posted: the next run finds the question as it was.
  expect((await shop.run('run', 'art-1')).out).toContain('┌ approval-1 version 1')
})

it('refuses to decide where nothing is open, and to pause what has not begun', async () => {
  const shop = await workshop()
  await shop.run('create', 'art-1', '--intent', 'Boats')
  expect((await shop.run('approve', 'art-1')).err).toContain(
    'Nothing of "art-1" waits for approval: it is CREATED.',
  )
  expect(await shop.run('pause', 'art-1')).toMatchObject({
    code: 1,
    err: 'stagecraft: Project "art-1" is CREATED and cannot be paused now.\n',
  })
})

it('asks who decides where the system knows no name', async () => {
  const shop = await awaitingApproval()
  const nameless = await shop.runAs({ user: () => undefined }, 'approve', 'art-1', '--wait', '0')
  expect(nameless).toMatchObject({ code: 2, err: expect.stringContaining('Say it with --by <name>.') })
})

it('ends a project with its plan', async () => {
  const shop = await awaitingApproval()
  await shop.run('approve', 'art-1', '--plan-only', '--wait', '0')
  expect((await shop.run('run', 'art-1')).out).toContain('art-1  PLAN_ONLY')
})

it('is answered by the owner beside it, and says what became of the project', async () => {
  const shop = await awaitingApproval()
  const owner = await ownerOf(shop)
  const { code, out } = await shop.run('approve', 'art-1')
  expect([code, out.startsWith('Done: APPROVED by tess on approval-1 version 1. art-1 is now ')]).toEqual([
    0,
    true,
  ])
  await owner.has('PROJECT_COMPLETED')
  const back = await shop.run('rollback', 'art-1', 'DRAFT-1')
  expect(back.out).toBe(
    'Done: rollback of art-1 to DRAFT-1. art-1 is now PAUSED in DRAFT: after a rollback.\n',
  )
  expect((await shop.run('resume', 'art-1')).code).toBe(0)
  await shop.run('cancel', 'art-1')
  expect((await owner.projects.get('art-1')).state).toBe('CANCELLED')
})

it('tells what the owner refuses with, when things have changed in between', async () => {
  const shop = await awaitingApproval()
  // This one is posted first, so the owner takes it first.
  await shop.run('approve', 'art-1', '--by', 'ana', '--wait', '0')
  const silent = await silentOwner(shop)
  const io = testIo({ cwd: shop.folder })
  const waiting = runProgram(['project', 'reject', 'art-1', '--by', 'bob', '--comment', 'No'], io)
  await vi.waitFor(async () => expect(await silent.requests(9)).toHaveLength(2))
  await silent.close()
  const owner = await ownerOf(shop)
  expect([await waiting, io.stdout.text]).toEqual([1, ''])
  expect(io.stderr.text).toContain('it was settled before')
  expect((await owner.projects.settled('art-1')).state).toBe('COMPLETED')
})

it('says on Ctrl-C that the request is kept', async () => {
  const shop = await awaitingApproval()
  await using _silent = await silentOwner(shop)
  const signals = new EventEmitter()
  signals.on('newListener', (signal) => {
    if (signal === 'SIGTERM') setImmediate(() => signals.emit('SIGINT'))
  })
  const { code, out } = await shop.runAs({ signals }, 'approve', 'art-1')
  expect([code, out.startsWith('Kept in ')]).toEqual([130, true])
})

it('prints nothing that could drive a terminal, whatever people are called and say', async () => {
  const evil = '\u001b]0;owned\u0007\u009b2J\u202e\n'
  const shop = await workshop({})
  const outs = [
    await shop.run(
      'create',
      'art-1',
      '--intent',
      evil,
      '--author',
      evil,
      '--params',
      JSON.stringify({ fails: evil }),
      '--run',
    ),
    await shop.run('create', 'art-2', '--intent', evil, '--author', evil, '--run'),
    await shop.run('approve', 'art-2', '--by', evil),
    await shop.run('approve', 'art-2', '--by', `${evil}2`, '--role', evil, '--comment', evil, '--wait', '0'),
    await shop.run('show', 'art-1'),
    await shop.run('show', 'art-2', '--json'),
    await shop.run('show', evil),
    await shop.run('history', 'art-1'),
    await shop.run('history', 'art-2', '--json'),
    await shop.run('list'),
    await shop.run('run', 'art-2'),
    await shop.run('history', 'art-2'),
  ]
  for (const { out, err } of outs)
    for (const line of `${out}${err}`.split('\n')) expect(line).not.toMatch(UNPRINTABLE)
  const history = await shop.run('history', 'art-2', '--json', '--types', 'PROJECT_CREATED')
  expect((JSON.parse(history.out) as { payload: { intent: string } }).payload.intent).toBe(evil)
})
