/** Heads, and what lists of journals are made of. */

import type { HeadQuery, OwnedStore } from '../../runtime/store/store.ts'
import { outcomeOf, type Chapter } from './contract-tools.ts'
import { stepOf, workOf } from './sample-step.ts'

export const heads: Chapter = ({ describe, it, expect }, opened) => {
  describe('heads', () => {
    it(
      'are records without salt and charts',
      opened(async ({ owner }) => {
        const step = stepOf('one', 0)
        await owner.commit([step])
        const { salt: _, charts: __, ...head } = step.record
        expect(await owner.heads({ limit: 9 })).toEqual([head])
      }),
    )

    it(
      'come in order of id, page by page',
      opened(async ({ owner }) => {
        const ids = ['b10', 'B10', 'a-1', 'a_1', 'a01', '9aa']
        await owner.commit(ids.map((id) => stepOf(id, 0)))
        const idsOf = async (query: HeadQuery) => (await owner.heads(query)).map(({ id }) => id)
        // By code point, as every store can: digits, capitals, letters.
        expect(await idsOf({ limit: 99 })).toEqual(['9aa', 'B10', 'a-1', 'a01', 'a_1', 'b10'])
        expect(await idsOf({ limit: 2 })).toEqual(['9aa', 'B10'])
        expect(await idsOf({ after: 'B10', limit: 3 })).toEqual(['a-1', 'a01', 'a_1'])
        expect(await idsOf({ after: 'b10', limit: 3 })).toEqual([])
      }),
    )

    it(
      'are found by kind, lifecycle, state, end, and all of them together',
      opened(async ({ owner }) => {
        await fill(owner)
        const idsOf = async (query: Omit<HeadQuery, 'limit'>) =>
          (await owner.heads({ limit: 99, ...query })).map(({ id }) => id)
        expect(await idsOf({ kind: 'review' })).toEqual(['r-1'])
        expect(await idsOf({ lifecycle: 'other' })).toEqual(['p-3'])
        expect(await idsOf({ state: 'COMPLETED' })).toEqual(['p-2'])
        expect(await idsOf({ ended: false })).toEqual(['p-1', 'p-3'])
        expect(await idsOf({ ended: true, kind: 'project' })).toEqual(['p-2'])
        expect(await idsOf({ kind: 'project', ended: false, after: 'p-1' })).toEqual(['p-3'])
        expect(await idsOf({ state: 'unknown' })).toEqual([])
      }),
    )
  })

  describe('live versions', () => {
    it(
      'are those of journals that have not ended, counted, with some of their ids',
      opened(async ({ owner }) => {
        await fill(owner)
        const many = Array.from({ length: 12 }, (_, index) => `m-${String(index).padStart(2, '0')}`)
        await owner.commit(many.map((id) => stepOf(id, 0, { record: { version: 2 } })))
        expect(await owner.liveVersions()).toEqual([
          { kind: 'project', lifecycle: 'hardware-design', version: 1, count: 1, ids: ['p-1'] },
          { kind: 'project', lifecycle: 'hardware-design', version: 2, count: 12, ids: many.slice(0, 10) },
          { kind: 'project', lifecycle: 'other', version: 1, count: 1, ids: ['p-3'] },
        ])
      }),
    )
  })

  describe('a removed journal', () => {
    it(
      'is forgotten, but not that its id was used',
      opened(async ({ owner, again }) => {
        await owner.commit([
          stepOf('keep', 0),
          stepOf('one', 0, {
            record: { ended: true },
            opens: [workOf('one', 'k')],
            contents: [{ ref: 'ref:1', value: 'said' }],
          }),
        ])
        await owner.remove('one')
        expect(await owner.record('one')).toEqual(undefined)
        expect((await owner.heads({ limit: 9 })).map(({ id }) => id)).toEqual(['keep'])
        expect((await owner.entries({ after: 0, limit: 9 })).map(({ cursor }) => cursor)).toEqual([1])
        expect(await owner.entries({ after: 0, journal: 'one', limit: 9 })).toEqual([])
        expect(await owner.journalsWithWork('', 9)).toEqual([])
        expect([...(await owner.contents('one', ['ref:1']))]).toEqual([])
        expect(await outcomeOf(owner.commit([stepOf('one', 0)]))).toEqual('store.conflict')
        expect(await outcomeOf(owner.commit([stepOf('one', 1)]))).toEqual('store.conflict')
        await owner.close()
        const next = await again().open({ onPost: () => {} })
        expect(await outcomeOf(next.commit([stepOf('one', 0)]))).toEqual('store.conflict')
        // A cursor is never given twice, or a feed that goes on after it would miss an entry.
        expect(await next.commit([stepOf('two', 0, { opens: [workOf('two', 'k')] })])).toEqual([3])
        await next.close()
      }),
    )

    it(
      'has ended before',
      opened(async ({ owner }) => {
        await owner.commit([stepOf('one', 0)])
        expect(await outcomeOf(owner.remove('one'))).toEqual('store.conflict')
        expect(await outcomeOf(owner.remove('unknown'))).toEqual('store.conflict')
        expect((await owner.record('one'))?.seq).toEqual(1)
      }),
    )
  })
}

async function fill(owner: OwnedStore): Promise<void> {
  await owner.commit([
    stepOf('p-1', 0),
    stepOf('p-2', 0, { record: { state: 'COMPLETED', ended: true } }),
    stepOf('p-3', 0, { record: { lifecycle: 'other' } }),
    stepOf('r-1', 0, { record: { kind: 'review', state: 'done', ended: true } }),
  ])
}
