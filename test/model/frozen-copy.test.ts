import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frozenCopy, NotPlainData } from '../../src/model/frozen-copy.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { OPAQUE, sparse, thawedIn } from './samples.ts'

const nested = (depth: number): unknown => {
  let value: unknown = 0
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

const thrownBy = (value: unknown): string => {
  try {
    frozenCopy(value)
  } catch (error) {
    if (error instanceof NotPlainData) return error.message
  }
  return 'nothing'
}

const throwing = (thrown: unknown) => ({
  get name() {
    throw thrown
  },
})

describe('frozenCopy', () => {
  it('equals what it copied, is frozen throughout and shares nothing with it', () => {
    const original = { list: [1, { deep: [2] }], text: 'a', nothing: null, absent: undefined, big: 5n }
    const copied = frozenCopy(original)
    expect(copied).toEqual(original)
    expect(thawedIn(copied)).toEqual([])
    expect(copied.list).not.toBe(original.list)
    original.list.push(3)
    expect(copied.list).toHaveLength(2)
    expect(Object.isFrozen(original)).toBe(false)
  })

  it('copies any JSON value, twice into equal copies', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copied = frozenCopy(value)
        expect(thawedIn(copied)).toEqual([])
        expect(copied).toEqual(value)
        expect(frozenCopy(copied)).toEqual(copied)
      }),
      { numRuns: 1_000 },
    )
  })

  it('copies the same part twice when it is referred to twice: that is no cycle', () => {
    const shared = { a: 1 }
    expect(frozenCopy({ left: shared, right: shared })).toEqual({ left: { a: 1 }, right: { a: 1 } })
  })

  it('fills the holes of a sparse array with undefined', () => {
    const copied = frozenCopy(Object.assign(sparse(3), { 0: 1, 2: 3 }))
    expect(copied).toEqual([1, undefined, 3])
    expect(Object.keys(copied)).toEqual(['0', '1', '2'])
  })

  it('keeps a __proto__ key as data', () => {
    const copied = frozenCopy(JSON.parse('{"__proto__":{"admin":true}}') as { admin?: boolean })
    expect(copied.admin).toBeUndefined()
    expect(Object.keys(copied)).toEqual(['__proto__'])
    expect(thawedIn(copied)).toEqual([])
  })

  it('copies what is inherited or not enumerable too, for it is said all the same; symbols are left out', () => {
    const value: object = Object.create(
      { inherited: 1 },
      { hidden: { value: 2 }, own: { value: 3, enumerable: true } },
    )
    expect(frozenCopy(Object.assign(value, { [Symbol('mark')]: 4 }))).toEqual({
      hidden: 2,
      inherited: 1,
      own: 3,
    })
  })

  it('refuses what is no data, and names the place', () => {
    expect(thrownBy({ context: { user: [{ save: () => 1 }] } })).toBe(
      'context.user[0].save is of type function',
    )
    expect(thrownBy({ mark: Symbol('mark') })).toContain('mark is of type symbol')
    expect(thrownBy(() => 1)).toContain('the value is of type function')
  })

  it('refuses cycles, through objects and lists', () => {
    const object: Record<string, unknown> = {}
    object['self'] = { back: object }
    const list: unknown[] = []
    list.push(list)
    expect(thrownBy(object)).toBe('self.back refers back to itself')
    expect(thrownBy({ list })).toBe('list[0] refers back to itself')
  })

  it('refuses a throwing getter with its message, even when what is thrown has none', () => {
    expect(thrownBy({ user: throwing(new TypeError('no')) })).toBe(
      'user.name could not be read: TypeError: no',
    )
    expect(thrownBy({ user: throwing(Object.create(null)) })).toContain('user.name could not be read')
  })

  it('goes as deep as the limit, and not deeper', () => {
    expect(frozenCopy(nested(LIMITS.dataDepthMax + 1))).toEqual(nested(LIMITS.dataDepthMax + 1))
    expect(thrownBy(nested(LIMITS.dataDepthMax + 2))).toContain('is nested deeper than 100 levels')
    expect(thrownBy(nested(100_000))).toContain('is nested deeper')
  })

  it('copies as many parts as the limit, in lists and objects, and not more', () => {
    const many = Array.from({ length: LIMITS.dataNodesMax + 1 }, (_, index) => index)
    for (const value of [many, Object.fromEntries(many.entries())])
      expect(thrownBy({ value })).toContain('has more than 1000000 parts')
    expect(thrownBy(sparse(4_294_967_295))).toContain('has more than 1000000 parts')
    expect(frozenCopy(many.slice(0, 999_000))).toHaveLength(999_000)
  })

  it.each(OPAQUE)('refuses a %s, at the top and deep inside, because it would stay mutable', (kind, make) => {
    const why = `is of type ${kind}, and only plain data can be passed on`
    expect(thrownBy(make())).toContain(`the value ${why}`)
    expect(thrownBy({ context: { users: [{ seen: make() }] } })).toContain(`context.users[0].seen ${why}`)
  })

  it('refuses a Map of a class of its own, and one without a single entry', () => {
    class Register extends Map<string, number> {}
    expect(thrownBy({ register: new Register() })).toContain('register is of type Map')
  })
})
