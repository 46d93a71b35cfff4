import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cacheKey } from '../../src/actors/cache.ts'
import type { Finding } from '../../src/model/finding.ts'
import { frozenCopy } from '../../src/model/frozen-copy.ts'
import type { CriticInput } from '../../src/model/review-input.ts'
import { criticIn, planOf, reversed } from '../model/samples.ts'

type Evaluation = {
  readonly name?: string
  readonly version?: string
  readonly input?: Partial<CriticInput>
  readonly prior?: Readonly<Record<string, Finding>>
}

const input: CriticInput = {
  id: 'review-1',
  prompt: 'Who?',
  response: 'Nobody.',
  context: { user: { age: 1 } },
}

function keyOf({ name = 'tone', version = '1', input: more, prior = {} }: Evaluation): string | undefined {
  const critic = { ...criticIn(planOf({ [name]: {} }), name), version }
  return cacheKey(critic, { ...input, ...more }, prior)
}

const keyOfContext = (context: Readonly<Record<string, unknown>>) => keyOf({ input: { context } })

/** True when the finding of one evaluation would be taken for that of the other; without a key, nothing is kept. */
const share = (a: string | undefined, b: string | undefined) => a !== undefined && a === b

describe('the cache key', () => {
  it('is the name, the version and a hash', () => {
    expect(keyOf({ name: 'tone', version: '2' })).toMatch(/^tone@2:[\da-f]{64}$/)
  })

  it('differs by name, version, question, answer, context and the findings it builds on', () => {
    const keys = [
      {},
      { name: 'tune' },
      { version: '2' },
      { input: { prompt: 'Who lives there?' } },
      { input: { response: 'Somebody.' } },
      { input: { prompt: input.response, response: input.prompt } },
      { input: { context: {} } },
      { prior: { truth: {} } },
      { prior: { truth: { severity: 0 } } },
      { prior: { truth: { severity: 1 } } },
      { prior: { truth: { severity: 1, details: { seen: [1] } } } },
      { prior: { truth: { severity: 1, details: { seen: [2] } } } },
      { prior: { risk: { severity: 1 } } },
      { prior: { truth: { severity: 1 }, risk: { severity: 1 } } },
    ].map(keyOf)
    expect(keys).not.toContain(undefined)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('differs for contexts that differ only deep inside', () => {
    const contexts = [
      { user: { tags: ['a', { since: 1 }] } },
      { user: { tags: ['a', { since: 2 }] } },
      { user: { tags: ['a', { since: '1' }] } },
      { user: { tags: ['a', { since: null }] } },
      { user: { tags: [{ since: 1 }, 'a'] } },
      { user: { tags: ['a', { until: 1 }] } },
      { user: ['a', { since: 1 }] },
    ]
    const keys = contexts.map(keyOfContext)
    expect(keys).not.toContain(undefined)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('is the same whatever the order of keys, and whatever the id of the review', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (given, value) => {
        const context = frozenCopy(given)
        const prior = { truth: frozenCopy({ severity: 1, value }), risk: { score: 1, uncertainty: 0.5 } }
        const evaluation: Evaluation = { input: { context }, prior }
        const key = keyOf(evaluation)
        expect(key).toBeDefined()
        // Reversing keys changes no type.
        expect(keyOf(reversed(evaluation) as Evaluation)).toBe(key)
        expect(keyOf({ ...evaluation, input: { context, id: 'review-2' } })).toBe(key)
      }),
    )
  })

  it.each<[string, unknown, unknown]>([
    ['NaN and null', Number.NaN, null],
    ['NaN and its name', Number.NaN, 'NaN'],
    ['NaN and infinity', Number.NaN, Infinity],
    ['both infinities', Infinity, -Infinity],
    ['a bigint and the same number', 1n, 1],
    ['a bigint and how it is written', 1n, '1n'],
    ['two bigints', 1n, 2n],
    ['two bigints that are one number', 2n ** 64n, 2n ** 64n + 1n],
    ['two halves of characters', '\uD83D', '\uDC6A'],
    ['half a character and how it is written', '\uD83D', JSON.stringify('\uD83D')],
  ])('is never shared by evaluations that differ only in %s', (_, a, b) => {
    const places: readonly ((value: unknown) => Evaluation)[] = [
      (value) => ({ input: { context: { value } } }),
      (value) => ({ input: { context: { deep: [{ value }] } } }),
      (value) => ({ prior: { truth: { value } } }),
    ]
    for (const place of places) expect(share(keyOf(place(a)), keyOf(place(b)))).toBe(false)
  })

  it.each([Number.NaN, Infinity, 1n, '\uD83D'])(
    'is missing where a part is %s, for which JSON has no word',
    (value) => {
      expect(keyOfContext({ value })).toBeUndefined()
      expect(keyOfContext({ deep: [{ value }] })).toBeUndefined()
      expect(keyOf({ prior: { truth: { value } } })).toBeUndefined()
    },
  )

  it('is missing where the question, the answer or a name in the context is cut in half', () => {
    expect(keyOf({ input: { prompt: '\uD83D' } })).toBeUndefined()
    expect(keyOf({ input: { response: '\uD83D' } })).toBeUndefined()
    expect(keyOfContext({ '\uD83D': 1 })).toBeUndefined()
  })
})
