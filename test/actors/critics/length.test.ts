import { describe, expect, it } from 'vitest'
import { lengthCritic } from '../../../src/actors/critics/index.ts'
import { slowest } from './adversarial.ts'
import { evaluate, rulesOf } from './evaluate.ts'

const versionOf = (maxChars: number) => lengthCritic({ maxChars }).settings.version

describe('the length critic', () => {
  it('accepts lengths at its bounds', async () => {
    const critic = lengthCritic({ minChars: 3, maxChars: 5 })
    expect(await rulesOf(critic, 'abc')).toEqual([])
    expect(await rulesOf(critic, 'abcde')).toEqual([])
  })

  it('finds what is too short or too long', async () => {
    const critic = lengthCritic({ minChars: 3, maxChars: 5 })
    expect(await rulesOf(critic, 'ab')).toEqual(['length.too_short'])
    expect(await rulesOf(critic, 'abcdef')).toEqual(['length.too_long'])
    expect(await evaluate(critic, 'ab')).toMatchObject({ severity: 1, details: { total: 1 } })
  })

  it('counts an emoji of one code point once', async () => {
    expect(await rulesOf(lengthCritic({ maxChars: 2 }), '😀😀')).toEqual([])
  })

  it('counts words between any white space', async () => {
    const critic = lengthCritic({ minWords: 2, maxWords: 3 })
    expect(await rulesOf(critic, ' one ')).toEqual(['length.too_few_words'])
    expect(await rulesOf(critic, 'one\u00a0two\n\nthree')).toEqual([])
    expect(await rulesOf(critic, 'one two\tthree four')).toEqual(['length.too_many_words'])
  })

  it('looks at the prompt when asked', async () => {
    const critic = lengthCritic({ maxChars: 3, look: 'both', severity: 2.5 })
    expect(await evaluate(critic, { prompt: 'a long one', response: 'ok' })).toMatchObject({ severity: 2.5 })
  })

  it('refuses options that make no sense', () => {
    expect(() => lengthCritic({})).toThrow(/at least one of minChars/)
    expect(() => lengthCritic({ minChars: 5, maxChars: 3 })).toThrow(/minChars is above maxChars/)
    // @ts-expect-error a misspelt option is an error of the compiler as well
    expect(() => lengthCritic({ maxChars: 3, maxCharz: 4 })).toThrow(
      expect.objectContaining({ code: 'critic.invalid' }),
    )
  })

  it('lets every setting be overridden and keeps the literal name', () => {
    const critic = lengthCritic({
      maxChars: 3,
      name: 'brevity',
      stage: 'VALIDATION',
      priority: 9,
      required: false,
    })
    const name: 'brevity' = critic.name
    expect(name).toBe('brevity')
    expect(critic.settings).toMatchObject({
      stage: 'VALIDATION',
      priority: 9,
      required: false,
      domain: 'operations',
    })
    const standard: 'length' = lengthCritic({ maxChars: 3 }).name
    expect(standard).toBe('length')
  })

  it('has a version that changes with its options', () => {
    expect(versionOf(3)).toBe(versionOf(3))
    expect(versionOf(3)).not.toBe(versionOf(4))
  })

  it('takes no longer than 100 ms for 1 MiB of anything', async () => {
    expect((await slowest(lengthCritic({ minWords: 1, maxChars: 5 }))).ms).toBeLessThan(100)
  })
})
