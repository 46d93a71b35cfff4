import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src/model/canonical.ts'
import { carried, uncarried } from '../../../src/runtime/store/sqlite/carried-text.ts'
import { Connection } from '../../../src/runtime/store/sqlite/connection.ts'
import { purging } from '../../../src/runtime/store/sqlite/purging.ts'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { checkpointOf, stepOf } from '../../../src/testing/store-contract/sample-step.ts'
import { STRANGE_TEXTS } from '../../../src/testing/store-contract/values.ts'
import { tempDir } from './temp-dir.ts'

const ignorePosts = { onPost: () => {} }

const savedIn = (path: string) => {
  using db = new DatabaseSync(path)
  return db
    .prepare('select id, typeof(saved) as type from checkpoint order by id')
    .all()
    .map((row) => Object.values(row))
}

describe('a large checkpoint', () => {
  const LARGE = { charts: Array.from({ length: 5_000 }, (_, index) => `state ${index} 😀`) }
  const commitWith = (saved: Json, id: string, seq: number) =>
    stepOf('one', seq - 1, { checkpoints: [{ ...checkpointOf('one', id, seq), saved }] })

  it('is compressed after it was committed, a small one is not; both read the same', async () => {
    const path = join(await tempDir(), 'store.db')
    const owner = await sqliteStore({ path }).open(ignorePosts)
    await owner.commit([commitWith(LARGE, 'large', 1), commitWith('small', 'small', 2)])
    expect(savedIn(path)).toEqual([
      ['large', 'text'],
      ['small', 'text'],
    ])
    expect((await owner.checkpoint('one', 'large'))?.saved).toEqual(LARGE)
    await owner.close()
    expect(savedIn(path)).toEqual([
      ['large', 'blob'],
      ['small', 'text'],
    ])
    const reader = await sqliteStore({ path }).openReader()
    expect((await reader.checkpoint('one', 'large'))?.saved).toEqual(LARGE)
    expect((await reader.checkpoint('one', 'small'))?.saved).toEqual('small')
    await reader.close()
  })

  it('is compressed one after the other, whatever was dropped or made anew meanwhile', async () => {
    const path = join(await tempDir(), 'store.db')
    const owner = await sqliteStore({ path, compressAboveBytes: 100 }).open(ignorePosts)
    for (let seq = 1; seq <= 20; seq += 1)
      await owner.commit([commitWith({ seq, LARGE }, `c${seq % 3}-${seq}`, seq)])
    await owner.commit([stepOf('one', 20, { drops: ['c1-1', 'c2-2'] })])
    await owner.commit([
      stepOf('one', 21, { checkpoints: [{ ...checkpointOf('one', 'c1-1', 22), saved: { anew: LARGE } }] }),
    ])
    await owner.commit([
      stepOf('gone', 0, {
        record: { ended: true },
        checkpoints: [{ ...checkpointOf('gone', 'c', 1), saved: LARGE }],
      }),
    ])
    await owner.remove('gone')
    await owner.close()
    expect(savedIn(path).every(([, type]) => type === 'blob')).toBe(true)
    const reader = await sqliteStore({ path }).openReader()
    expect((await reader.checkpoint('one', 'c1-1'))?.saved).toEqual({ anew: LARGE })
    expect((await reader.checkpoint('one', 'c2-20'))?.saved).toEqual({ seq: 20, LARGE })
    expect((await reader.checkpoints('one')).length).toBe(19)
    await reader.close()
  })

  it('is compressed also when others were before', async () => {
    const path = join(await tempDir(), 'store.db')
    const owner = await sqliteStore({ path }).open(ignorePosts)
    await owner.commit([commitWith(LARGE, 'a', 1)])
    while (savedIn(path)[0]?.[1] !== 'blob') await turn()
    await owner.commit([commitWith(LARGE, 'b', 2)])
    await owner.close()
    expect(savedIn(path)).toEqual([
      ['a', 'blob'],
      ['b', 'blob'],
    ])
  })

  it('is never taken for another that has its name by the time it is compressed', async () => {
    const path = join(await tempDir(), 'store.db')
    const owner = await sqliteStore({ path }).open(ignorePosts)
    const checkpointIn = (journal: string, seq: number) => ({
      ...checkpointOf(journal, 'c', seq),
      saved: { journal, seq, LARGE },
    })
    await owner.commit([
      stepOf('gone', 0, { record: { ended: true }, checkpoints: [checkpointIn('gone', 1)] }),
    ])
    // By now it is under way.
    await turn()
    await owner.remove('gone')
    await owner.commit([stepOf('next', 0, { checkpoints: [checkpointIn('next', 1)] })])
    await owner.close()

    const again = await sqliteStore({ path }).open(ignorePosts)
    expect(await again.checkpoint('next', 'c')).toEqual(checkpointIn('next', 1))
    await again.commit([stepOf('one', 0, { checkpoints: [checkpointIn('one', 1)] })])
    await turn()
    await again.commit([stepOf('one', 1, { drops: ['c'], checkpoints: [checkpointIn('one', 2)] })])
    await again.close()
    const reader = await sqliteStore({ path }).openReader()
    expect(await reader.checkpoint('one', 'c')).toEqual(checkpointIn('one', 2))
    await reader.close()
  })

  it.for(['blob', 'text'])('that is damaged is said to be, as %s', async (type) => {
    const path = join(await tempDir(), 'store.db')
    const owner = await sqliteStore({ path, compressAboveBytes: type === 'blob' ? 1 : 1e9 }).open(ignorePosts)
    await owner.commit([commitWith(LARGE, 'c', 1)])
    await owner.close()
    using db = new DatabaseSync(path)
    const { saved } = db.prepare('select saved from checkpoint').get() ?? {}
    const damaged =
      typeof saved === 'string' ? saved.slice(0, -2) : new Uint8Array(saved as Uint8Array).fill(7, 500, 510)
    db.prepare('update checkpoint set saved = ?').run(damaged)
    const reader = await sqliteStore({ path }).openReader()
    await expect(reader.checkpoint('one', 'c')).rejects.toMatchObject({
      code: 'checkpoint.damaged',
      message: expect.stringMatching(/"c" of journal "one" is damaged.*Roll back to another one/),
    })
    expect((await reader.checkpoints('one')).map(({ id }) => id)).toEqual(['c'])
    await reader.close()
  })
})

describe('what is erased', () => {
  it('leaves the connection as it was', () => {
    const connection = new Connection(':memory:', { readOnly: false, busyMs: 1_234 })
    purging(connection, () => {})
    expect(connection.pragma('busy_timeout')).toBe(1_234)
    expect(connection.pragma('secure_delete')).toBe(0)
    connection.close()
  })

  it.for(['erase', 'remove'] as const)('cannot be found in any file afterwards (%s)', async (how) => {
    const folder = await tempDir()
    const path = join(folder, 'store.db')
    const secret = 'the quick brown fox'
    const owner = await sqliteStore({ path }).open(ignorePosts)
    const contents = [{ ref: 'ref:1', value: `${secret} ${'jumps '.repeat(5_000)} ${secret}` }] as const
    await owner.commit([stepOf('one', 0, { contents, record: { ended: true } })])
    const isFound = () =>
      ['', '-wal'].some((end) => existsSync(path + end) && readFileSync(path + end).includes(secret))
    expect(isFound()).toBe(true)
    await (how === 'erase' ? owner.commit([stepOf('one', 1, { erases: true })]) : owner.remove('one'))
    expect(isFound()).toBe(false)
    await owner.close()
    expect(isFound()).toBe(false)
  })
})

describe('what was asked', () => {
  it('is kept no longer than until it is answered', async () => {
    const path = join(await tempDir(), 'store.db')
    const store = sqliteStore({ path })
    const owner = await store.open(ignorePosts)
    const postbox = await store.openPostbox()
    for (const id of ['r1', 'r2']) await postbox.post({ id, journal: 'one', at: 1, body: 'asked' })
    await owner.answer([{ id: 'r1', at: 2, body: 'yes' }])
    using db = new DatabaseSync(path)
    const bodies = db.prepare('select body from inbox order by id').all()
    expect(bodies.map(({ body }) => body)).toEqual([null, '"asked"'])
    await postbox.close()
    await owner.close()
  })
})

describe('a content of 100 MB', () => {
  it('comes back whole', async () => {
    const path = join(await tempDir(), 'store.db')
    const owner = await sqliteStore({ path }).open(ignorePosts)
    const value = '0123456789 ünïcode'.repeat(5_000_000)
    await owner.commit([stepOf('one', 0, { contents: [{ ref: 'ref:1', value }] })])
    const read = (await owner.contents('one', ['ref:1'])).get('ref:1')
    expect(read === value).toBe(true)
    await owner.close()
  })
})

describe('carried text', () => {
  it('is well formed, holds no NUL, and is uncarried to what it was', () => {
    const texts = [
      ...STRANGE_TEXTS,
      ...STRANGE_TEXTS.map(carried),
      ...STRANGE_TEXTS.map((text) => carried(carried(text))),
    ]
    for (const text of texts) {
      expect(uncarried(carried(text))).toBe(text)
      expect(carried(text).isWellFormed() && !carried(text).includes('\0')).toBe(true)
    }
    expect(new Set(texts.map(carried)).size).toBe(new Set(texts).size)
  })

  it('is the text itself wherever that can be', () => {
    expect(carried('one 😀')).toBe('one 😀')
  })
})
