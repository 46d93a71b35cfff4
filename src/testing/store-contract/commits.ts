/** Commits: all or nothing, decided on what the journal really is. */

import { outcomeOf, type Chapter } from './contract-tools.ts'
import { checkpointOf, NOON, stepOf, timerOf, workOf } from './sample-step.ts'

export const commits: Chapter = ({ describe, it, expect }, opened) => {
  describe('a commit', () => {
    it(
      'resolves with the cursor of each step’s first entry',
      opened(async ({ owner }) => {
        expect(await owner.commit([stepOf('one', 0, { entries: [{}, {}, {}] }), stepOf('two', 0)])).toEqual([
          1, 4,
        ])
        expect(await owner.commit([stepOf('one', 3)])).toEqual([5])
        expect(await owner.commit([])).toEqual([])
        expect(await owner.newestCursor()).toEqual(5)
      }),
    )

    it(
      'keeps the record as the step left it; kind, time of creation and salt are those of the first',
      opened(async ({ owner }) => {
        const first = stepOf('one', 0)
        await owner.commit([first])
        expect(await owner.record('one')).toEqual(first.record)
        const charts = { project: { value: 'VALIDATION' }, 'project.approval': { value: 'waiting' } }
        const next = stepOf('one', 1, {
          record: {
            kind: 'review',
            lifecycle: 'other',
            version: 7,
            state: 'VALIDATION',
            ended: true,
            createdAt: NOON + 9,
            salt: 'no',
            charts,
          },
        })
        await owner.commit([next])
        const { kind, createdAt, salt } = first.record
        expect(await owner.record('one')).toEqual({ ...next.record, kind, createdAt, salt })
        expect(await owner.record('unknown')).toEqual(undefined)
      }),
    )

    it(
      'may take several steps of one journal',
      opened(async ({ owner }) => {
        expect(await owner.commit([stepOf('one', 0), stepOf('one', 1), stepOf('one', 2)])).toEqual([1, 2, 3])
        expect((await owner.record('one'))?.seq).toEqual(3)
      }),
    )

    it(
      'that was decided on another entry is a conflict',
      opened(async ({ owner }) => {
        await owner.commit([stepOf('one', 0), stepOf('one', 1)])
        for (const expectedSeq of [0, 1, 3])
          expect(await outcomeOf(owner.commit([stepOf('one', expectedSeq)]))).toEqual('store.conflict')
        expect(await outcomeOf(owner.commit([stepOf('unknown', 2)]))).toEqual('store.conflict')
        expect(await owner.commit([stepOf('one', 2)])).toEqual([3])
      }),
    )

    it(
      'writes nothing at all when one of its steps is refused',
      opened(async ({ owner }) => {
        await owner.commit([
          stepOf('one', 0, { opens: [workOf('one', 'k1')], checkpoints: [checkpointOf('one', 'c1', 1)] }),
        ])
        const before = await owner.record('one')
        const rich = stepOf('one', 1, {
          record: { state: 'VALIDATION', salt: null },
          contents: [{ ref: 'ref:1', value: 'said' }],
          closes: ['k1'],
          opens: [workOf('one', 'k2'), timerOf('one', 'k3', NOON)],
          checkpoints: [checkpointOf('one', 'c2', 2)],
          drops: ['c1'],
          answers: [{ id: 'r1', at: NOON, body: 'yes' }],
        })
        expect(await outcomeOf(owner.commit([rich, stepOf('two', 0), stepOf('three', 5)]))).toEqual(
          'store.conflict',
        )
        expect(await owner.record('one')).toEqual(before)
        expect(await owner.record('two')).toEqual(undefined)
        expect((await owner.entries({ after: 0, limit: 9 })).length).toEqual(1)
        expect([...(await owner.contents('one', ['ref:1']))]).toEqual([])
        expect((await owner.commandsOf('one')).map(({ key }) => key)).toEqual(['k1'])
        expect((await owner.checkpoints('one')).map(({ id }) => id)).toEqual(['c1'])
        expect(await owner.nextDueAt()).toEqual(undefined)
        expect(await owner.commit([rich])).toEqual([2])
      }),
    )

    it(
      'with what is there already is a conflict',
      opened(async ({ owner }) => {
        await owner.commit([
          stepOf('one', 0, { opens: [workOf('one', 'k')], checkpoints: [checkpointOf('one', 'c', 1)] }),
        ])
        const again = [
          stepOf('one', 1, { opens: [workOf('one', 'k')] }),
          stepOf('two', 0, { opens: [workOf('two', 'k')] }),
          stepOf('one', 1, { opens: [workOf('one', 'same'), timerOf('one', 'same', NOON)] }),
          stepOf('one', 1, { checkpoints: [checkpointOf('one', 'c', 2)] }),
        ]
        for (const step of again) expect(await outcomeOf(owner.commit([step]))).toEqual('store.conflict')
        expect((await owner.record('one'))?.seq).toEqual(1)
        expect(
          await outcomeOf(owner.commit([stepOf('two', 0, { checkpoints: [checkpointOf('two', 'c', 1)] })])),
        ).toEqual('done')
      }),
    )

    it(
      'refuses a step that contradicts itself',
      opened(async ({ owner }) => {
        const wrong = [
          stepOf('one', 0, { entries: [] }),
          stepOf('one', 0, { entries: [{}, { seq: 1 }] }),
          stepOf('one', 0, { entries: [{ seq: 2 }] }),
          stepOf('one', 0, { entries: [{ journal: 'two' }] }),
          stepOf('one', 0, { record: { seq: 2 } }),
          stepOf('one', 0, { record: { id: 'two' } }),
          stepOf('one', 0, { opens: [workOf('two', 'k')] }),
          stepOf('one', 0, { checkpoints: [checkpointOf('two', 'c', 1)] }),
        ]
        for (const step of wrong) expect(await outcomeOf(owner.commit([step]))).toEqual('store.conflict')
        expect(await owner.newestCursor()).toEqual(0)
      }),
    )
  })
}
