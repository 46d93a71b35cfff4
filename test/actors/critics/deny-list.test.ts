import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { denyListCritic } from '../../../src/actors/critics/index.ts'
import { slowest } from './adversarial.ts'
import { evaluate, rulesOf } from './evaluate.ts'

const words = denyListCritic({ words: ['Acme', 'project X', 'Straße', 'crème brûlée', '秘密', 'σίγμας'] })

describe('the deny-list critic', () => {
  it.each([
    'ACME!',
    'by acme.',
    'project\n x',
    'Project-X',
    'STRASSE',
    'creme brulee',
    'ａｃｍｅ',
    'a\u200bcme',
    'これは秘密です',
    'ΣΙΓΜΑΣ',
  ])('finds a word in: %s', async (text) => {
    expect(await rulesOf(words, text)).toEqual(['deny_list.word'])
  })

  it.each(['acmes', 'macme', 'acme_x', 'project y', 'x project', 'projectX', '秘', ''])(
    'lets pass: %s',
    async (text) => {
      expect(await rulesOf(words, text)).toEqual([])
    },
  )

  it('finds phrases that overlap or share their beginning', async () => {
    const critic = denyListCritic({ words: ['a b', 'a b c', 'b c', 'a a b'] })
    expect((await evaluate(critic, 'a a b c')).details).toMatchObject({ total: 4 })
  })

  it('says which entry and where, not what', async () => {
    const critic = denyListCritic({ words: [{ text: 'Zeus', rule: 'codename', severity: 3 }, 'Hera'] })
    expect(await evaluate(critic, 'é by hera and ZEUS')).toMatchObject({
      severity: 3,
      violations: [
        { rule: 'deny_list.word', severity: 2, message: 'word 2 of the list at character 6 of the response' },
        { rule: 'codename', severity: 3, message: 'word 1 of the list at character 15 of the response' },
      ],
    })
  })

  it('uses regular expressions as they are', async () => {
    const critic = denyListCritic({
      patterns: [/ticket-\d+/, { pattern: /^secret/im, rule: 'secret', severity: 1 }],
    })
    expect(await rulesOf(critic, 'see ticket-12\nSecret plan')).toEqual(['deny_list.pattern', 'secret'])
    expect(await rulesOf(critic, 'see TICKET-12, a secret')).toEqual([])
  })

  it('survives patterns that match nothing at all, and keeps no state between answers', async () => {
    expect((await evaluate(denyListCritic({ patterns: [/(?:)/] }), 'abc')).details).toMatchObject({
      total: 4,
    })
    const sticky = denyListCritic({ patterns: [/a/gy] })
    for (let round = 0; round < 2; round++) expect(await rulesOf(sticky, 'ba')).toEqual(['deny_list.pattern'])
  })

  it('finds a denied word between any other text that does not touch it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        async (before, after) => {
          expect(await rulesOf(words, `${before} AcMe ${after}`)).toEqual(['deny_list.word'])
        },
      ),
    )
  })

  it('refuses an empty list and words without a letter', () => {
    expect(() => denyListCritic({})).toThrow(/at least one word or pattern/)
    expect(() => denyListCritic({ words: ['!!'] })).toThrow(/must hold a letter or a digit/)
  })

  it('takes no longer than 100 ms for 1 MiB of anything', async () => {
    const critic = denyListCritic({
      words: ['a b c d', 'ignore the', '漢字', 'the quick red', 'a a a a b'],
      patterns: [/zz\d/],
    })
    expect((await slowest(critic)).ms).toBeLessThan(100)
  })
})
