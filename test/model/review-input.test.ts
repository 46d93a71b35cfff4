import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStagecraftError } from '../../src/model/errors.ts'
import { readReviewInput } from '../../src/model/review-input.ts'
import { anything } from './arbitraries.ts'
import { OPAQUE, thawedIn } from './samples.ts'

const newId = () => 'made-up'

const refusal = (value: unknown): string => {
  try {
    readReviewInput(value, newId)
  } catch (error) {
    if (isStagecraftError(error) && error.code === 'input.invalid') return error.message
    throw error
  }
  return 'none'
}

describe('readReviewInput', () => {
  it('reads an input that is plain as the schema would', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom<unknown>(undefined, null, 7))
    const riskTier = fc.constantFrom<unknown>('low', 'medium', 'high', 'critical', 'severe', undefined, 3)
    const context = fc.oneof(
      fc.record({ riskTier, locale: fc.string() }, { requiredKeys: [] }),
      fc.constantFrom<unknown>(undefined, null, [], 'text'),
    )
    const read = (value: object) => {
      const why = refusal(value)
      return why === 'none' ? readReviewInput(value, newId) : why
    }
    fc.assert(
      fc.property(fc.record({ prompt: text, response: text, context }), (input) => {
        // An id that is undefined is none, but has to be read by the schema.
        expect(read(input)).toStrictEqual(read({ ...input, id: undefined }))
      }),
      { numRuns: 2_000 },
    )
  })

  it('makes up an id where none is given, and keeps one that is', () => {
    expect(readReviewInput({ prompt: 'p', response: 'r' }, newId)).toEqual({
      id: 'made-up',
      prompt: 'p',
      response: 'r',
      context: {},
    })
    expect(readReviewInput({ id: 'own', prompt: 'p', response: 'r' }, newId).id).toBe('own')
  })

  it('gives one frozen copy that the caller can no longer change', () => {
    const value = { prompt: 'p', response: 'r', context: { riskTier: 'high', user: { tags: ['a'] } } }
    const input = readReviewInput(value, newId)
    expect(thawedIn(input)).toEqual([])
    value.context.user.tags.push('b')
    value.context.riskTier = 'low'
    expect(input.context).toEqual({ riskTier: 'high', user: { tags: ['a'] } })
    expect(Object.isFrozen(value.context)).toBe(false)
  })

  it('takes the four risk tiers and refuses any other', () => {
    for (const riskTier of ['low', 'medium', 'high', 'critical'])
      expect(
        readReviewInput({ prompt: '', response: '', context: { riskTier } }, newId).context.riskTier,
      ).toBe(riskTier)
    for (const riskTier of ['HIGH', 'severe', '', 3, null])
      expect(refusal({ prompt: '', response: '', context: { riskTier } })).toContain('context.riskTier')
  })

  it('names every part that is wrong', () => {
    expect(refusal({ prompt: 1, id: '' })).toMatch(/^The input of a review is .*id: .*prompt: .*response: /)
    expect(refusal({ prompt: '', response: '', context: 'none' })).toContain('context: ')
    expect(refusal('hello')).toContain('input: ')
    expect(refusal(null)).toContain('input: ')
  })

  it('refuses what is no plain data, and names the place', () => {
    expect(refusal({ prompt: '', response: '', context: { save: () => 1 } })).toContain(
      'context.save is of type function',
    )
    const user: Record<string, unknown> = {}
    user['self'] = user
    expect(refusal({ prompt: '', response: '', context: { user } })).toContain(
      'context.user.self refers back',
    )
  })

  it.each(OPAQUE)(
    'refuses a %s, in the context and as the whole input, because it would stay mutable',
    (kind, make) => {
      expect(refusal({ prompt: '', response: '', context: { user: [make()] } })).toContain(
        `The input of a review must be plain data, but context.user[0] is of type ${kind}, and`,
      )
      expect(refusal(make())).toContain(`the value is of type ${kind}`)
    },
  )

  it('carries what is plain, although JSON has no word for it', () => {
    const context = { amount: Number.NaN, limit: Infinity, balance: 10n ** 30n, cut: '\uD83D' }
    expect(readReviewInput({ prompt: '', response: '', context }, newId).context).toEqual(context)
  })

  it('refuses or reads anything, and throws nothing but input.invalid', () => {
    fc.assert(
      fc.property(anything, ({ make }) => {
        const value = make()
        expect(refusal(value)).toBeTypeOf('string')
        expect(refusal({ prompt: '', response: '', context: { value } })).toBeTypeOf('string')
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes no risk tier from a __proto__ key', () => {
    const value: unknown = JSON.parse(
      '{"prompt":"","response":"","context":{"__proto__":{"riskTier":"high"}}}',
    )
    expect(readReviewInput(value, newId).context.riskTier).toBeUndefined()
  })

  it('carries 50 KB of context', () => {
    const context = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`key${index}`, 'x'.repeat(1_000)]),
    )
    expect(readReviewInput({ prompt: '', response: '', context }, newId).context).toEqual(context)
  })
})
