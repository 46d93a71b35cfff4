import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStagecraftError } from '../../src/model/errors.ts'
import { Id, ID_PATTERN, readId } from '../../src/model/id.ts'

const HEAD = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789']
const TAIL = [...HEAD, '_', '-']

/** As the documentation says it: a letter or digit, then 2 to 63 letters, digits, `_` or `-`. */
const id = fc
  .tuple(fc.constantFrom(...HEAD), fc.array(fc.constantFrom(...TAIL), { minLength: 2, maxLength: 63 }))
  .map(([head, tail]) => head + tail.join(''))

describe('an id', () => {
  it('is any that the documentation allows, word for word', () => {
    fc.assert(
      fc.property(id, (text) => {
        expect(readId('project', text)).toBe(text)
        expect(Id.safeParse(text).success).toBe(true)
      }),
    )
  })

  it('is the same to a path, a URL and a log line', () => {
    fc.assert(
      fc.property(id, (text) => {
        expect(encodeURIComponent(text)).toBe(text)
        expect(new URL(`http://host/projects/${text}`).pathname).toBe(`/projects/${text}`)
        expect(text).not.toMatch(/[\s./\\:]/)
      }),
    )
  })

  it('is nothing with any other character in it, at its beginning or of another length', () => {
    const strange = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 3 })
      .filter((text) => !/^[\w-]+$/.test(text))
    fc.assert(
      fc.property(id, strange, fc.nat(64), (text, other, at) => {
        expect(ID_PATTERN.test(text.slice(0, at) + other + text.slice(at))).toBe(false)
      }),
    )
    for (const wrong of [
      '',
      'ab',
      'a'.repeat(65),
      '-abc',
      '_abc',
      'abc\n',
      '../../../etc/passwd',
      'a.b',
      'drone 001',
    ])
      expect(Id.safeParse(wrong).success, wrong).toBe(false)
  })

  it('is refused with its rule and what it is of, whatever it is', () => {
    for (const wrong of ['ab', undefined, null, 7, {}, ['abc'], Symbol('id')])
      try {
        readId('project', wrong)
        expect.unreachable()
      } catch (error) {
        expect(isStagecraftError(error) && [error.code, error.message]).toEqual([
          'input.invalid',
          expect.stringContaining('The id of the project is not valid: '),
        ])
      }
    expect(() => readId('checkpoint', 'ab')).toThrow(/must be 3 to 64 letters, digits, "_" or "-"/)
  })
})
