import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createOrchestrator } from '../../src/runtime/orchestrator.ts'
import { sqliteStore } from '../../src/runtime/store/sqlite/sqlite-store.ts'
import { startChild, tempFolder } from './child.ts'

const own = (path: string) => createOrchestrator({ store: sqliteStore({ path }) })

/** Another process that owns the store. */
async function holder(path: string) {
  const child = startChild('holder.ts', [path])
  await child.says('open')
  return child
}

describe('a store that another process owns', () => {
  it('has no second owner while the first lives, by whatever path, and one at once when it was killed', async () => {
    const folder = tempFolder()
    const path = join(folder, 'store.db')
    const first = await holder(path)
    symlinkSync(path, join(folder, 'link.db'))
    for (const name of [path, join(folder, 'link.db')])
      await expect(own(name)).rejects.toMatchObject({
        code: 'store.owned',
        message: expect.stringMatching(/has an owner already\. Stop it first/),
      })
    const second = await startChild('holder.ts', [path]).ended
    expect(second.code).toBe(1)
    expect(second.stderr).toContain('store.owned')
    first.kill()
    await first.ended
    const next = await own(path)
    await next.stop()
  })

  it('has no second owner while the first is stopped in its tracks', async () => {
    const path = join(tempFolder(), 'store.db')
    const first = await holder(path)
    first.process.kill('SIGSTOP')
    await expect(own(path)).rejects.toMatchObject({ code: 'store.owned' })
    first.process.kill('SIGKILL')
    await first.ended
    await using next = await own(path)
    expect(await next.projects.list()).toEqual([])
  })
})
