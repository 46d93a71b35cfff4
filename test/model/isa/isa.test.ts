import { describe, expect, it } from 'vitest'
import { createIsa } from '../../../src/model/isa/isa.ts'
import type { NodeValue } from '../../../src/model/isa/isa-node.ts'
import type { IsaState } from '../../../src/model/isa/isa-state.ts'
import { macrotasks } from '../../../src/testing/macrotasks.ts'
import { codeOf, isaOf, lengths, metres, units } from './scene.ts'

describe('an ISA', () => {
  it('keeps what is set, with who set it', () => {
    const isa = createIsa({ units, owner: 'eva' })
    const node = isa.set('frame.arm', { magnitude: 250, unit: 'mm', tolerance: 0.5 }, { description: 'arm' })
    expect(node).toEqual({
      value: { magnitude: 250, unit: 'mm', tolerance: 0.5, source: 'eva', validationScore: 0, locked: false },
      constraints: [],
      dependsOn: [],
      isStale: false,
      owner: 'eva',
      description: 'arm',
    })
    expect(isa.get('frame.arm')).toBe(node)
    expect(isa.magnitude('frame.arm', 'm')).toBe(0.25)
    expect([isa.revision, isa.size, isa.domains]).toEqual([1, 1, ['frame']])
  })

  it('really changes a node that is set again, and leaves what is not said as it was', () => {
    const isa = isaOf()
    isa.set('frame.arm', metres(1), { owner: 'eva', description: 'arm' })
    isa.set('frame.arm', metres(2), { description: 'longer arm' })
    expect(isa.get('frame.arm')).toMatchObject({
      value: { magnitude: 2 },
      owner: 'eva',
      description: 'longer arm',
    })
  })

  it('does nothing where nothing would change', () => {
    const isa = lengths({ 'a.x': [], 'a.y': ['a.x'] })
    const before = [isa.revision, isa.changes.length, isa.stateHash]
    isa.set('a.x', metres(1))
    isa.confirm('a.y')
    expect([isa.revision, isa.changes.length, isa.stateHash]).toEqual(before)
  })

  it('takes the same name in two domains for two nodes', () => {
    const isa = lengths({ 'a.x': [], 'b.x': [], 'a.y': ['a.x'], 'b.y': ['b.x'] })
    isa.set('b.x', metres(2))
    expect(isa.stale()).toEqual(['b.y'])
    expect(isa.magnitude('a.x', 'm')).toBe(1)
    expect(isa.list('b').map(({ id }) => id)).toEqual(['b.x', 'b.y'])
    expect(isa.list().map(({ id }) => id)).toEqual(['a.x', 'a.y', 'b.x', 'b.y'])
  })

  it('gives a value in another unit, with its tolerance and its bounds', () => {
    const isa = isaOf()
    isa.set(
      'motor.case',
      { magnitude: 20, unit: 'degC', tolerance: 0.5 },
      {
        constraints: [
          { kind: 'range', min: 0, max: 40 },
          { kind: 'range', max: 300, unit: 'K' },
        ],
      },
    )
    const { magnitude, tolerance, bounds } = isa.in('motor.case', 'degF')
    expect({ magnitude, tolerance, min: bounds.min }).toEqual({ magnitude: 68, tolerance: 0.9, min: 32 })
    expect(bounds.max).toBeCloseTo(80.33, 9)
    expect(isa.in('motor.case', 'K').bounds).toEqual({ min: 273.15, max: 300 })
  })

  it('hands out nothing that can be changed behind its back', () => {
    const isa = lengths({ 'a.x': [] })
    const constraint = { kind: 'atMost' as const, node: 'a.x', margin: metres(1) }
    const node = isa.set('a.y', metres(1), { constraints: [constraint] })
    const parts = [node, node.value, node.constraints, ...node.constraints, node.dependsOn]
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true))
    expect(Object.isFrozen(constraint)).toBe(false)
    const state = { revision: 3, nodes: structuredClone(isa.toJSON().nodes) }
    const other = isaOf(state)
    expect(Object.isFrozen(state.nodes['a.x'])).toBe(true)
    other.set('a.x', metres(5))
    expect(state.nodes['a.x']?.value.magnitude).toBe(1)
  })

  it('comes back from its own JSON the same', () => {
    const isa = lengths({ 'a.x': [], 'a.y': ['a.x'], 'b.z': ['a.y', 'a.x'] })
    isa.set('a.x', metres(3))
    const back = isaOf(JSON.parse(JSON.stringify(isa)))
    expect(back.toJSON()).toEqual(isa.toJSON())
    expect(back.stateHash).toBe(isa.stateHash)
    expect(back.stale()).toEqual(['a.y', 'b.z'])
    back.set('a.y', metres(4))
    expect(back.stale()).toEqual(['b.z'])
  })

  it('refuses a state that is none', () => {
    const nodeWith = (part: object) => ({ ...lengths({ 'a.x': [] }).toJSON().nodes['a.x'], ...part })
    const x = nodeWith({})
    for (const nodes of [
      { ax: x },
      { 'a.x': nodeWith({ dependsOn: ['a.y'] }) },
      { 'a.x': nodeWith({ dependsOn: ['a.y'] }), 'a.y': nodeWith({ dependsOn: ['a.x'] }) },
      { 'a.x': nodeWith({ isStale: 'no' }) },
      { 'a.x': nodeWith({ extra: 1 }) },
      { 'a.x': nodeWith({ value: { ...x.value, magnitude: null } }) },
    ])
      expect(codeOf(() => isaOf({ revision: 1, nodes: nodes as never }))).toBe('isa.invalid_state')
  })
})

describe('setting', () => {
  const isa = lengths({ 'frame.arm': [], 'frame.mast': ['frame.arm'], 'frame.boom': ['frame.mast'] })
  isa.set('frame.gap', { ...metres(1), locked: true })

  it.each([
    ['no id', 'isa.invalid_value', () => isa.set('frame', metres(1))],
    ['an id of three parts', 'isa.invalid_value', () => isa.set('a.b.c', metres(1))],
    ['an id of nature', 'isa.invalid_value', () => isa.set('__proto__.x', metres(1))],
    ['NaN', 'isa.invalid_value', () => isa.set('frame.new', metres(Number.NaN))],
    ['Infinity', 'isa.invalid_value', () => isa.set('frame.arm', metres(Infinity))],
    [
      'a negative tolerance',
      'isa.invalid_value',
      () => isa.set('frame.new', { ...metres(1), tolerance: -1 }),
    ],
    ['an unknown unit', 'units.unknown', () => isa.set('frame.new', { magnitude: 1, unit: 'spam' })],
    ['another dimension', 'isa.dimension', () => isa.set('frame.arm', { magnitude: 1, unit: 'kg' })],
    ['a locked node', 'isa.locked', () => isa.set('frame.gap', metres(2))],
    [
      'what is not there',
      'isa.unknown_node',
      () => isa.set('frame.new', metres(1), { dependsOn: ['frame.leg'] }),
    ],
    ['itself', 'isa.circular', () => isa.set('frame.new', metres(1), { dependsOn: ['frame.new'] })],
    ['a circle', 'isa.circular', () => isa.set('frame.arm', metres(1), { dependsOn: ['frame.boom'] })],
    [
      'a range of something else',
      'isa.dimension',
      () => isa.set('frame.arm', metres(1), { constraints: [{ kind: 'range', max: 1, unit: 'kg' }] }),
    ],
    [
      'a range that ends before it begins',
      'isa.invalid_value',
      () => isa.set('frame.arm', metres(1), { constraints: [{ kind: 'range', min: 2, max: 1 }] }),
    ],
  ])('refuses %s, and changes nothing', (_, code, work) => {
    const before = [isa.stateHash, isa.revision, isa.changes.length]
    expect(codeOf(work)).toBe(code)
    expect([isa.stateHash, isa.revision, isa.changes.length]).toEqual(before)
  })

  it('names the circle, and what is near', () => {
    expect(() => isa.set('frame.arm', metres(1), { dependsOn: ['frame.boom'] })).toThrow(
      'frame.arm -> frame.boom -> frame.mast -> frame.arm',
    )
    expect(() => isa.get('frame.mats')).toThrow('Did you mean "frame.mast"')
  })

  it('takes another unit of the same dimension', () => {
    const own = lengths({ 'a.x': [] })
    own.set('a.x', { magnitude: 5, unit: 'mm' })
    expect(own.magnitude('a.x', 'm')).toBe(0.005)
  })
})

describe('staleness', () => {
  it('reaches all that depends on a change, through a diamond, and never what changed', () => {
    const isa = lengths({
      'a.top': [],
      'a.left': ['a.top'],
      'a.right': ['a.top'],
      'a.foot': ['a.left', 'a.right'],
    })
    isa.set('a.top', metres(2))
    expect(isa.stale()).toEqual(['a.foot', 'a.left', 'a.right'])
    isa.set('a.left', metres(2))
    expect(isa.stale()).toEqual(['a.foot', 'a.right'])
    isa.confirm('a.right')
    isa.confirm('a.foot')
    expect(isa.stale()).toEqual([])
    isa.set('a.top', metres(3))
    expect(isa.stale()).toEqual(['a.foot', 'a.left', 'a.right'])
  })

  it('is not caused by what no computation reads', () => {
    const isa = lengths({ 'a.x': [], 'a.y': ['a.x'] })
    isa.set('a.x', { ...metres(1), source: 'measured', validationScore: 1 }, { description: 'x' })
    expect(isa.stale()).toEqual([])
    isa.set('a.x', { ...metres(1), tolerance: 0.1 })
    expect(isa.stale()).toEqual(['a.y'])
  })
})

describe('a lock', () => {
  it.each([
    ['in the value', { ...metres(1), locked: true }, []],
    ['as a constraint', metres(1), [{ kind: 'locked' as const }]],
  ])('%s holds until it is taken away', (_, value, constraints) => {
    const isa = isaOf()
    isa.set('a.x', value, { constraints })
    isa.set('a.x', value, { constraints })
    expect(codeOf(() => isa.set('a.x', metres(2)))).toBe('isa.locked')
    expect(codeOf(() => isa.remove('a.x'))).toBe('isa.locked')
    expect(isa.unlock('a.x')).toMatchObject({ value: { locked: false }, constraints: [] })
    isa.set('a.x', metres(2))
    expect(isa.magnitude('a.x', 'm')).toBe(2)
  })

  it('does not hide that what it was computed from has changed', () => {
    const isa = lengths({ 'a.x': [] })
    isa.set('a.y', { ...metres(1), locked: true }, { dependsOn: ['a.x'] })
    isa.set('a.x', metres(2))
    expect(isa.stale()).toEqual(['a.y'])
    isa.set('a.y', { ...metres(1), locked: true })
    expect(isa.stale()).toEqual([])
  })
})

describe('removing', () => {
  it('is refused while others depend on it', () => {
    const isa = lengths({ 'a.x': [], 'a.y': ['a.x'] })
    expect(() => isa.remove('a.x')).toThrow('a.y depends on it')
    isa.remove('a.y')
    isa.remove('a.x')
    expect(isa.size).toBe(0)
    expect(codeOf(() => isa.remove('a.x'))).toBe('isa.unknown_node')
  })
})

describe('a transaction', () => {
  it('gives what its work gives, and counts as one change', () => {
    const isa = lengths({ 'a.x': [] })
    const given = isa.transaction(() => {
      isa.set('a.x', metres(2))
      isa.set('a.y', metres(3))
      return 'done'
    })
    expect([given, isa.revision, isa.changes.length]).toEqual(['done', 2, 3])
  })

  it('leaves everything as it was when its work throws', () => {
    const isa = lengths({ 'a.x': [], 'a.y': ['a.x'] })
    const before = [isa.toJSON(), isa.stateHash, isa.changes.length]
    expect(() =>
      isa.transaction(() => {
        isa.set('a.x', metres(99))
        isa.set('a.z', metres(1), { dependsOn: ['a.y'] })
        isa.remove('a.z')
        isa.remove('a.y')
        throw new Error('no')
      }),
    ).toThrow('no')
    expect([isa.toJSON(), isa.stateHash, isa.changes.length]).toEqual(before)
    isa.set('a.x', metres(2))
    expect(isa.stale()).toEqual(['a.y'])
  })

  it('that failed does not hide what becomes stale later', () => {
    const isa = lengths({ 'a.x': [], 'a.y': ['a.x'], 'a.z': ['a.y'] })
    expect(() =>
      isa.transaction(() => {
        isa.set('a.x', metres(99))
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(isa.stale()).toEqual([])
    isa.set('a.x', metres(2))
    expect(isa.stale()).toEqual(['a.y', 'a.z'])
  })

  it('nests: what fails inside and is caught leaves the rest', () => {
    const isa = isaOf()
    isa.transaction(() => {
      isa.set('a.x', metres(1))
      expect(() =>
        isa.transaction(() => {
          isa.set('a.x', metres(2))
          isa.set('a.y', metres(2))
          throw new Error('no')
        }),
      ).toThrow('no')
      isa.set('a.z', metres(3))
    })
    expect(isa.list().map(({ id, value }) => [id, value.magnitude])).toEqual([
      ['a.x', 1],
      ['a.z', 3],
    ])
    expect([isa.revision, isa.changes.map(({ id }) => id)]).toEqual([1, ['a.x', 'a.z']])
  })

  it('refuses work that does not wait for its end', async () => {
    const isa = isaOf()
    let ended: Promise<void> | undefined
    const work = async () => {
      isa.set('a.x', metres(1))
    }
    expect(codeOf(() => isa.transaction(() => (ended = work())))).toBe('input.invalid')
    await ended
    expect(isa.size).toBe(0)
  })

  it('leaves no rejection unhandled of work that it has refused', async () => {
    const unhandled: unknown[] = []
    const hear = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', hear)
    const failing = () => Promise.reject(new Error('boom'))
    expect(codeOf(() => isaOf().transaction(failing))).toBe('input.invalid')
    await macrotasks(2)
    process.off('unhandledRejection', hear)
    expect(unhandled).toEqual([])
  })
})

describe('a diff', () => {
  it('tells before and after in the same unit', () => {
    const isa = lengths({ 'a.gone': [], 'a.same': [], 'a.x': [], 'a.y': ['a.x'] })
    const before = isa.toJSON()
    isa.remove('a.gone')
    isa.set('a.x', { magnitude: 1500, unit: 'mm', tolerance: 5 })
    isa.set('a.new', metres(4))
    const { added, removed, changed } = isa.diff(before)
    expect([added.map(({ id }) => id), removed.map(({ id }) => id)]).toEqual([['a.new'], ['a.gone']])
    expect(changed).toMatchObject([
      {
        id: 'a.x',
        before: { value: { magnitude: 1000, unit: 'mm' } },
        after: { value: { magnitude: 1500 } },
        what: ['value'],
        text: '1000 mm → 1500 ± 5 mm',
      },
      { id: 'a.y', what: ['isStale'], text: 'isStale' },
    ])
    expect(isa.diff(isa.toJSON())).toEqual({ added: [], removed: [], changed: [] })
  })

  it('tells a node that was replaced by something else', () => {
    const isa = lengths({ 'a.x': [] })
    const before = isa.toJSON()
    isa.remove('a.x')
    isa.set('a.x', { magnitude: 2, unit: 'kg' })
    expect(isa.diff(before).changed).toMatchObject([{ id: 'a.x', text: '1 m → 2 kg' }])
  })

  it('tells a number that is none in the new unit as it was', () => {
    const isa = isaOf()
    isa.set('a.x', { magnitude: 1e308, unit: 'Gm' })
    const before = isa.toJSON()
    isa.set('a.x', { magnitude: 1, unit: 'pm' })
    expect(isa.diff(before).changed).toMatchObject([{ id: 'a.x', text: '1e+308 Gm → 1 pm' }])
  })
})

describe('a long circle', () => {
  it('is told in a short message', () => {
    const isa = isaOf()
    isa.set('a.n0', metres(1))
    for (let at = 1; at < 1_000; at += 1) isa.set(`a.n${at}`, metres(1), { dependsOn: [`a.n${at - 1}`] })
    const close = () => isa.set('a.n0', metres(1), { dependsOn: ['a.n999'] })
    expect(close).toThrow(/^a\.n0 would depend on itself: a\.n0 -> .{1,150} -> \(991 more\) -> a\.n0\.$/)
  })
})

describe('what no type lets through', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a bigint', { magnitude: 10n, unit: 'm' }],
    ['a text', 'x'],
  ])('is refused as a value: %s', (_, value) => {
    expect(codeOf(() => isaOf().set('a.x', value as NodeValue))).toBe('isa.invalid_value')
  })

  it.each<[string, unknown]>([
    ['nothing', null],
    ['no nodes', { revision: 0, nodes: null }],
    ['a revision that is none', { revision: NaN, nodes: {} }],
  ])('is refused as a state: %s', (_, state) => {
    expect(codeOf(() => createIsa({ units, state: state as IsaState }))).toBe('isa.invalid_state')
  })
})
