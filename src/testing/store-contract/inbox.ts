/** The inbox: requests from beside, answered once. */

import type { Store } from '../../runtime/store/store.ts'
import { ignorePosts, type Chapter } from './contract-tools.ts'
import { NOON, stepOf } from './sample-step.ts'

const requestOf = (id: string, at = NOON) => ({
  id,
  journal: 'one',
  at,
  body: { decision: 'APPROVED', id },
})

const answerOf = (id: string, at = NOON) => ({ id, at, body: { accepted: true } })

export const inbox: Chapter = ({ describe, it, expect }, opened) => {
  describe('a request', () => {
    it(
      'waits until it is answered, the oldest first; posted twice it is posted once',
      opened(async ({ owner, store }) => {
        const postbox = await store.openPostbox()
        for (const id of ['r2', 'r1', 'r2', 'r3']) await postbox.post(requestOf(id, NOON + 1))
        await postbox.post({ ...requestOf('r2'), body: 'something else' })
        expect(await owner.requests(9)).toEqual(['r2', 'r1', 'r3'].map((id) => requestOf(id, NOON + 1)))
        expect((await owner.requests(2)).map(({ id }) => id)).toEqual(['r2', 'r1'])
        expect(await postbox.answer('r1')).toEqual(undefined)
        await owner.commit([stepOf('one', 0, { answers: [answerOf('r1')] })])
        expect((await owner.requests(9)).map(({ id }) => id)).toEqual(['r2', 'r3'])
        expect(await postbox.answer('r1')).toEqual(answerOf('r1'))
        await postbox.post(requestOf('r1'))
        expect((await owner.requests(9)).map(({ id }) => id)).toEqual(['r2', 'r3'])
        await postbox.close()
      }),
    )

    it(
      'can be posted whether or not somebody is there to answer, and its sender can know',
      opened(async ({ owner, store, again }) => {
        const postbox = await store.openPostbox()
        expect(await postbox.hasOwner()).toEqual(true)
        await owner.close()
        expect(await postbox.hasOwner()).toEqual(false)
        await postbox.post(requestOf('r1'))
        const next = await again().open(ignorePosts)
        expect(await postbox.hasOwner()).toEqual(true)
        expect((await next.requests(9)).map(({ id }) => id)).toEqual(['r1'])
        await next.close()
        await postbox.close()
      }),
    )

    it(
      'has one answer: the first stands, until it is forgotten',
      opened(async ({ owner, store }) => {
        const postbox = await store.openPostbox()
        await postbox.post(requestOf('r1'))
        await owner.commit([
          stepOf('one', 0, { answers: [answerOf('r1', NOON + 1), answerOf('never posted', NOON + 2)] }),
        ])
        await owner.commit([stepOf('one', 1, { answers: [{ ...answerOf('r1', NOON + 9), body: 'no' }] })])
        expect(await postbox.answer('r1')).toEqual(answerOf('r1', NOON + 1))
        await postbox.post(requestOf('waiting', 0))
        await owner.forgetAnswers(NOON + 2)
        expect(await postbox.answer('r1')).toEqual(undefined)
        expect(await postbox.answer('never posted')).toEqual(answerOf('never posted', NOON + 2))
        expect((await owner.requests(9)).map(({ id }) => id)).toEqual(['waiting'])
        await postbox.close()
      }),
    )

    it(
      'that changed nothing is answered without a step',
      opened(async ({ owner, store }) => {
        const postbox = await store.openPostbox()
        for (const id of ['r1', 'r2', 'r3']) await postbox.post(requestOf(id))
        await owner.answer([answerOf('r1'), answerOf('r2')])
        await owner.answer([{ ...answerOf('r1'), body: 'no' }])
        expect(await postbox.answer('r1')).toEqual(answerOf('r1'))
        expect(await postbox.answer('r2')).toEqual(answerOf('r2'))
        expect((await owner.requests(9)).map(({ id }) => id)).toEqual(['r3'])
        await postbox.close()
      }),
    )

    it(
      'is told to the owner, also when it was posted while there was none',
      opened(async ({ owner, store, again }) => {
        await owner.close()
        const postbox = await store.openPostbox()
        await postbox.post(requestOf('r1'))
        const next = await toldOwner(again())
        await next.told
        expect((await next.owner.requests(9)).map(({ id }) => id)).toEqual(['r1'])
        const toldAgain = next.tellsAgain()
        await postbox.post(requestOf('r2'))
        await toldAgain
        expect((await next.owner.requests(9)).map(({ id }) => id)).toEqual(['r1', 'r2'])
        await postbox.close()
        await next.owner.close()
      }),
    )

    it(
      'is told to no owner that has closed',
      opened(async ({ owner, store, again }) => {
        await owner.close()
        const postbox = await store.openPostbox()
        let isClosed = false
        let toldLate = 0
        const onPost = () => {
          toldLate += Number(isClosed)
        }
        const first = await again().open({ onPost })
        await postbox.post(requestOf('r1'))
        await first.close()
        isClosed = true
        await postbox.post(requestOf('r2'))
        const next = await toldOwner(again())
        await next.told
        expect(toldLate).toEqual(0)
        await postbox.close()
        await next.owner.close()
      }),
    )
  })
}

/** An owner, and a promise of the next time it is told of a post. */
async function toldOwner(store: Store) {
  let next = Promise.withResolvers<void>()
  const { promise: told } = next
  const owner = await store.open({ onPost: () => next.resolve() })
  const tellsAgain = () => {
    next = Promise.withResolvers()
    return next.promise
  }
  return { owner, told, tellsAgain }
}
