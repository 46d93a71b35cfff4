/** Reading beside an owner, and what an owner and its readers promise each other. */

import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import {
  createOrchestrator,
  defineAgent,
  defineLifecycle,
  openReader,
  sqliteStore,
  type Orchestrator,
  type Store,
} from 'stagecraft/runtime'
import { createPanel } from 'stagecraft'
import { memoryStore } from '../../../src/runtime/store/memory-store.ts'
import { StagecraftError } from '../../../src/model/errors.ts'
import { tempDir } from '../store/temp-dir.ts'

const writer = defineAgent({ name: 'writer', run: () => 'A draft' })
const article = (version = 1) =>
  defineLifecycle({
    name: 'article',
    version,
    phases: [
      { name: 'DRAFT', tasks: [{ agent: writer }] },
      { name: 'PUBLISH', approval: { separation: true } },
    ],
  })
const strict = createPanel({ critics: { only: async () => ({ severity: 3 }) } })

async function ownerOf(store: Store): Promise<Orchestrator<'strict'>> {
  const orchestrator = await createOrchestrator({ store, lifecycles: [article()], panels: { strict } })
  onTestFinished(() => orchestrator.stop())
  return orchestrator
}

async function awaitingApproval(store: Store) {
  const owner = await ownerOf(store)
  await owner.projects.create({ id: 'art-1', lifecycle: 'article', intent: 'Boats', author: 'eva' })
  await owner.projects.run('art-1')
  return owner
}

const decided = (by: string, version = 1) =>
  ({ ask: 'decide', submission: { approval: 'approval-1', version, decision: 'APPROVED', by } }) as const

it('sees what the owner sees', async () => {
  const store = memoryStore()
  const { projects } = await awaitingApproval(store)
  const reader = await openReader(store, { lifecycles: [article()] })
  expect(await reader.get('art-1')).toEqual(await projects.get('art-1'))
  expect(await reader.list()).toEqual(await projects.list())
  expect(await reader.history('art-1')).toEqual(await projects.history('art-1'))
  expect(await reader.checkpoints('art-1')).toEqual(await projects.checkpoints('art-1'))
  expect(await reader.at('art-1', 4)).toEqual(await projects.at('art-1', 4))
  expect(await reader.verify('art-1')).toEqual(await projects.verify('art-1'))
  expect(await reader.newestCursor()).toBe((await projects.history('art-1')).at(-1)?.cursor)
  await reader.close()
})

it('reads without lifecycles what can be read, and checks the chain alone', async () => {
  const store = memoryStore()
  const { projects } = await awaitingApproval(store)
  for (const lifecycles of [[], [article(2)]]) {
    const reader = await openReader(store, { lifecycles })
    expect((await reader.get('art-1')).phases.map(({ name }) => name)).toEqual(['DRAFT', 'PUBLISH'])
    expect(await reader.verify('art-1')).toEqual({ ...(await projects.verify('art-1')), steps: 0 })
    await expect(reader.at('art-1', 4)).rejects.toMatchObject({ code: 'lifecycle.unknown' })
  }
})

it('checks every journal, of recorded reviews too', async () => {
  const store = memoryStore()
  const owner = await awaitingApproval(store)
  await owner.review('strict', { id: 'rev-1', prompt: 'Why?', response: 'Because', context: {} })
  await using reader = await openReader(store, { lifecycles: [article()] })
  const checks = []
  for await (const check of reader.checks()) checks.push(check)
  expect(checks).toMatchObject([
    { id: 'art-1', kind: 'project', isWhole: true },
    { id: 'rev-1', kind: 'review', isWhole: true, verified: { steps: 1 } },
  ])
  expect((await reader.verify('rev-1')).steps).toBe(1)
  await expect(reader.verify('nobody')).rejects.toMatchObject({ code: 'project.unknown' })
  await expect(reader.get('rev-1')).rejects.toThrow('"rev-1" is a recorded review, no project.')
})

it('verifies a journal that goes on while it is read', async () => {
  const store = memoryStore()
  const { projects } = await awaitingApproval(store)
  const before = await projects.verify('art-1')
  const moving: Store = {
    ...store,
    openReader: async () => {
      const reader = await store.openReader()
      let moved = false
      const record = async (id: string) => {
        const read = await reader.record(id)
        if (!moved) await projects.pause('art-1')
        moved = true
        return read
      }
      return { ...reader, record }
    },
  }
  const reader = await openReader(moving, { lifecycles: [article()] })
  expect(await reader.verify('art-1')).toEqual(before)
  expect((await reader.verify('art-1')).entries).toBeGreaterThan(before.entries)
})

it.each([
  [
    'a head that says another state',
    `update journal set state = 'COMPLETED'`,
    /its head says COMPLETED, and its stored state AWAITING_APPROVAL/,
  ],
  [
    'a stored state that was changed',
    `update chart set charts = replace(charts, '"phasesRun":2', '"phasesRun":1')`,
    /its stored state is not the one its entries lead to/,
  ],
  [
    'an entry that was removed',
    'delete from entry where seq = 4',
    /fact 5 .* follows 3: an entry is missing/,
  ],
  [
    'a head that was set back',
    'update journal set (seq, hash) = (select seq, hash from entry where seq = 9)',
    /stands after its newest one/,
  ],
])('finds %s, with lifecycles and without', async (_what, sql, message) => {
  const path = join(await tempDir(), 'store.db')
  const owner = await awaitingApproval(sqliteStore({ path }))
  await owner.stop()
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
  for (const lifecycles of [[article()], []]) {
    const reader = await openReader(sqliteStore({ path }), { lifecycles })
    await expect(reader.verify('art-1')).rejects.toMatchObject({ code: 'journal.broken', message })
    await reader.close()
  }
})

it('finds a head that was set back to an earlier state altogether', async () => {
  const path = join(await tempDir(), 'store.db')
  const owner = await awaitingApproval(sqliteStore({ path }))
  const tamper = new DatabaseSync(path)
  tamper.exec('create temp table j as select * from journal; create temp table c as select * from chart')
  await owner.projects.pause('art-1')
  await owner.stop()
  tamper.exec('delete from chart; insert into chart select * from c')
  tamper.exec(
    'update journal set (state, seq, hash, stateHash) = (select state, seq, hash, stateHash from j)',
  )
  tamper.close()
  for (const lifecycles of [[article()], []]) {
    const reader = await openReader(sqliteStore({ path }), { lifecycles })
    await expect(reader.verify('art-1')).rejects.toThrow(/fact 11 .* stands after its newest one/)
    await reader.close()
  }
})

it('says beforehand what an owner would refuse', async () => {
  const store = memoryStore()
  const owner = await awaitingApproval(store)
  const reader = await openReader(store)
  await expect(reader.check('art-1', decided('ana'))).resolves.toBeUndefined()
  await expect(reader.check('art-1', { ask: 'pause' })).resolves.toBeUndefined()
  await expect(reader.check('art-1', { ask: 'rollback', checkpoint: 'DRAFT-1' })).resolves.toBeUndefined()
  const refusalOf = (check: Promise<void>) => check.catch((error: StagecraftError) => error.code)
  expect(await refusalOf(reader.check('art-1', decided('eva')))).toBe('approval.not_allowed')
  expect(await refusalOf(reader.check('art-1', decided('ana', 2)))).toBe('approval.outdated')
  expect(await refusalOf(reader.check('art-1', { ask: 'rollback', checkpoint: 'X-1' }))).toBe(
    'checkpoint.unknown',
  )
  expect(await refusalOf(reader.check('nobody', { ask: 'run' }))).toBe('project.unknown')
  await owner.projects.cancel('art-1')
  expect(await refusalOf(reader.check('art-1', { ask: 'pause' }))).toBe('project.wrong_state')
  await expect(reader.check('art-1', { ask: 'cancel' })).resolves.toBeUndefined()
})

it('refuses to read a store that nobody has made', async () => {
  await expect(openReader(memoryStore())).rejects.toMatchObject({ code: 'store.missing' })
})

it('takes what was asked while nobody owned the store before an orchestrator is there', async () => {
  const store = memoryStore()
  await (await awaitingApproval(store)).stop()
  const postbox = await store.openPostbox()
  for (let count = 1; count <= 3; count++)
    await postbox.post({ id: `request-${count}`, journal: 'art-1', at: 0, body: decided('ana') })
  const owner = await ownerOf(store)
  expect((await postbox.answer('request-3'))?.body).toEqual({ ok: true })
  expect((await owner.projects.settled('art-1')).state).toBe('COMPLETED')
})

it('lets nobody wait for ever on a store that is lost', async () => {
  const store = memoryStore()
  let isLost = false
  const losing: Store = {
    ...store,
    open: async (options) => {
      const owned = await store.open(options)
      const lost = () => Promise.reject(new StagecraftError('store.failed', 'The disk is gone.'))
      return { ...owned, commit: (steps) => (isLost ? lost() : owned.commit(steps)) }
    },
  }
  const slow = defineAgent({
    name: 'slow',
    run: () => {
      isLost = true
      return 'done'
    },
  })
  const lifecycle = defineLifecycle({ name: 'slow', phases: [{ name: 'ONLY', tasks: [{ agent: slow }] }] })
  const owner = await createOrchestrator({ store: losing, lifecycles: [lifecycle] })
  await owner.projects.create({ id: 'slow-1', lifecycle: 'slow', intent: 'Wait' })
  await expect(owner.projects.run('slow-1')).rejects.toThrow('The disk is gone.')
  await expect(owner.projects.settled('slow-1')).rejects.toThrow('The disk is gone.')
  // By hand and by `await using`: stopped is stopped.
  await owner.stop()
  await owner.stop()
})
