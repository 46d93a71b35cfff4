import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, hashOf, type Json } from '../../src/model/canonical.ts'
import { isRef, refOf, refsIn, type Ref } from '../../src/model/content.ts'
import { reversed } from './samples.ts'

const json = fc.jsonValue() as fc.Arbitrary<Json>
const ref = json.map((value) => refOf('salt', value))

/** JSON with references here and there. */
const withRefs: fc.Arbitrary<Json> = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    ref,
    fc.constantFrom<Json>(
      null,
      1,
      true,
      'text',
      'ref:short',
      `ref:${'G'.repeat(64)}`,
      ` ref:${'a'.repeat(64)}`,
    ),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('node'), { maxKeys: 4 }),
  ),
})).node

describe('a reference', () => {
  it('is the same for the same content under the same salt, however its keys are ordered', () => {
    fc.assert(
      fc.property(fc.string(), json, (salt, content) => {
        expect(refOf(salt, content)).toBe(refOf(salt, JSON.parse(canonicalJson(content)) as Json))
        expect(refOf(salt, reversed(content) as Json)).toBe(refOf(salt, content))
        expect(isRef(refOf(salt, content))).toBe(true)
      }),
    )
  })

  it('tells contents apart, and says nothing of one without the salt', () => {
    fc.assert(
      fc.property(json, json, fc.string(), fc.string(), (one, other, salt, pepper) => {
        if (canonicalJson(one) !== canonicalJson(other)) expect(refOf(salt, one)).not.toBe(refOf(salt, other))
        if (salt !== pepper && salt.isWellFormed() && pepper.isWellFormed())
          expect(refOf(salt, one)).not.toBe(refOf(pepper, one))
        expect(refOf(salt, one)).not.toBe(`ref:${hashOf(one)}`)
      }),
    )
  })

  it('is nothing but `ref:` and 64 hexadecimal digits', () => {
    const digits = 'a0'.repeat(32)
    expect(isRef(`ref:${digits}`)).toBe(true)
    const others = [
      digits,
      `ref:${digits}a`,
      `ref:${digits.toUpperCase()}`,
      `ref:${digits}\n`,
      'ref:',
      '',
      null,
      1,
      {},
    ]
    for (const other of others) expect(isRef(other), JSON.stringify(other)).toBe(false)
  })
})

describe('the references inside a value', () => {
  it('are all that are in it, each once', () => {
    fc.assert(
      fc.property(withRefs, (value) => {
        const found = [...refsIn(value)]
        const written = new Set(JSON.stringify(value).match(/(?<=")ref:[0-9a-f]{64}(?=")/g))
        // A key of an object is no content, however it reads.
        for (const one of found) expect(written).toContain(one)
        expect(new Set(found).size).toBe(found.length)
        expect(found.every(isRef)).toBe(true)
      }),
    )
  })

  it('are found wherever they stand', () => {
    fc.assert(
      fc.property(fc.uniqueArray(ref, { minLength: 3, maxLength: 3 }), ([a, b, c]) => {
        const value: Json = { one: a!, two: [1, { deep: [b!, a!] }], [c!]: null, text: `${b!} and more` }
        expect(refsIn(value)).toEqual(new Set<Ref>([a!, b!]))
      }),
    )
  })

  it('are added to those already found', () => {
    const [a, b] = ['a', 'b'].map((text) => refOf('salt', text)) as [Ref, Ref]
    expect(refsIn([b], refsIn([a]))).toEqual(new Set([a, b]))
  })
})
