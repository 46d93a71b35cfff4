/** Types are part of the product: `npm run types` fails when one of these stops holding. */

import {
  createPanel,
  defineCritic,
  isStagecraftError,
  type Critic,
  type CriticResult,
  type Finding,
} from 'stagecraft'
import { lengthCritic, secretsCritic } from 'stagecraft/critics'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

const Bias = z.object({ severity: z.number(), groups: z.array(z.string()) })

const bias = defineCritic({
  name: 'bias',
  output: Bias,
  evaluate: async () => ({ severity: 0, groups: ['none'] }),
})
const tone = defineCritic({ name: 'tone', evaluate: () => ({ severity: 0 }) })
const deep = defineCritic({
  name: 'deep',
  stage: 'DEEP_ANALYSIS',
  dependsOn: ['bias'],
  evaluate: (_input, { prior }) => ({ severity: prior.bias.severity ?? 0 }),
})

describe('the types of a panel', () => {
  it('give each result the type of its own critic', async () => {
    const panel = createPanel({ critics: [bias, tone, deep] })
    const review = await panel.review({ prompt: 'q', response: 'a' })
    expectTypeOf<keyof typeof review.critics>().toEqualTypeOf<'bias' | 'tone' | 'deep'>()
    expectTypeOf(review.critics.bias.finding?.groups).toEqualTypeOf<string[] | undefined>()
    expectTypeOf(review.critics.tone).toEqualTypeOf<CriticResult>()
    expectTypeOf(review.critics.tone.finding).toEqualTypeOf<Finding | undefined>()
    expect(review.critics.bias.finding?.groups).toEqual(['none'])
    // @ts-expect-error the panel has no critic of this name
    expect(review.critics.fairness).toBeUndefined()
  })

  it('refuse a dependency that the panel does not have, before and when it runs', () => {
    // @ts-expect-error the panel has no critic "bias"
    const make = () => createPanel({ critics: [tone, deep] })
    expect(make).toThrow(expect.objectContaining({ code: 'panel.unknown_dependency' }))
  })

  it('name only the dependencies in `prior`', () => {
    defineCritic({
      name: 'other',
      dependsOn: ['bias', 'tone'],
      evaluate: (_input, { prior }) => {
        expectTypeOf<keyof typeof prior>().toEqualTypeOf<'bias' | 'tone'>()
        // @ts-expect-error not among the dependencies
        return prior.deep ?? {}
      },
    })
  })

  it('refuse an evaluation that its schema does not accept', () => {
    const wrong = defineCritic({
      name: 'wrong',
      output: Bias,
      // @ts-expect-error groups is missing
      evaluate: async () => ({ severity: 0 }),
    })
    expectTypeOf(wrong.name).toEqualTypeOf<'wrong'>()
    expect(wrong.name).toBe('wrong')
  })

  it('refuse unknown stages and policies', () => {
    const evaluate = () => ({})
    // @ts-expect-error no such stage
    expect(() => defineCritic({ name: 'a', stage: 'LATER', evaluate })).toThrow(isStagecraftErrorLike)
    // @ts-expect-error no such policy
    expect(() => defineCritic({ name: 'a', policy: 'NEVER', evaluate })).toThrow(isStagecraftErrorLike)
  })

  it('know the names of critics that are made inside the call, the built-in ones too', async () => {
    const panel = createPanel({
      critics: [
        lengthCritic({ minChars: 1 }),
        secretsCritic(),
        defineCritic({ name: 'own', evaluate: () => ({}) }),
      ],
    })
    const review = await panel.review({ prompt: 'q', response: 'a' })
    expectTypeOf<keyof typeof review.critics>().toEqualTypeOf<'length' | 'secrets' | 'own'>()
    expect(Object.keys(review.critics).toSorted()).toEqual(['length', 'own', 'secrets'])
    const own = { name: 'own', dependsOn: ['absent'], evaluate: () => ({}) } as const
    // @ts-expect-error the panel has no critic "absent"
    const make = () => createPanel({ critics: [secretsCritic(), defineCritic(own)] })
    expect(make).toThrow('"absent"')
  })

  it('let widened lists of critics through', async () => {
    const names: string[] = ['one', 'two']
    const critics: Critic[] = names.map((name) => defineCritic({ name, evaluate: () => ({}) }))
    const review = await createPanel({ critics }).review({ prompt: 'q', response: 'a' })
    expectTypeOf(review.critics).toEqualTypeOf<{ readonly [x: string]: CriticResult }>()
    expect(Object.keys(review.critics)).toEqual(names)
  })

  it('take a record of plain functions', async () => {
    const panel = createPanel({
      critics: {
        tone: async (input) => ({ severity: input.response.length > 3 ? 1 : 0, words: 2 }),
        length: () => ({}),
      },
    })
    const review = await panel.review({ prompt: 'q', response: 'a' })
    expectTypeOf<keyof typeof review.critics>().toEqualTypeOf<'tone' | 'length'>()
    expectTypeOf(review.critics.tone.finding?.words).toEqualTypeOf<number | undefined>()
    expect(review.verdict).toBe('allow')
  })

  it('refuse an input without an answer', async () => {
    const panel = createPanel({ critics: [tone] })
    // @ts-expect-error response is missing
    await expect(panel.review({ prompt: 'q' })).rejects.toSatisfy(isStagecraftError)
    const context = { riskTier: 'severe' as const }
    // @ts-expect-error no such risk tier
    await expect(panel.review({ prompt: 'q', response: 'a', context })).rejects.toSatisfy(isStagecraftError)
  })
})

const isStagecraftErrorLike = expect.objectContaining({ code: 'critic.invalid' })
