import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Isa } from '../../../src/model/isa/isa.ts'
import type { IsaNode } from '../../../src/model/isa/isa-node.ts'
import { isaOf, metres } from './scene.ts'

const NODES = 8
const idOf = (index: number) => `n.x${index}`

type Step =
  | {
      readonly kind: 'set'
      readonly at: number
      readonly magnitude: number
      readonly others: readonly number[]
    }
  | { readonly kind: 'change'; readonly at: number; readonly magnitude: number }
  | { readonly kind: 'confirm' | 'remove'; readonly at: number }
  | { readonly kind: 'transaction'; readonly fails: boolean; readonly steps: readonly Step[] }

const at = fc.nat({ max: NODES - 1 })
const magnitude = fc.integer({ min: 1, max: 4 })
const simple: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    at,
    magnitude,
    others: fc.uniqueArray(at, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('change' as const), at, magnitude }),
  fc.record({ kind: fc.constant('change' as const), at, magnitude }),
  fc.record({ kind: fc.constantFrom('confirm' as const, 'remove' as const), at }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: simple },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('transaction' as const),
      fails: fc.boolean(),
      steps: fc.array(simple, { maxLength: 5 }),
    }),
  },
)

/** Where work begins: each node depends on some of those before it. */
const start: fc.Arbitrary<readonly Step[]> = fc
  .tuple(...Array.from({ length: NODES }, (_, index) => fc.subarray([...Array(index).keys()].toReversed())))
  .map((dependsOn) =>
    dependsOn.map((others, index) => ({ kind: 'set' as const, at: index, magnitude: 1, others })),
  )
const steps = (maxLength: number) =>
  fc.tuple(start, fc.array(step, { maxLength })).map(([first, then]) => [...first, ...then])

/** The same ISA without any cleverness: plain records, and every walk from the beginning. */
class NaiveIsa {
  nodes = new Map<number, { magnitude: number; others: readonly number[]; isStale: boolean }>()

  /** False where the real one must refuse. */
  do(one: Step): boolean {
    if (one.kind === 'transaction') {
      const before = structuredClone(this.nodes)
      for (const inner of one.steps) this.do(inner)
      if (one.fails) this.nodes = before
      return true
    }
    const node = this.nodes.get(one.at)
    if (one.kind === 'set') {
      if (!one.others.every((other) => this.nodes.has(other) && !this.leadsTo(other, one.at))) return false
      this.put(one.at, one.magnitude, one.others)
      return true
    }
    if (!node) return false
    if (one.kind === 'change') this.put(one.at, one.magnitude, node.others)
    else if (one.kind === 'confirm') node.isStale = false
    else if ([...this.nodes.values()].some(({ others }) => others.includes(one.at))) return false
    else this.nodes.delete(one.at)
    return true
  }

  put(index: number, amount: number, others: readonly number[]): void {
    const before = this.nodes.get(index)
    this.nodes.set(index, { magnitude: amount, others, isStale: false })
    if (before && before.magnitude !== amount)
      for (const [other, node] of this.nodes)
        if (other !== index && this.leadsTo(other, index)) node.isStale = true
  }

  leadsTo(from: number, to: number): boolean {
    return from === to || (this.nodes.get(from)?.others ?? []).some((other) => this.leadsTo(other, to))
  }

  list() {
    return [...this.nodes]
      .toSorted(([a], [b]) => a - b)
      .map(([index, { magnitude: amount, others, isStale }]) => ({
        id: idOf(index),
        magnitude: amount,
        dependsOn: others.map(idOf).toSorted(),
        isStale,
      }))
  }
}

function perform(isa: Isa, one: Step): boolean {
  try {
    if (one.kind === 'transaction')
      isa.transaction(() => {
        for (const inner of one.steps) perform(isa, inner)
        if (one.fails) throw new Error('no')
      })
    else if (one.kind === 'set')
      isa.set(idOf(one.at), metres(one.magnitude), { dependsOn: one.others.map(idOf) })
    else if (one.kind === 'change') {
      isa.get(idOf(one.at))
      isa.set(idOf(one.at), metres(one.magnitude))
    } else isa[one.kind](idOf(one.at))
    return true
  } catch {
    return one.kind === 'transaction'
  }
}

const seen = (isa: Isa) =>
  isa
    .list()
    .map(({ id, value, dependsOn, isStale }) => ({ id, magnitude: value.magnitude, dependsOn, isStale }))

describe('any work on an ISA', () => {
  it('leaves what a naive one is left with, staleness included, and refuses what it refuses', () => {
    fc.assert(
      fc.property(steps(40), (all) => {
        const [isa, naive] = [isaOf(), new NaiveIsa()]
        for (const one of all) {
          expect(perform(isa, one)).toBe(naive.do(one))
          expect(seen(isa)).toEqual(naive.list())
        }
        expect(isaOf(JSON.parse(JSON.stringify(isa))).stateHash).toBe(isa.stateHash)
      }),
      { numRuns: 300 },
    )
  })

  it('that fails in a transaction leaves hash, revision and changes as they were', () => {
    fc.assert(
      fc.property(steps(15), fc.array(simple, { maxLength: 10 }), (all, undone) => {
        const isa = isaOf()
        for (const one of all) perform(isa, one)
        const before = [isa.toJSON(), isa.stateHash, isa.changes.length]
        perform(isa, { kind: 'transaction', fails: true, steps: undone })
        expect([isa.toJSON(), isa.stateHash, isa.changes.length]).toEqual(before)
      }),
    )
  })

  it('can be done again from its changes', () => {
    fc.assert(
      fc.property(steps(25), (all) => {
        const [isa, again] = [isaOf(), isaOf()]
        for (const one of all) perform(isa, one)
        for (const change of isa.changes)
          if (change.kind === 'set') again.set(change.id, change.value, change.about)
          else again[change.kind](change.id)
        expect(again.toJSON().nodes).toEqual(isa.toJSON().nodes)
      }),
    )
  })
})

describe('the hash of a state', () => {
  it('does not depend on the order in which nodes were set', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 99 }), { maxLength: 12 }), (numbers) => {
        const [one, other] = [isaOf(), isaOf()]
        for (const index of numbers) one.set(idOf(index), metres(index))
        for (const index of numbers.toReversed()) other.set(idOf(index), metres(index))
        expect(other.stateHash).toBe(one.stateHash)
      }),
    )
  })

  it('is another one with everything that matters', () => {
    const node: IsaNode = {
      value: { magnitude: 1, unit: 'm', tolerance: 0, source: 'eva', validationScore: 0.5, locked: false },
      constraints: [{ kind: 'range', min: 0, max: 10, unit: 'm' }],
      dependsOn: [],
      isStale: false,
      owner: 'eva',
      description: 'length',
    }
    const { value } = node
    const others: IsaNode[] = [
      { ...node, value: { ...value, magnitude: 1 + Number.EPSILON } },
      { ...node, value: { ...value, unit: 'mm' } },
      { ...node, value: { ...value, tolerance: 1e-9 } },
      { ...node, value: { ...value, source: 'max' } },
      { ...node, value: { ...value, validationScore: 0.6 } },
      { ...node, value: { ...value, locked: true } },
      { ...node, constraints: [] },
      { ...node, constraints: [{ kind: 'range', min: 0, max: 11, unit: 'm' }] },
      { ...node, constraints: [{ kind: 'range', min: 0, max: 10, unit: 'mm' }] },
      { ...node, dependsOn: ['a.base'] },
      { ...node, isStale: true },
      { ...node, owner: null },
      { ...node, description: 'Length' },
    ]
    const hashOfNode = (own: IsaNode, id = 'a.x', revision = 1) =>
      isaOf({ revision, nodes: { [id]: own, 'a.base': { ...node } } }).stateHash
    const hashes = [node, ...others].map((own) => hashOfNode(own))
    expect(new Set([...hashes, hashOfNode(node, 'b.x')]).size).toBe(others.length + 2)
    expect(hashOfNode(node, 'a.x', 7)).toBe(hashes[0])
  })
})

describe('ten thousand nodes', () => {
  const COUNT = 10_000

  const chain = (): Isa => {
    const isa = isaOf()
    for (let index = 0; index < COUNT; index++)
      isa.set(idOf(index), metres(1), { dependsOn: index > 0 ? [idOf(index - 1)] : [] })
    return isa
  }

  it('are computed again in order, or against it, without walking all of them each time', () => {
    const isa = chain()
    const begun = performance.now()
    for (let index = 0; index < COUNT; index++) isa.set(idOf(index), metres(2))
    expect(isa.stale()).toEqual([])
    for (let index = COUNT - 1; index >= 0; index--) isa.set(idOf(index), metres(3))
    expect(isa.stale()).toHaveLength(COUNT - 1)
    // About 0.2 s; a walk of all behind each would be a hundred million steps, and take a minute.
    expect(performance.now() - begun).toBeLessThan(5_000)
  })
})
