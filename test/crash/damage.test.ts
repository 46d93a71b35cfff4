import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { defineLifecycle } from '../../src/runtime/projects/define-lifecycle.ts'
import { createOrchestrator, type Orchestrator } from '../../src/runtime/orchestrator.ts'
import { openReader } from '../../src/runtime/reader.ts'
import { sqliteStore } from '../../src/runtime/store/sqlite/sqlite-store.ts'
import { seededRandom, steppingClock, type SeededRandom } from '../../src/testing/index.ts'
import { tempFolder } from './child.ts'
import { crashLifecycles, PEOPLE } from './fixtures/lifecycle.ts'

const source = mkdtempSync(join(tmpdir(), 'stagecraft-damage-'))
const lifecycles = crashLifecycles(join(source, 'effects.log'))

const open = (folder: string) =>
  createOrchestrator({
    store: sqliteStore({ path: join(folder, 'store.db'), compressAboveBytes: 900 }),
    lifecycles,
  })

/** A store with a project that has ended, and one that waits for approval. */
beforeAll(async () => {
  const orchestrator = await open(source)
  const { projects } = orchestrator
  for (const id of ['whole-1', 'waits-2'])
    await projects.create({ id, lifecycle: 'book', intent: `Write ${id}` })
  await Promise.all([projects.run('whole-1'), projects.run('waits-2')])
  for (const by of PEOPLE) await approve(orchestrator, 'whole-1', by)
  await projects.settled('whole-1')
  await orchestrator.stop()
})
afterAll(() => rmSync(source, { recursive: true, force: true }))

const approve = ({ projects }: Orchestrator, id: string, by: string) =>
  projects.submitApproval(id, { approval: 'approval-1', version: 1, decision: 'APPROVED', by })

/** A copy that nobody has damaged yet. */
function copied() {
  const folder = tempFolder()
  cpSync(source, folder, { recursive: true })
  const db = new DatabaseSync(join(folder, 'store.db'))
  onTestFinished(() => {
    if (db.isOpen) db.close()
  })
  const run = (sql: string, ...values: SQLInputValue[]) =>
    expect(db.prepare(sql).run(...values).changes).toBe(1)
  return { folder, db, run }
}

/** What the journal that is called so is damaged in, as verify says. */
async function verdict(folder: string, id: string): Promise<string> {
  await using reader = await openReader(sqliteStore({ path: join(folder, 'store.db') }), { lifecycles })
  for await (const check of reader.checks(id))
    if (!check.isWhole) return `${check.problem.code}: ${check.problem.message}`
  return 'whole'
}

const ENTRY = `(select number from journal where id = 'whole-1') and seq = 7`
const OF_WHOLE = `journal = (select number from journal where id = 'whole-1')`
const OF_WAITS = `journal = (select number from journal where id = 'waits-2')`
const FACT = /^journal\.broken: .* fact 7 \(\w+, cursor \d+\)/

describe('a store that was damaged', () => {
  it('is whole as long as nobody touches it', async () => {
    const { folder } = copied()
    expect(await verdict(folder, 'whole-1')).toBe('whole')
    expect(await verdict(folder, 'waits-2')).toBe('whole')
    await using orchestrator = await open(folder)
    expect(await orchestrator.projects.list()).toMatchObject([
      { id: 'waits-2', state: 'AWAITING_APPROVAL' },
      { id: 'whole-1', state: 'COMPLETED' },
    ])
  })

  it.each([
    ['payload', `update entry set payload = '{"phase":"SHIP"}' where journal = ${ENTRY}`],
    ['payload beyond JSON', `update entry set payload = '{"phase"' where journal = ${ENTRY}`],
    [
      'cause',
      `update entry set cause = '{"to":"root","event":{"type":"START"},"settles":null}' where journal = ${ENTRY}`,
    ],
    ['hash', `update entry set hash = replace(hash, substr(hash, 1, 1), 'x') where journal = ${ENTRY}`],
    ['previous hash', `update entry set previousHash = hash where journal = ${ENTRY}`],
    ['type', `update entry set type = 'PROJECT_COMPLETED' where journal = ${ENTRY}`],
    ['time', `update entry set at = at + 1 where journal = ${ENTRY}`],
    ['state hash', `update entry set stateHash = coalesce(stateHash, '') || '0' where journal = ${ENTRY}`],
  ])('names the fact whose %s was changed', async (_, change) => {
    const { folder, run } = copied()
    run(change)
    expect(await verdict(folder, 'whole-1')).toMatch(FACT)
    expect(await verdict(folder, 'waits-2'), 'the other journal is not concerned').toBe('whole')
  })

  it('names the fact after one that is missing', async () => {
    const { folder, run } = copied()
    run(`delete from entry where journal = ${ENTRY}`)
    expect(await verdict(folder, 'whole-1')).toMatch(
      /^journal\.broken: .* fact 8 .* follows 6: an entry is missing/,
    )
  })

  it.each([
    [
      'its charts',
      `update chart set charts = replace(charts, 'REVIEW', 'SHIP__') where ${OF_WAITS}`,
      /stored state/,
    ],
    [
      'its charts beyond JSON',
      `update chart set charts = substr(charts, 2) where ${OF_WAITS}`,
      /stored state is no JSON/,
    ],
    [
      'where its head says it is',
      `update journal set state = 'SHIP' where id = 'waits-2'`,
      /its head says SHIP/,
    ],
    [
      'how far its head says it is',
      `update journal set seq = seq - 1 where id = 'waits-2'`,
      /stands after its newest|newest entry/,
    ],
    [
      'the version its head says it lives by',
      `update journal set version = 2 where id = 'waits-2'`,
      /version 2/,
    ],
    ['whether its head says it has ended', `update journal set ended = 1 where id = 'waits-2'`, /ended/],
    [
      'the salt of its contents',
      `update journal set salt = salt || 'x' where id = 'waits-2'`,
      /content ref:\w{64} of fact 1 /,
    ],
    [
      'when a timer is due',
      `update command set dueAt = dueAt - 1 where ${OF_WAITS}`,
      /open command waits-2\.\d+\.\d+ is not/,
    ],
    [
      'what a timer brings',
      `update command set body = '{"type":"PAUSE"}' where ${OF_WAITS}`,
      /open command waits-2\.\d+\.\d+ is not/,
    ],
    [
      'a timer that is gone',
      `delete from command where ${OF_WAITS}`,
      /open command waits-2\.\d+\.\d+ is missing/,
    ],
  ])('names %s', async (_, change, words) => {
    const { folder, run } = copied()
    run(change)
    expect(await verdict(folder, 'waits-2')).toMatch(/^journal\.broken: /)
    expect(await verdict(folder, 'waits-2')).toMatch(words)
  })

  it.each([
    [
      'changed',
      `update content set value = replace(value, 'Write', 'Burn_') where ${OF_WHOLE} and value like '%Write%'`,
      /content ref:\w{64} of fact 1 \(PROJECT_CREATED, cursor \d+\) is not what was stored/,
    ],
    [
      'no JSON any more',
      `update content set value = substr(value, 2) where ${OF_WHOLE} and value like '%Write%'`,
      /content ref:\w{64} is no JSON/,
    ],
    [
      'gone',
      `delete from content where ${OF_WHOLE} and value like '%Write%'`,
      /content ref:\w{64} of fact 1 \(PROJECT_CREATED, cursor \d+\) is missing/,
    ],
  ])('names a content that is %s', async (_, change, words) => {
    const { folder, run } = copied()
    run(change)
    expect(await verdict(folder, 'whole-1')).toMatch(words)
  })

  it.each([
    ['saved state', `saved = replace(saved, 'DRAFT', 'SHIP_')`, 'DRAFT-1'],
    [
      'saved state and its hash',
      `saved = '{}', stateHash = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'`,
      'DRAFT-1',
    ],
    ['fact', `seq = seq + 1`, 'DRAFT-1'],
    ['packed bytes', `saved = unhex('00' || substr(hex(saved), 3))`, 'SHIP-3'],
  ])('names a checkpoint whose %s was changed, and does not roll back to it', async (_, change, id) => {
    const { folder, run, db } = copied()
    expect(
      db.prepare(`select typeof(saved) as kind from checkpoint where ${OF_WHOLE} and id = ?`).get(id),
    ).toEqual({
      kind: id === 'SHIP-3' ? 'blob' : 'text',
    })
    run(`update checkpoint set ${change} where ${OF_WHOLE} and id = ?`, id)
    db.close()
    expect(await verdict(folder, 'whole-1')).toMatch(new RegExp(`^journal\\.broken: .* checkpoint "${id}"`))
    await using orchestrator = await open(folder)
    const before = await orchestrator.projects.get('whole-1')
    await expect(orchestrator.projects.rollback('whole-1', id)).rejects.toMatchObject({
      code: 'checkpoint.damaged',
    })
    expect(await orchestrator.projects.get('whole-1')).toEqual(before)
  })

  it('names a checkpoint that is gone', async () => {
    const { folder, run } = copied()
    run(`delete from checkpoint where ${OF_WHOLE} and id = 'REVIEW-2'`)
    expect(await verdict(folder, 'whole-1')).toMatch(/checkpoint "REVIEW-2" of fact \d+ is missing/)
  })

  it('does not travel to where a damaged fact leads', async () => {
    const { folder, run, db } = copied()
    run(`update entry set payload = '{"phase":"SHIP"}' where journal = ${ENTRY}`)
    db.close()
    await using orchestrator = await open(folder)
    const { cursor } = (await orchestrator.projects.history('whole-1'))[9] ?? { cursor: 0 }
    await expect(orchestrator.projects.at('whole-1', cursor)).rejects.toMatchObject({
      code: 'journal.broken',
    })
  })

  it('takes no step on a stored state that was changed, and goes on with the other projects', async () => {
    const { folder, run, db } = copied()
    run(`update chart set charts = replace(charts, '"quorum":2', '"quorum":1') where ${OF_WAITS}`)
    db.close()
    await using orchestrator = await open(folder)
    await expect(approve(orchestrator, 'waits-2', 'ana')).rejects.toMatchObject({ code: 'journal.broken' })
    await expect(orchestrator.projects.cancel('waits-2')).rejects.toMatchObject({ code: 'journal.broken' })
    expect((await orchestrator.projects.history('waits-2')).at(-1)?.type).toBe('APPROVAL_REQUESTED')
    await orchestrator.projects.create({ id: 'another-4', lifecycle: 'book', intent: 'Write another' })
    expect((await orchestrator.projects.run('another-4')).state).toBe('AWAITING_APPROVAL')
  })

  it('does not keep the deadlines of other projects waiting', async () => {
    const path = join(tempFolder(), 'store.db')
    const clock = steppingClock({ startMs: Date.UTC(2026, 0, 15) })
    const troubles: unknown[] = []
    const options = {
      store: sqliteStore({ path }),
      lifecycles: [
        defineLifecycle({ name: 'asks', phases: [{ name: 'ASK', approval: { deadlineMs: 60_000 } }] }),
      ],
      // Only ids of this very clock come back.
      clock: { ...clock, clearTimeout: (id: unknown) => clock.clearTimeout(id as number) },
      onTrouble: (error: unknown) => troubles.push(error),
    }
    const before = await createOrchestrator(options)
    for (const id of ['damaged', 'sound']) {
      await before.projects.create({ id, lifecycle: 'asks', intent: 'Ask' })
      await before.projects.run(id)
      clock.advance(5_000)
    }
    await before.stop()
    const db = new DatabaseSync(path)
    db.exec(`update chart set charts = replace(charts, 'ASK', 'SKA')
      where journal = (select number from journal where id = 'damaged')`)
    db.close()
    await using after = await createOrchestrator(options)
    await clock.advanceAsync(54_999)
    expect(troubles).toMatchObject([{ code: 'journal.broken' }])
    expect((await after.projects.get('sound')).state).toBe('AWAITING_APPROVAL')
    await clock.advanceAsync(1)
    expect((await after.projects.get('sound')).state).toBe('PAUSED')
  })

  it('is not what somebody can make it look like', async () => {
    const { folder, db } = copied()
    db.close()
    await using orchestrator = await open(folder)
    const roles = [`ref:${'0'.repeat(64)}`]
    const submission = { approval: 'approval-1', version: 1, decision: 'APPROVED', by: 'ana', roles } as const
    await expect(orchestrator.projects.submitApproval('waits-2', submission)).rejects.toMatchObject({
      code: 'input.invalid',
    })
    expect((await orchestrator.projects.verify('waits-2')).entries).toBeGreaterThan(10)
  })

  it('is found out by any single bit', async () => {
    const { folder, db } = copied()
    const random = seededRandom(4)
    const missed: string[] = []
    for (let flips = 0; flips < 150; flips += 1) {
      const flipped = flip(db, random)
      if (!flipped) continue
      const verdicts = [await verdict(folder, 'whole-1'), await verdict(folder, 'waits-2')]
      if (verdicts.every((one) => one === 'whole')) missed.push(flipped.what)
      if (!verdicts.every((one) => one === 'whole' || one.startsWith('journal.broken')))
        missed.push(verdicts.join(' '))
      flipped.takeBack()
    }
    expect(missed).toEqual([])
    expect(await verdict(folder, 'whole-1')).toBe('whole')
  })
})

/** What verify vouches for. */
const VOUCHED = [
  ['entry', 'payload'],
  ['entry', 'cause'],
  ['entry', 'hash'],
  ['entry', 'previousHash'],
  ['entry', 'stateHash'],
  ['entry', 'type'],
  ['chart', 'charts'],
  ['content', 'ref'],
  ['content', 'value'],
  ['checkpoint', 'saved'],
  ['checkpoint', 'stateHash'],
  ['command', 'key'],
  ['command', 'body'],
  ['journal', 'hash'],
  ['journal', 'stateHash'],
  ['journal', 'salt'],
] as const

/** Flips one bit of one value; undefined where there is none. */
function flip(db: DatabaseSync, random: SeededRandom) {
  const [table, column] = random.pick(VOUCHED)
  const rows = db.prepare(`select ${column} as value from ${table} where ${column} is not null`).all()
  const before = random.pick(rows)['value'] as string | Uint8Array
  const bytes = Buffer.from(before)
  // The first ten bytes of gzip tell of a time and a system, which nobody reads.
  const at = random.between(typeof before === 'string' ? 0 : 10, bytes.length - 1)
  const bit = random.between(0, 7)
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at)
  // SQLite would not compare the bytes of a text with a text.
  const as = typeof before === 'string' ? 'cast(? as text)' : '?'
  const update = db.prepare(`update ${table} set ${column} = ${as} where ${column} = ${as}`)
  update.run(bytes, Buffer.from(before))
  return {
    what: `bit ${bit} of byte ${at} of ${table}.${column}: ${String(before).slice(0, 200)}`,
    takeBack: () => update.run(Buffer.from(before), bytes),
  }
}
