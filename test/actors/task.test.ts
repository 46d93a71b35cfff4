import { describe, expect, it, vi } from 'vitest'
import { createActor, type Snapshot } from 'xstate'
import { task, type TaskScope } from '../../src/actors/task.ts'

const settled = (actor: { subscribe(observer: object): unknown; getSnapshot(): Snapshot<unknown> }) =>
  new Promise<Snapshot<unknown>>((resolve) => {
    const tell = () => resolve(actor.getSnapshot())
    actor.subscribe({ complete: tell, error: tell })
  })

describe('a task', () => {
  it.each<[string, () => unknown]>([
    ['a value', () => 7],
    ['a promise', () => Promise.resolve(7)],
    ['a thenable', () => ({ then: (resolve: (value: number) => void) => resolve(7) })],
  ])('ends with %s that it returns', async (_, run) => {
    const actor = createActor(task(run), { input: undefined })
    const end = settled(actor)
    actor.start()
    expect(await end).toMatchObject({ status: 'done', output: 7 })
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
  ])('ends in error when it %s', async (_, run) => {
    const actor = createActor(task(run), { input: undefined })
    const end = settled(actor)
    actor.start()
    expect(await end).toMatchObject({ status: 'error', error: { message: 'down' } })
  })

  it('aborts its signal and runs its cleanups when it is stopped, and says nothing afterwards', async () => {
    const warn = vi.spyOn(console, 'warn')
    const work = Promise.withResolvers<number>()
    const scopes: TaskScope[] = []
    const cleaned: string[] = []
    const actor = createActor(
      task((_: undefined, scope) => {
        scopes.push(scope)
        scope.onStop(() => cleaned.push('cleaned'))
        return work.promise
      }),
      { input: undefined },
    ).start()
    const early = scopes[0]?.signal
    expect(early?.aborted).toBe(false)
    actor.stop()
    expect(early?.aborted).toBe(true)
    expect((early?.reason as Error).name).toBe('AbortError')
    expect(scopes[0]?.isStopped).toBe(true)
    expect(cleaned).toEqual(['cleaned'])
    work.resolve(1)
    await work.promise
    await Promise.resolve()
    expect(actor.getSnapshot()).toMatchObject({ status: 'stopped', output: undefined })
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })

  it('gives a signal that has aborted to one who reads it too late', () => {
    const scopes: TaskScope[] = []
    createActor(
      task((_: undefined, scope) => (scopes.push(scope), new Promise(() => {}))),
      { input: undefined },
    )
      .start()
      .stop()
    expect(scopes[0]?.signal.aborted).toBe(true)
  })

  it('does not abort the signal of a task that has ended by itself', async () => {
    const scopes: TaskScope[] = []
    const actor = createActor(
      task((_: undefined, scope) => (scopes.push(scope), 1)),
      { input: undefined },
    ).start()
    actor.stop()
    expect(scopes[0]?.signal.aborted).toBe(false)
  })
})
