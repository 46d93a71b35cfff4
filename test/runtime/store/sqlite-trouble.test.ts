import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../../src/model/limits.ts'
import { ownerOf } from '../../../src/runtime/store/sqlite/owner.ts'
import { refuseOldSqlite } from '../../../src/runtime/store/sqlite/sqlite-version.ts'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { own } from '../../../src/runtime/store/sqlite/tenure.ts'
import { stepOf } from '../../../src/testing/store-contract/sample-step.ts'
import { tempDir } from './temp-dir.ts'

const ignorePosts = { onPost: () => {} }

const BESIDE = ['openReader', 'openPostbox'] as const
const DOORS = ['open', ...BESIDE] as const

/** What the doors of a store at a path refuse with; default all doors. */
async function refusalsAt(path: string, doors: readonly (typeof DOORS)[number][] = DOORS) {
  const store = sqliteStore({ path })
  const refusals: Promise<unknown>[] = doors.map((door) =>
    store[door](ignorePosts).then(
      () => `${door} was not refused`,
      (error: unknown) => error,
    ),
  )
  return Promise.all(refusals)
}

/** Every one of these errors has this code and a message like this. */
const allLike = (code: string, message: RegExp, doors: readonly string[] = DOORS) =>
  doors.map(() => expect.objectContaining({ code, message: expect.stringMatching(message) }))

describe('a store in SQLite says what is wrong, and what to do', () => {
  it('with a store of a newer version', async () => {
    const path = join(await tempDir(), 'store.db')
    await (await sqliteStore({ path }).open(ignorePosts)).close()
    new DatabaseSync(path).exec('pragma user_version = 99')
    expect(await refusalsAt(path)).toEqual(allLike('store.newer', /newer Stagecraft \(schema 99.*Update/))
  })

  it('with a database of another application, which it never touches', async () => {
    const table = 'create table other (a); insert into other values (1)'
    const wal = `pragma journal_mode = wal; ${table}`
    for (const content of [
      table,
      wal,
      'pragma application_id = 7',
      'pragma user_version = 1',
      `${table}; drop table other`,
    ]) {
      const folder = await tempDir()
      const path = join(folder, 'other.db')
      const other = new DatabaseSync(path)
      other.exec(content)
      other.close()
      const before = readFileSync(path)
      expect(await refusalsAt(path)).toEqual(allLike('store.failed', /another application.*not touched/))
      expect(readFileSync(path).equals(before), content).toBe(true)
      expect(readdirSync(folder)).not.toContain('other.db-owner')
    }
  })

  it('with a file that is no database', async () => {
    const path = join(await tempDir(), 'notes.txt')
    writeFileSync(path, 'Dear diary, '.repeat(1_000))
    const before = readFileSync(path)
    expect(await refusalsAt(path)).toEqual(allLike('store.failed', /no store at all.*check the path/))
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('with a folder, and with a path that cannot be made', async () => {
    const folder = await tempDir()
    mkdirSync(join(folder, 'inner'))
    expect(await refusalsAt(join(folder, 'inner'))).toEqual(
      allLike('store.failed', /is a folder.*give a path inside it/),
    )
    const nowhere = join(folder, 'not', 'there.db')
    expect(await refusalsAt(nowhere, ['open'])).toEqual(
      allLike('store.failed', /Check that its folder exists/, ['open']),
    )
    expect(await refusalsAt(nowhere, BESIDE)).toEqual(allLike('store.missing', /nothing yet/, BESIDE))
    writeFileSync(join(folder, 'file'), '')
    symlinkSync('loop', join(folder, 'loop'))
    for (const wrong of [join(folder, 'file', 'store.db'), join(folder, 'loop')])
      expect(await refusalsAt(wrong)).toEqual(allLike('store.failed', /cannot be opened\. Check where it is/))
    for (const path of ['', ':memory:'])
      expect(await refusalsAt(path)).toEqual(allLike('store.failed', /memoryStore\(\)/))
  })

  it('with an empty file, which has no readers yet', async () => {
    const path = join(await tempDir(), 'store.db')
    writeFileSync(path, '')
    expect(await refusalsAt(path, BESIDE)).toEqual(allLike('store.missing', /nothing yet/, BESIDE))
    await (await sqliteStore({ path }).open(ignorePosts)).close()
    await (await sqliteStore({ path }).openReader()).close()
  })

  it('with a store that was damaged', async () => {
    const path = join(await tempDir(), 'store.db')
    const owner = await sqliteStore({ path }).open(ignorePosts)
    await owner.commit([stepOf('one', 0, { record: { charts: { text: 'x'.repeat(100_000) } } })])
    await owner.close()
    const file = openSync(path, 'r+')
    // All but the first page, which says that it is one of ours.
    writeSync(file, Buffer.alloc(80_000, 7), 0, 80_000, 4_096)
    closeSync(file)
    const reader = await sqliteStore({ path }).openReader()
    await expect(reader.record('one')).rejects.toMatchObject({
      code: 'store.failed',
      message: expect.stringMatching(/is damaged.*Restore a backup/),
    })
    await reader.close()
  })

  it('with a version of SQLite that can corrupt it', () => {
    for (const version of ['3.51.2', '3.50.9', '3.9.99', '2.99.99', 'unknown'])
      expect(() => refuseOldSqlite(version), version).toThrow(/Use Node 22\.23 or later, or Node 24/)
    for (const version of ['3.51.3', '3.51.10', '3.53.0', '4.0.0'])
      expect(() => refuseOldSqlite(version)).not.toThrow()
  })
})

describe('a store in SQLite that is in trouble', () => {
  it('says that the disk is full, and goes on once there is room', async () => {
    const path = join(await tempDir(), 'store.db')
    const settings = {
      path,
      inboxPollMs: 200,
      compressAboveBytes: LIMITS.checkpointCompressAboveBytes,
      busyMs: 100,
    }
    const tenure = own(settings)
    const owner = ownerOf(tenure, settings, ignorePosts)
    await owner.commit([stepOf('one', 0)])
    tenure.connection.exec('pragma max_page_count = 40')
    const large = {
      record: { charts: { text: 'x'.repeat(10_000) } },
      contents: [{ ref: 'ref:1' as const, value: 'y'.repeat(200_000) }],
    }
    for (const _ of [1, 2])
      await expect(owner.commit([stepOf('two', 0), stepOf('one', 1, large)])).rejects.toMatchObject({
        code: 'store.full',
        message: expect.stringMatching(/nothing was written\. Make room, then try again/),
      })
    expect(await owner.record('two')).toBe(undefined)
    // Small steps still fit.
    expect(await owner.commit([stepOf('one', 1)])).toEqual([2])
    tenure.connection.exec('pragma max_page_count = 1000000')
    expect(await owner.commit([stepOf('two', 0), stepOf('one', 2, large)])).toEqual([3, 4])
    await owner.close()
  })

  it('says that another program holds it, and goes on once that has finished', async () => {
    const path = join(await tempDir(), 'store.db')
    const owner = await sqliteStore({ path, busyMs: 1 }).open(ignorePosts)
    using other = new DatabaseSync(path)
    other.exec('begin immediate')
    await expect(owner.commit([stepOf('one', 0)])).rejects.toMatchObject({
      code: 'store.failed',
      message: expect.stringMatching(/Another program keeps .* locked/),
    })
    other.exec('rollback')
    expect(await owner.commit([stepOf('one', 0)])).toEqual([1])
    await owner.close()
  })

  it('refuses what JSON cannot carry, and goes on', async () => {
    const path = join(await tempDir(), 'store.db')
    const owner = await sqliteStore({ path }).open(ignorePosts)
    // A bigint is none of the types, and comes all the same.
    const charts = { large: 1n } as never
    await expect(
      owner.commit([stepOf('two', 0), stepOf('one', 0, { record: { charts } })]),
    ).rejects.toMatchObject({
      code: 'store.failed',
    })
    expect(await owner.commit([stepOf('two', 0)])).toEqual([1])
    await owner.close()
  })
})
