import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, foldWord } from '../../../src/actors/critics/fold.ts'

describe('folding', () => {
  it.each([
    ['Crème BRÛLÉE', 'creme brulee'],
    ['e\u0301\u0316', 'e'],
    ['Straße', 'strasse'],
    ['ΣΊΓΜΑΣ', 'σιγμασ'],
    ['ﬁｘ Ⅷ', 'fix viii'],
    ['𝐁𝑜𝓁𝖉', 'bold'],
    ['a\u200bb\u00adc\u{e0041}\ufe0f', 'abc'],
    ['İıſ', 'iis'],
    ['हिन्दी がぎ 한국어 漢字', 'हिन्दी がぎ 한국어 漢字'],
  ])('makes of %s', (text, folded) => {
    expect(foldWord(text)).toBe(folded)
  })

  it('knows where each unit stood, and folding again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const folded = fold(text)
        let last = 0
        for (let index = 0; index < folded.text.length; index++) {
          expect(folded.originOf(index)).toBeGreaterThanOrEqual(last)
          last = folded.originOf(index)
          expect(last).toBeLessThan(text.length)
        }
        expect(foldWord(folded.text)).toBe(folded.text)
      }),
    )
  })

  it('folds text the same wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        expect(foldWord(`${one} ${other}`)).toBe(`${foldWord(one)} ${foldWord(other)}`)
      }),
    )
  })
})
