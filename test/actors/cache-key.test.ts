import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cacheKey } from '../../src/actors/cache.ts'
import type { Finding } from '../../src/model/finding.ts'
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

/** True when the finding of one evaluation would be taken for that of the other. */
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
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (context, value) => {
        const prior = { truth: { severity: 1, value }, risk: { score: 1, uncertainty: 0.5 } }
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
    ['NaN and infinity', Number.NaN, Infinity],
    ['both infinities', Infinity, -Infinity],
    ['a bigint and the same number', 1n, 1],
    ['two bigints', 1n, 2n],
    ['two bigints that are one number', 2n ** 64n, 2n ** 64n + 1n],
    ['two halves of characters', '\uD83D', '\uDC6A'],
  ])('differs for contexts that differ only in %s', (_, a, b) => {
    for (const place of [(value: unknown) => ({ value }), (value: unknown) => ({ deep: [{ value }] })]) {
      const [one, other] = [keyOfContext(place(a)), keyOfContext(place(b))]
      expect(one).toBeDefined()
      expect(other).toBeDefined()
      expect(share(one, other)).toBe(false)
    }
  })
})
