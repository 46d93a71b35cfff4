import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { stepOf } from '../../../src/testing/store-contract/sample-step.ts'
import { startChild } from './child.ts'
import { tempDir } from './temp-dir.ts'

const open = (path: string, onPost = () => {}) => sqliteStore({ path, inboxPollMs: 1 }).open({ onPost })

describe('the owner of a store in SQLite', () => {
  it('keeps others out by whatever path they come', async () => {
    const folder = await tempDir()
    const path = join(folder, 'store.db')
    const owner = await open(path)
    symlinkSync(path, join(folder, 'link.db'))
    mkdirSync(join(folder, 'inner'))
    symlinkSync(folder, join(folder, 'inner', 'folder'))
    const paths = [
      join(folder, 'link.db'),
      join(folder, 'inner', 'folder', 'store.db'),
      relative(process.cwd(), path),
      `${folder}/inner/../store.db`,
    ]
    for (const other of paths)
      await expect(open(other), other).rejects.toMatchObject({
        code: 'store.owned',
        message: expect.stringMatching(/has an owner already\. Stop it first/),
      })
    await owner.commit([stepOf('one', 0)])
    await owner.close()
    const next = await open(join(folder, 'link.db'))
    expect(await next.newestCursor()).toBe(1)
    await next.close()
  })

  it('keeps others out also where a link names a file that is not there yet', async () => {
    const folder = await tempDir()
    symlinkSync('store.db', join(folder, 'link.db'))
    const owner = await open(join(folder, 'link.db'))
    await expect(open(join(folder, 'store.db'))).rejects.toMatchObject({ code: 'store.owned' })
    await owner.close()
    expect(existsSync(join(folder, 'store.db'))).toBe(true)
  })

  it('keeps other processes out until it is killed', async () => {
    const path = join(await tempDir(), 'store.db')
    const child = startChild('holding', path)
    expect(await child.line(), child.errors()).toBe('open')
    await expect(open(path)).rejects.toMatchObject({ code: 'store.owned' })
    await child.kill()
    await (await open(path)).close()
  })

  it('has a lock that holds nothing and leaves nothing beside it', async () => {
    const folder = await tempDir()
    const owner = await open(join(folder, 'store.db'))
    await owner.commit([stepOf('one', 0)])
    expect(statSync(join(folder, 'store.db-owner')).size).toBe(0)
    await owner.close()
    expect(readdirSync(folder).toSorted()).toEqual(['store.db', 'store.db-owner'])
  })

  it('is superseded, and refused, when somebody deletes its lock', async () => {
    const folder = await tempDir()
    const path = join(folder, 'store.db')
    const owner = await open(path)
    await owner.commit([stepOf('one', 0)])
    rmSync(join(folder, 'store.db-owner'))
    const next = await open(path)
    await expect(owner.commit([stepOf('one', 1)])).rejects.toMatchObject({
      code: 'store.failed',
      message: expect.stringMatching(/Another process became the owner/),
    })
    await expect(owner.remove('one')).rejects.toMatchObject({ code: 'store.failed' })
    await expect(owner.forgetAnswers(0)).rejects.toMatchObject({ code: 'store.failed' })
    expect(await next.commit([stepOf('one', 1)])).toEqual([2])
    await owner.close()
    expect(await next.commit([stepOf('one', 2)])).toEqual([3])
    await next.close()
  })

  it('does not keep its process alive', async () => {
    const path = join(await tempDir(), 'store.db')
    const child = startChild('holding', path, 'briefly')
    expect(await child.exited, child.errors()).toBe(0)
  })
})

describe('beside the owner', () => {
  it('another process reads, and reads on without one', async () => {
    const path = join(await tempDir(), 'store.db')
    const owner = await open(path)
    await owner.commit([stepOf('one', 0), stepOf('two', 0, { entries: [{}, {}] })])
    const said = {
      heads: [
        ['one', 1],
        ['two', 2],
      ],
      cursor: 3,
    }
    const beside = startChild('beside', path, 'read')
    expect(JSON.parse((await beside.line()) ?? beside.errors())).toEqual(said)
    await owner.commit([stepOf('one', 1)])
    await owner.close()
    const after = startChild('beside', path, 'read')
    expect(JSON.parse((await after.line()) ?? after.errors())).toEqual({
      heads: [
        ['one', 2],
        ['two', 2],
      ],
      cursor: 4,
    })
  })

  it('another process posts, and is answered', async () => {
    const path = join(await tempDir(), 'store.db')
    const { promise: told, resolve: onPost } = Promise.withResolvers<void>()
    const owner = await open(path, onPost)
    const child = startChild('beside', path, 'answer')
    expect(await child.line(), child.errors()).toBe('posted')
    await told
    const request = { id: 'r1', journal: 'one', at: 7, body: { decision: 'APPROVED' } }
    expect(await owner.requests(9)).toEqual([request])
    await owner.commit([stepOf('one', 0, { answers: [{ id: 'r1', at: 8, body: 'accepted' }] })])
    expect(JSON.parse((await child.line()) ?? child.errors())).toEqual({ id: 'r1', at: 8, body: 'accepted' })
    await owner.close()
  })

  it('another process posts without an owner, and the next one is told', async () => {
    const path = join(await tempDir(), 'store.db')
    await (await open(path)).close()
    const child = startChild('beside', path, 'post')
    expect(await child.exited, child.errors()).toBe(0)
    const { promise: told, resolve: onPost } = Promise.withResolvers<void>()
    const owner = await open(path, onPost)
    await told
    expect((await owner.requests(9)).map(({ id }) => id)).toEqual(['r1'])
    await owner.close()
  })
})
