import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FAULT_POINTS, onFault } from '../../../src/runtime/fault.ts'
import { memoryStore } from '../../../src/runtime/store/memory-store.ts'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { stepOf, workOf } from '../../../src/testing/store-contract/sample-step.ts'
import { tempDir } from './temp-dir.ts'

const STORES = {
  memory: async () => memoryStore(),
  SQLite: async () => sqliteStore({ path: join(await tempDir(), 'store.db') }),
}

describe.for(Object.keys(STORES) as (keyof typeof STORES)[])(
  'a fault in a commit of the store in %s',
  (name) => {
    it('leaves nothing before the commit, and everything after it', async () => {
      const owner = await (await STORES[name]()).open({ onPost: () => {} })
      onTestFinished(() => onFault(undefined))
      const met: string[] = []
      const cursors: number[] = []
      for (const point of FAULT_POINTS.filter((each) => each.startsWith('commit.'))) {
        const seq = (await owner.record('one'))?.seq ?? 0
        onFault((at) => {
          met.push(at)
          if (at === point) throw new Error(`fault at ${point}`)
        })
        const step = stepOf('one', seq, { opens: [workOf('one', point)] })
        await expect(owner.commit([step])).rejects.toMatchObject({
          code: 'store.failed',
          cause: expect.objectContaining({ message: `fault at ${point}` }),
        })
        onFault(undefined)
        cursors.push(await owner.newestCursor())
      }
      expect(met).toEqual([
        'commit.begun',
        'commit.begun',
        'commit.before-commit',
        'commit.begun',
        'commit.before-commit',
        'commit.after-commit',
      ])
      expect(cursors).toEqual([0, 0, 1])
      expect(await owner.commit([stepOf('one', 1)])).toEqual([2])
      await owner.close()
    })
  },
)
