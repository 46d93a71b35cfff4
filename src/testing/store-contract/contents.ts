/** Contents and checkpoints: what is large, kept by name. */

import type { Ref } from '../../model/content.ts'
import type { OwnedStore } from '../../runtime/store/store.ts'
import type { Chapter } from './contract-tools.ts'
import { checkpointOf, stepOf } from './sample-step.ts'

const read = async (owner: OwnedStore, journal: string, refs: readonly Ref[]) =>
  [...(await owner.contents(journal, refs))].toSorted(([one], [other]) => (one < other ? -1 : 1))

export const contents: Chapter = ({ describe, it, expect }, opened) => {
  describe('contents', () => {
    it(
      'are found by reference, each in its own journal',
      opened(async ({ owner }) => {
        await owner.commit([
          stepOf('one', 0, {
            contents: [
              { ref: 'ref:1', value: 'said' },
              { ref: 'ref:2', value: { mass: 2.5, parts: ['a', null] } },
              { ref: 'ref:3', value: null },
            ],
          }),
          stepOf('two', 0, { contents: [{ ref: 'ref:1', value: 'said by another' }] }),
        ])
        expect(await read(owner, 'one', ['ref:3', 'ref:2', 'ref:9', 'ref:2'])).toEqual([
          ['ref:2', { mass: 2.5, parts: ['a', null] }],
          ['ref:3', null],
        ])
        expect(await read(owner, 'two', ['ref:1', 'ref:2'])).toEqual([['ref:1', 'said by another']])
        expect(await read(owner, 'one', [])).toEqual([])
        expect(await read(owner, 'unknown', ['ref:1'])).toEqual([])
      }),
    )

    it(
      'are found by many references at once',
      opened(async ({ owner }) => {
        const refs = Array.from({ length: 2_000 }, (_, index): Ref => `ref:${index}`)
        await owner.commit([stepOf('one', 0, { contents: refs.map((ref) => ({ ref, value: ref })) })])
        expect((await owner.contents('one', refs)).size).toEqual(2_000)
      }),
    )

    it(
      'may come again: the same reference is the same content',
      opened(async ({ owner }) => {
        const said = { contents: [{ ref: 'ref:1', value: 'said' } as const] }
        await owner.commit([stepOf('one', 0, said), stepOf('one', 1, said)])
        expect(await read(owner, 'one', ['ref:1'])).toEqual([['ref:1', 'said']])
      }),
    )

    it(
      'are erased with the salt, those of one journal alone, and entries stay',
      opened(async ({ owner }) => {
        const said = { contents: [{ ref: 'ref:1', value: 'said' } as const] }
        await owner.commit([stepOf('one', 0, said), stepOf('two', 0, said)])
        await owner.commit([
          stepOf('one', 1, { erases: true, contents: [{ ref: 'ref:2', value: 'said while erasing' }] }),
        ])
        expect(await read(owner, 'one', ['ref:1', 'ref:2'])).toEqual([])
        expect((await owner.record('one'))?.salt).toEqual(null)
        expect((await owner.entries({ after: 0, journal: 'one', limit: 9 })).length).toEqual(2)
        expect(await read(owner, 'two', ['ref:1'])).toEqual([['ref:1', 'said']])
        expect((await owner.record('two'))?.salt).toEqual('salt')
        await owner.commit([stepOf('one', 2)])
        expect((await owner.record('one'))?.salt).toEqual(null)
      }),
    )
  })

  describe('checkpoints', () => {
    it(
      'are listed in order of seq without what they saved, and read with it',
      opened(async ({ owner }) => {
        const kept = [checkpointOf('one', 'z', 1), checkpointOf('one', 'a', 2)]
        await owner.commit([
          stepOf('one', 0, { entries: [{}, {}], checkpoints: kept.toReversed() }),
          stepOf('two', 0, { checkpoints: [checkpointOf('two', 'z', 1)] }),
        ])
        expect(await owner.checkpoints('one')).toEqual(kept.map(({ saved: _, ...checkpoint }) => checkpoint))
        for (const checkpoint of kept)
          expect(await owner.checkpoint('one', checkpoint.id)).toEqual(checkpoint)
        expect(await owner.checkpoint('one', 'unknown')).toEqual(undefined)
        expect(await owner.checkpoint('unknown', 'a')).toEqual(undefined)
        expect(await owner.checkpoints('unknown')).toEqual([])
      }),
    )

    it(
      'are dropped before others are made, in their own journal',
      opened(async ({ owner }) => {
        await owner.commit([
          stepOf('one', 0, { checkpoints: [checkpointOf('one', 'a', 1), checkpointOf('one', 'b', 1)] }),
          stepOf('two', 0, { checkpoints: [checkpointOf('two', 'a', 1)] }),
        ])
        const anew = checkpointOf('one', 'a', 2)
        await owner.commit([stepOf('one', 1, { drops: ['a', 'b', 'unknown'], checkpoints: [anew] })])
        expect((await owner.checkpoints('one')).map(({ id }) => id)).toEqual(['a'])
        expect(await owner.checkpoint('one', 'a')).toEqual(anew)
        expect((await owner.checkpoints('two')).map(({ id }) => id)).toEqual(['a'])
      }),
    )
  })
}
