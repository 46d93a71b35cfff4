/** Values: whatever JSON can carry comes back as it was. */

import type { Json } from '../../model/canonical.ts'
import type { Chapter } from './contract-tools.ts'
import { checkpointOf, NOON, stepOf, timerOf, workOf } from './sample-step.ts'

/** Text that files, databases and encodings are known to spoil. */
export const STRANGE_TEXTS: readonly string[] = [
  '',
  '\0',
  'before\0after',
  '\ud83d',
  '\ude00 the wrong half first \ud83d',
  '😀 👩‍👩‍👧 e\u0301',
  '\u0001json:"x"',
  '\uFEFF\u2028\u2029\u0085',
  '\uFFFD\uFFFF',
  "'; drop table journal; --",
  '%_*?[]"\\`',
  '__proto__',
  'null',
  '12',
  ' ',
]

export const values: Chapter = ({ describe, it, expect }, opened) => {
  describe('values', () => {
    it(
      'of any kind come back unchanged',
      opened(async ({ owner }) => {
        const charts = JSON.parse(
          '{"__proto__":{"a":1},"":[],"n":[0,-1.5,1e300,5e-324,9007199254740993]}',
        ) as Json
        const nested = Array.from({ length: 500 }).reduce<Json>((inner) => [inner], 'deep')
        await owner.commit([
          stepOf('one', 0, { record: { charts }, contents: [{ ref: 'ref:1', value: nested }] }),
        ])
        expect(JSON.stringify((await owner.record('one'))?.charts)).toEqual(JSON.stringify(charts))
        expect((await owner.contents('one', ['ref:1'])).get('ref:1')).toEqual(nested)
      }),
    )

    it(
      'of strange texts come back unchanged, wherever text can be',
      opened(async ({ owner, store, again }) => {
        const postbox = await store.openPostbox()
        for (const [index, text] of STRANGE_TEXTS.entries()) {
          const id = `strange-${index}`
          // Not a literal, in which `__proto__` is no key.
          const json = Object.fromEntries([
            ['list', [text]],
            [text, text],
          ])
          const step = stepOf(id, 0, {
            record: { lifecycle: text, state: text, salt: text, charts: json },
            entries: [{ payload: json, cause: { to: text, event: json, settles: text } }],
            contents: [{ ref: 'ref:1', value: text }],
            opens: [
              { ...workOf(id, `work ${text}`), address: text, id: text, source: text, input: json } as never,
              { ...timerOf(id, `timer ${text}`, NOON), address: text, id: text, event: json } as never,
            ],
            checkpoints: [{ ...checkpointOf(id, text, 1), phase: text, saved: json }],
          })
          const [cursor] = await owner.commit([step])
          const request = { id: text, journal: text, at: NOON, body: json }
          await postbox.post(request)
          const reader = await again().openReader()
          expect(await reader.record(id)).toEqual(step.record)
          expect(
            (await reader.heads({ state: text, lifecycle: text, limit: 99 })).map((head) => head.id),
          ).toEqual([id])
          expect(await reader.entries({ after: 0, journal: id, limit: 9 })).toEqual([
            { cursor, ...step.entries[0] },
          ])
          expect((await reader.contents(id, ['ref:1'])).get('ref:1')).toEqual(text)
          expect(await reader.commandsOf(id)).toEqual(step.opens)
          expect(await reader.checkpoint(id, text)).toEqual(step.checkpoints[0])
          expect(await owner.requests(99)).toEqual([request])
          const answer = { id: text, at: NOON, body: text }
          await owner.commit([
            stepOf(id, 1, { closes: [`work ${text}`, `timer ${text}`], drops: [text], answers: [answer] }),
          ])
          expect(await postbox.answer(text)).toEqual(answer)
          expect(await reader.commandsOf(id)).toEqual([])
          expect(await reader.checkpoints(id)).toEqual([])
          await reader.close()
        }
        await postbox.close()
      }),
    )

    it(
      'that are large come back whole',
      opened(async ({ owner }) => {
        const large = `${'half a million '.repeat(33_000)}😀`
        await owner.commit([
          stepOf('one', 0, {
            record: { charts: { large } },
            entries: [{ payload: { large } }],
            contents: [{ ref: 'ref:1', value: [large, large, large, large] }],
            checkpoints: [{ ...checkpointOf('one', 'c', 1), saved: { large } }],
          }),
        ])
        const isWhole = async () => {
          const { charts } = (await owner.record('one')) ?? {}
          const [entry] = await owner.entries({ after: 0, limit: 1 })
          const content = (await owner.contents('one', ['ref:1'])).get('ref:1')
          const saved = (await owner.checkpoint('one', 'c'))?.saved
          return [
            same(charts, { large }),
            same(entry?.payload, { large }),
            same(content, [large, large, large, large]),
            same(saved, { large }),
          ]
        }
        expect(await isWhole()).toEqual([true, true, true, true])
      }),
    )
  })
}

/** Told as true or false: nobody wants to read the difference of two large texts. */
const same = (one: Json | undefined, other: Json) => JSON.stringify(one) === JSON.stringify(other)
