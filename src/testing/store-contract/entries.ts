/** Entries: in order of cursor, from any cursor on. */

import type { OwnedStore } from '../../runtime/store/store.ts'
import type { Chapter } from './contract-tools.ts'
import { NOON, stepOf } from './sample-step.ts'

export const entries: Chapter = ({ describe, it, expect }, opened) => {
  describe('entries', () => {
    it(
      'come back whole, with their cursors',
      opened(async ({ owner }) => {
        const step = stepOf('one', 0, {
          entries: [
            {
              type: 'PROJECT_CREATED',
              payload: { intent: 'ref:1', list: [1, 'two', null, { deep: [true] }] },
              cause: { to: 'project', event: { type: 'CREATE', by: 'eva' }, settles: null },
            },
            { type: 'PHASE_STARTED', payload: null, stateHash: 'f'.repeat(64) },
          ],
        })
        await owner.commit([step])
        const [first, second] = step.entries
        expect(await owner.entries({ after: 0, limit: 9 })).toEqual([
          { cursor: 1, ...first },
          { cursor: 2, ...second },
        ])
      }),
    )

    it(
      'come in order of cursor, those of one journal alone where it is named',
      opened(async ({ owner }) => {
        await alternate(owner)
        expect((await owner.entries({ after: 0, limit: 99 })).map(({ cursor }) => cursor)).toEqual([
          1, 2, 3, 4, 5, 6, 7, 8,
        ])
        const ofOne = await owner.entries({ after: 0, journal: 'one', limit: 99 })
        expect(ofOne.map(({ cursor, journal, seq }) => [cursor, journal, seq])).toEqual([
          [1, 'one', 1],
          [2, 'one', 2],
          [4, 'one', 3],
          [5, 'one', 4],
          [7, 'one', 5],
          [8, 'one', 6],
        ])
        expect(await owner.entries({ after: 0, journal: 'unknown', limit: 99 })).toEqual([])
      }),
    )

    it(
      'go on after a cursor, up to and with another, no more than the limit',
      opened(async ({ owner }) => {
        await alternate(owner)
        const cursors = async (query: Partial<Parameters<OwnedStore['entries']>[0]>) =>
          (await owner.entries({ after: 0, limit: 99, ...query })).map(({ cursor }) => cursor)
        expect(await cursors({ after: 5 })).toEqual([6, 7, 8])
        expect(await cursors({ after: 2, until: 4 })).toEqual([3, 4])
        expect(await cursors({ after: 4, until: 4 })).toEqual([])
        expect(await cursors({ after: 8 })).toEqual([])
        for (const limit of [0, -1]) expect(await cursors({ limit })).toEqual([])
        expect(await cursors({ limit: Infinity, until: Infinity })).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
        expect(await cursors({ journal: 'one', after: 3, limit: 2 })).toEqual([4, 5])
        expect(await cursors({ journal: 'two', after: 1, until: 3 })).toEqual([3])
      }),
    )

    it(
      'read page by page are the same as read at once',
      opened(async ({ owner }) => {
        await alternate(owner)
        for (const journal of [{}, { journal: 'one' }]) {
          const paged: number[] = []
          for (let after = 0; ; after = paged.at(-1) ?? 0) {
            const page = await owner.entries({ after, limit: 2, ...journal })
            if (page.length === 0) break
            paged.push(...page.map(({ cursor }) => cursor))
          }
          const whole = await owner.entries({ after: 0, limit: 99, ...journal })
          expect(paged).toEqual(whole.map(({ cursor }) => cursor))
        }
      }),
    )

    it(
      'of some types alone are counted by the limit',
      opened(async ({ owner }) => {
        const types = ['AGENT_STARTED', 'AGENT_COMPLETED', 'AGENT_STARTED', 'GATE_ANSWERED'] as const
        await owner.commit([stepOf('one', 0, { entries: types.map((type) => ({ type })) }), stepOf('two', 0)])
        const found = async (wanted: (typeof types)[number][], limit: number) =>
          (await owner.entries({ after: 0, types: wanted, limit })).map(({ cursor }) => cursor)
        expect(await found(['AGENT_STARTED'], 9)).toEqual([1, 3])
        expect(await found(['AGENT_STARTED', 'GATE_ANSWERED'], 2)).toEqual([1, 3])
        expect(await found(['GATE_ANSWERED'], 1)).toEqual([4])
        expect(await found([], 9)).toEqual([])
      }),
    )

    it(
      'keep times as they are, also those no clock should show',
      opened(async ({ owner }) => {
        const times = [0, -1, NOON + 0.5, Number.MAX_SAFE_INTEGER, 2 ** 60]
        await owner.commit([stepOf('one', 0, { entries: times.map((at) => ({ at })) })])
        expect((await owner.entries({ after: 0, limit: 9 })).map(({ at }) => at)).toEqual(times)
      }),
    )
  })
}

/** Eight entries of two journals: one one two one one two one one. */
async function alternate(owner: OwnedStore): Promise<void> {
  await owner.commit([stepOf('one', 0, { entries: [{}, {}] }), stepOf('two', 0)])
  await owner.commit([stepOf('one', 2, { entries: [{}, {}] })])
  await owner.commit([stepOf('two', 1), stepOf('one', 4, { entries: [{}, {}] })])
}
