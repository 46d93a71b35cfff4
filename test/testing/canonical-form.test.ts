import { createEmptyActor } from 'xstate'
import { describe, expect, it } from 'vitest'
import { canonicalForm } from '../../src/testing/canonical-form.ts'
import { counterMachine } from './machines.ts'

describe('the canonical form', () => {
  it.each([
    [{ b: 1, a: [1, 'x', null] }, '{"a":[1,"x",null],"b":1}'],
    [[Number.NaN, Infinity, -0, undefined, 5n], '[NaN,Infinity,0,undefined,5n]'],
    [{ kept: 1, left: undefined }, '{"kept":1}'],
    [
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
      'Map{"a":1,"b":2}',
    ],
    [new Set([2, 1]), 'Set{1,2}'],
    [new Date(5), 'Date(5)'],
    [Object.assign(new TypeError('no'), { code: 7 }), 'Error{"code":7,"message":"no","name":"TypeError"}'],
  ])('writes %o', (value, text) => {
    expect(canonicalForm(value)).toBe(text)
  })

  it('leaves out functions, actors and machines', () => {
    const value = { work: () => 1, actor: createEmptyActor(), machine: counterMachine, kept: true }
    expect(canonicalForm(value)).toBe('{"kept":true}')
  })

  it('keeps the places of what an array holds', () => {
    expect(canonicalForm([() => 1, createEmptyActor(), 2])).toBe('[function,actor,2]')
  })

  it('survives a cycle and tells where it leads', () => {
    const node: { self?: unknown; list: unknown[] } = { list: [] }
    node.self = node
    node.list.push(node)
    expect(canonicalForm(node)).toBe('{"list":[cycle:2],"self":cycle:1}')
  })

  it('writes a shared value twice, since it is no cycle', () => {
    const shared = { x: 1 }
    expect(canonicalForm([shared, shared])).toBe('[{"x":1},{"x":1}]')
  })

  it('survives a getter that throws', () => {
    const value = {
      get broken() {
        throw new Error('no')
      },
    }
    expect(canonicalForm(value)).toBe('{"broken":{"threw":"Error: no"}}')
  })
})
