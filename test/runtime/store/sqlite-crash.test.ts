import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { OwnedStore, StoreReader } from '../../../src/runtime/store/store.ts'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { stepOf } from '../../../src/testing/store-contract/sample-step.ts'
import { startChild } from './child.ts'
import { tempDir } from './temp-dir.ts'

const open = (path: string) => sqliteStore({ path }).open({ onPost: () => {} })

/** What SQLite itself thinks of the file. */
function integrityOf(path: string): unknown {
  using db = new DatabaseSync(path)
  return db
    .prepare('pragma integrity_check')
    .all()
    .map((row) => Object.values(row)[0])
}

/** Both journals stand at the same entry, and all that belongs to it is there. */
async function standOf(store: StoreReader | OwnedStore): Promise<number> {
  const seq = (await store.record('one'))?.seq ?? 0
  expect((await store.record('two'))?.seq ?? 0).toBe(seq)
  const entries = await store.entries({ after: 0, limit: 1e6 })
  for (const journal of ['one', 'two'])
    expect(entries.filter((entry) => entry.journal === journal).map((entry) => entry.seq)).toEqual(
      Array.from({ length: seq }, (_, index) => index + 1),
    )
  if (seq === 0) return seq
  expect((await store.commandsOf('one')).map(({ key }) => key)).toEqual([`k${seq - 1}`])
  expect((await store.contents('one', [`ref:${seq - 1}`])).get(`ref:${seq - 1}`)).toBe(`said in ${seq - 1}`)
  const checkpoints = await store.checkpoints('one')
  expect(checkpoints.length).toBe(Math.min(10, seq))
  for (const { id } of checkpoints)
    expect((await store.checkpoint('one', id))?.saved).toEqual({ large: 'saved '.repeat(2_000) })
  return seq
}

describe('an owner that is killed in the middle of its commits', () => {
  it('has lost nothing that was acknowledged, and written no half of anything', async () => {
    for (const lines of [1, 40, 200]) {
      const path = join(await tempDir(), 'store.db')
      const child = startChild('committing', path)
      let acknowledged = 0
      while (acknowledged < lines) acknowledged = Number(await child.line())
      await child.kill()
      // What it said last may still be on its way.
      for (let line = await child.line(); line !== undefined; line = await child.line())
        acknowledged = Number(line)
      const reader = await sqliteStore({ path }).openReader()
      expect(await standOf(reader)).toBeGreaterThanOrEqual(acknowledged)
      await reader.close()
      const next = await open(path)
      const seq = await standOf(next)
      expect(seq).toBeLessThanOrEqual(acknowledged + 1)
      await next.commit([stepOf('one', seq)])
      await next.close()
      expect(integrityOf(path)).toEqual(['ok'])
    }
  })

  it.for([
    ['commit.begun', 4],
    ['commit.before-commit', 4],
    ['commit.after-commit', 5],
  ] as const)('at %s stands at entry %i when the fifth commit was under way', async ([point, expected]) => {
    const path = join(await tempDir(), 'store.db')
    const child = startChild('committing', path, point, '5')
    expect(await child.exited, child.errors()).toBe(null)
    const next = await open(path)
    expect(await standOf(next)).toBe(expected)
    await next.close()
    expect(integrityOf(path)).toEqual(['ok'])
  })
})
