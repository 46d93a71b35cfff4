import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { tempDir } from './temp-dir.ts'

const POLL_MS = 200

/** A store with an owner, in a time that passes only when a test says so. */
async function watched() {
  const store = sqliteStore({ path: join(await tempDir(), 'store.db'), inboxPollMs: POLL_MS })
  await (await store.open({ onPost: () => {} })).close()
  const postbox = await store.openPostbox()
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const post = (id: string) => postbox.post({ id, journal: 'one', at: 1, body: null })
  const onPost = vi.fn<() => void>()
  return { store, post, onPost, closePostbox: () => postbox.close() }
}

describe('the watch over the inbox', () => {
  it('tells at once of what waits when the store is opened, and of each new request once', async () => {
    const { store, post, onPost, closePostbox } = await watched()
    await post('r1')
    const owner = await store.open({ onPost })
    expect(onPost).toHaveBeenCalledTimes(0)
    vi.advanceTimersByTime(0)
    expect(onPost).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(10 * POLL_MS)
    expect(onPost).toHaveBeenCalledTimes(1)
    await post('r2')
    vi.advanceTimersByTime(POLL_MS)
    expect(onPost).toHaveBeenCalledTimes(2)
    await post('r2')
    await owner.answer(['r1', 'r2'].map((id) => ({ id, at: 2, body: null })))
    vi.advanceTimersByTime(10 * POLL_MS)
    expect(onPost).toHaveBeenCalledTimes(2)
    await owner.close()
    await closePostbox()
  })

  it('leaves no timer behind', async () => {
    const { store, onPost, closePostbox } = await watched()
    const owner = await store.open({ onPost })
    expect(vi.getTimerCount()).toBe(2)
    await owner.close()
    expect(vi.getTimerCount()).toBe(0)
    await closePostbox()
  })
})
