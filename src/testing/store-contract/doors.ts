/** Doors: one owner, readers and a postbox beside it, and the same data after it was closed. */

import { ignorePosts, outcomeOf, type Chapter } from './contract-tools.ts'
import { checkpointOf, NOON, stepOf, timerOf, workOf } from './sample-step.ts'

export const doors: Chapter = ({ describe, it, expect }, opened) => {
  describe('the owner', () => {
    it(
      'is one at a time',
      opened(async ({ owner, store, again }) => {
        expect(await outcomeOf(store.open(ignorePosts))).toEqual('store.owned')
        expect(await outcomeOf(again().open(ignorePosts))).toEqual('store.owned')
        expect(await owner.commit([stepOf('one', 0)])).toEqual([1])
        await owner.close()
        const next = await again().open(ignorePosts)
        expect(await outcomeOf(store.open(ignorePosts))).toEqual('store.owned')
        await next.close()
      }),
    )

    it(
      'that has closed is refused everything, and may close again',
      opened(async ({ owner, again }) => {
        await owner.commit([stepOf('one', 0, { record: { ended: true } })])
        await owner.close()
        await owner.close()
        const refused = [
          () => owner.commit([stepOf('one', 1)]),
          () => owner.commit([]),
          () => owner.record('one'),
          () => owner.entries({ after: 0, limit: 1 }),
          () => owner.requests(1),
          () => owner.remove('one'),
          () => owner.forgetAnswers(NOON),
        ]
        for (const attempt of refused) expect(await outcomeOf(attempt())).toEqual('store.failed')
        const next = await again().open(ignorePosts)
        expect(await outcomeOf(owner.commit([stepOf('one', 1)]))).toEqual('store.failed')
        await owner.close()
        expect(await outcomeOf(again().open(ignorePosts))).toEqual('store.owned')
        expect(await next.commit([stepOf('one', 1)])).toEqual([2])
        await next.close()
      }),
    )

    it(
      'that opens next sees all that the last one committed',
      opened(async ({ owner, again }) => {
        const step = stepOf('one', 0, {
          contents: [{ ref: 'ref:1', value: 'said' }],
          opens: [workOf('one', 'k'), timerOf('one', 't', NOON)],
          checkpoints: [checkpointOf('one', 'c', 1)],
        })
        await owner.commit([step])
        await owner.close()
        const next = await again().open(ignorePosts)
        expect(await next.record('one')).toEqual(step.record)
        expect(await next.entries({ after: 0, limit: 9 })).toEqual([{ cursor: 1, ...step.entries[0] }])
        expect([...(await next.contents('one', ['ref:1']))]).toEqual([['ref:1', 'said']])
        expect(await next.commandsOf('one')).toEqual(step.opens)
        expect(await next.checkpoint('one', 'c')).toEqual(step.checkpoints[0])
        expect(await next.commit([stepOf('one', 1)])).toEqual([2])
        await next.close()
      }),
    )
  })

  describe('a reader', () => {
    it(
      'reads beside the owner, and sees each commit as soon as it is made',
      opened(async ({ owner, store, again }) => {
        const readers = [await store.openReader(), await again().openReader()]
        for (const seq of [0, 1, 2]) {
          await owner.commit([stepOf('one', seq)])
          for (const reader of readers) {
            expect((await reader.record('one'))?.seq).toEqual(seq + 1)
            expect(await reader.newestCursor()).toEqual(seq + 1)
          }
        }
        for (const reader of readers) await reader.close()
        for (const reader of readers) expect(await outcomeOf(reader.record('one'))).toEqual('store.failed')
        expect(await owner.commit([stepOf('one', 3)])).toEqual([4])
      }),
    )

    it(
      'reads without an owner, and outlives one',
      opened(async ({ owner, again }) => {
        await owner.commit([stepOf('one', 0)])
        const before = await again().openReader()
        await owner.close()
        const after = await again().openReader()
        for (const reader of [before, after]) {
          expect((await reader.heads({ limit: 9 })).map(({ id }) => id)).toEqual(['one'])
          await reader.close()
        }
      }),
    )

    it(
      'disposes itself',
      opened(async ({ owner, store }) => {
        const reader = await store.openReader()
        await reader[Symbol.asyncDispose]()
        expect(await outcomeOf(reader.newestCursor())).toEqual('store.failed')
        await owner[Symbol.asyncDispose]()
        expect(await outcomeOf(owner.newestCursor())).toEqual('store.failed')
      }),
    )
  })

  describe('what nobody may do', () => {
    it(
      'is to change the store through what was given or got',
      opened(async ({ owner }) => {
        const charts = { project: { value: 'PLANNING' } }
        await owner.commit([stepOf('one', 0, { record: { charts } })])
        charts.project.value = 'changed from outside'
        const got = await owner.record('one')
        expect(got?.charts).toEqual({ project: { value: 'PLANNING' } })
        Object.assign(got?.charts ?? {}, { project: 'changed from outside' })
        expect((await owner.record('one'))?.charts).toEqual({ project: { value: 'PLANNING' } })
      }),
    )
  })
}

/** Of a store that nobody has opened yet. */
export const missing =
  (make: Parameters<typeof import('./contract-tools.ts').openedBy>[0]): Chapter =>
  ({ describe, it, expect }) => {
    describe('a store that was never opened', () => {
      it('is missing for readers and postboxes', async () => {
        const { store, cleanup } = await make()
        try {
          expect(await outcomeOf(store.openReader())).toEqual('store.missing')
          expect(await outcomeOf(store.openPostbox())).toEqual('store.missing')
          expect(await outcomeOf(store.open(ignorePosts).then((owner) => owner.close()))).toEqual('done')
          expect(await outcomeOf(store.openReader().then((reader) => reader.close()))).toEqual('done')
          expect(await outcomeOf(store.openPostbox().then((postbox) => postbox.close()))).toEqual('done')
        } finally {
          await cleanup()
        }
      })
    })
  }
