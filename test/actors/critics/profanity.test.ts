import { describe, expect, it } from 'vitest'
import { profanityCritic } from '../../../src/actors/critics/index.ts'
import { slowest } from './adversarial.ts'
import { evaluate, rulesOf } from './evaluate.ts'

const PROFANE = [
  'What the fuck?',
  'SHIT!',
  'this is bullshit.',
  'you $h1t',
  'sh!t happens',
  'b1tch',
  'f*ck',
  'sh#t',
  'fuuuuuuck',
  'shiiiittt',
  'f u c k',
  'f.u.c.k',
  's-h-i-t',
  'ｆｕｃｋ',
  '𝐟𝐮𝐜𝐤',
  'fu\u200bck',
  'fúck',
  'fuсk with a Cyrillic letter',
  'f@gg0ts',
  'goddamned',
  'bitch@$$ bitch',
]

const INNOCENT = [
  'Scunthorpe, Penistone and Sussex',
  'The assassin passed a class on bass',
  'a cocktail with shiitake',
  'Dickens, Hancock and Dick Whittington',
  'to count on Wuhan',
  'a b c d e f u',
  'U.S.A. and U.K.',
  'H e l l o',
  'good, too, off, all',
  'x = a * b * c # shift',
  'sh1ft 5h 1t',
  '$100 @ 5% + tax!!!',
  'version 4.5.1-beta',
  'crêpe',
  'grape',
  'snigger at the niggardly',
  'an arsenal of canals',
]

describe('the profanity critic', () => {
  it.each(PROFANE)('finds profanity in: %s', async (text) => {
    expect(await rulesOf(profanityCritic(), text)).toEqual(['profanity.word'])
  })

  it.each(INNOCENT)('lets pass: %s', async (text) => {
    expect(await rulesOf(profanityCritic(), text)).toEqual([])
  })

  it('grades what it finds, and says where without the word', async () => {
    const finding = await evaluate(profanityCritic(), 'well, damn that shit')
    expect(finding).toMatchObject({
      severity: 1.5,
      violations: [
        { severity: 0.5, message: 'a profane word at character 7 of the response' },
        { severity: 1.5, message: 'a profane word at character 17 of the response' },
      ],
    })
  })

  it('gives the place in the original text, whatever folding did before it', async () => {
    const finding = await evaluate(profanityCritic(), 'ﬃ\u200b𝐱 shit')
    expect(finding.violations).toMatchObject([{ message: 'a profane word at character 6 of the response' }])
  })

  it('takes further words, of any script, and lets allowed ones pass', async () => {
    const critic = profanityCritic({ words: ['Blödsinn', { text: 'блин', severity: 1 }], allow: ['damn'] })
    expect(await rulesOf(critic, 'So ein BLÖDSINN')).toEqual(['profanity.word'])
    expect(await evaluate(critic, 'ну блин')).toMatchObject({ severity: 1 })
    expect(await rulesOf(critic, 'damn, d*mn')).toEqual([])
    expect(() => profanityCritic({ words: ['two words'] })).toThrow(/must be one word/)
  })

  it('asks obscenity too, for what its own list does not know', async () => {
    const text = 'shit, what a wank'
    expect((await evaluate(profanityCritic(), text)).details).toMatchObject({ total: 1 })
    expect((await evaluate(profanityCritic({ obscenity: true }), text)).details).toMatchObject({ total: 2 })
    expect(
      (await evaluate(profanityCritic({ obscenity: true, allow: ['wank'] }), text)).details,
    ).toMatchObject({ total: 1 })
  })

  it('takes no longer than 100 ms for 1 MiB of anything', async () => {
    expect((await slowest(profanityCritic())).ms).toBeLessThan(100)
  })
})
