import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IsaChange } from '../../../src/model/isa/change.ts'
import type { Isa } from '../../../src/model/isa/isa.ts'
import type { IsaState } from '../../../src/model/isa/isa-state.ts'
import { mergeChanges, type ChangesBy } from '../../../src/model/isa/merge.ts'
import { isaOf, lengths, metres, units } from './scene.ts'

const base: IsaState = lengths({ 'a.x': [], 'a.y': ['a.x'], 'b.z': ['a.y'], 'b.free': [] }).toJSON()

const workOf = (who: string, work: (isa: Isa) => void, from = base, saw: readonly string[] = []) => {
  const isa = isaOf(from)
  work(isa)
  // What is recorded is JSON.
  return { who, saw, changes: JSON.parse(JSON.stringify(isa.changes)) as IsaChange[] }
}

const merged = (...by: ChangesBy[]) => mergeChanges({ units, base, by })

describe('merging', () => {
  it('gives the base where nothing was changed', () => {
    expect(merged(workOf('eva', () => {}))).toEqual({ state: base, changed: [], removed: [], conflicts: [] })
  })

  it('does again what one has done, one revision later', () => {
    const isa = isaOf(base)
    const eva = workOf('eva', (own) => {
      for (const each of [own, isa]) {
        each.set('a.x', { ...metres(2), locked: true }, { description: 'x' })
        each.set('a.y', metres(3))
        each.set('c.new', metres(4), { dependsOn: ['a.y'], constraints: [{ kind: 'range', max: 3 }] })
        each.remove('b.free')
        each.unlock('a.x')
        each.confirm('b.z')
      }
    })
    const { state, changed, removed, conflicts } = merged(eva)
    expect(state).toEqual({ revision: base.revision + 1, nodes: isa.toJSON().nodes })
    expect([changed, removed, conflicts]).toEqual([['a.x', 'a.y', 'c.new'], ['b.free'], []])
  })

  it('puts together what touches nothing in common', () => {
    const { state, conflicts } = merged(
      workOf('eva', (isa) => isa.set('b.free', metres(2))),
      workOf('max', (isa) => isa.set('c.new', metres(5))),
    )
    expect(conflicts).toEqual([])
    expect([isaOf(state).magnitude('b.free', 'm'), isaOf(state).magnitude('c.new', 'm')]).toEqual([2, 5])
  })

  it('lets the first stand where two set a node differently, and tells of it once', () => {
    const { state, conflicts } = merged(
      workOf('eva', (isa) => isa.set('a.x', metres(2))),
      workOf('max', (isa) => {
        isa.set('a.x', metres(3))
        isa.set('a.x', metres(4))
        isa.set('b.free', metres(9))
      }),
    )
    expect(conflicts).toEqual([
      { id: 'isa:a.x', between: ['eva', 'max'], message: 'eva and max have changed a.x differently.' },
    ])
    expect([isaOf(state).magnitude('a.x', 'm'), isaOf(state).magnitude('b.free', 'm')]).toEqual([2, 9])
  })

  it('finds no conflict where two set the same, or remove the same', () => {
    const same = (isa: Isa) => {
      isa.set('a.x', metres(2))
      isa.set('a.y', metres(2))
      isa.confirm('b.z')
      isa.remove('b.free')
    }
    const { state, conflicts, removed } = merged(workOf('eva', same), workOf('max', same))
    expect([conflicts, removed, isaOf(state).stale()]).toEqual([[], ['b.free'], []])
  })

  it('does not take what two have set alike for fresher than the first has left it', () => {
    const eva = workOf('eva', (isa) => {
      isa.set('a.y', metres(7))
      isa.set('a.x', metres(2))
    })
    const max = workOf('max', (isa) => isa.set('a.y', metres(7)))
    const { state, conflicts } = merged(eva, max)
    expect([conflicts, isaOf(state).stale()]).toEqual([[], ['a.y', 'b.z']])
  })

  it('finds a conflict where one confirms what another has made different', () => {
    const eva = workOf('eva', (isa) => {
      isa.set('a.x', metres(2))
      isa.confirm('a.y')
    })
    const max = workOf('max', (isa) => isa.set('a.y', metres(7)))
    for (const by of [
      [eva, max],
      [max, eva],
    ])
      expect(merged(...by).conflicts).toMatchObject([
        { id: 'isa:a.y', between: by.map(({ who }) => who), message: expect.stringContaining('differently') },
      ])
  })

  it('takes what is refused for a conflict: a lock, a removal, a circle', () => {
    expect(
      merged(
        workOf('eva', (isa) => isa.set('a.x', { ...metres(1), locked: true })),
        workOf('max', (isa) => isa.set('a.x', metres(2))),
      ).conflicts,
    ).toMatchObject([{ id: 'isa:a.x', between: ['eva', 'max'], message: expect.stringContaining('locked') }])
    expect(
      merged(
        workOf('eva', (isa) => isa.remove('b.free')),
        workOf('max', (isa) => isa.set('c.new', metres(1), { dependsOn: ['b.free'] })),
      ).conflicts,
    ).toMatchObject([{ id: 'isa:c.new', between: ['eva', 'max'] }])
    expect(
      merged(
        workOf('eva', (isa) => isa.set('a.x', metres(2), { dependsOn: ['b.free'] })),
        workOf('max', (isa) => isa.set('b.free', metres(2), { dependsOn: ['a.x'] })),
      ).conflicts,
    ).toMatchObject([{ id: 'isa:b.free', between: ['eva', 'max'], message: expect.stringContaining('->') }])
  })

  it('does not let one unlock what another has locked meanwhile', () => {
    const locked = isaOf(base)
    locked.set('a.x', { ...metres(1), locked: true })
    const from = locked.toJSON()
    const { state, conflicts } = mergeChanges({
      units,
      base: from,
      by: [
        workOf(
          'eva',
          (isa) => {
            isa.unlock('a.x')
            isa.set('a.x', { ...metres(2), locked: true })
          },
          from,
        ),
        workOf(
          'max',
          (isa) => {
            isa.unlock('a.x')
            isa.set('a.x', metres(3))
          },
          from,
        ),
      ],
    })
    expect(conflicts.map(({ id }) => id)).toEqual(['isa:a.x'])
    expect(state.nodes['a.x']?.value).toMatchObject({ magnitude: 2, locked: true })
  })

  it('makes stale what was computed from a value that another changed meanwhile, whoever comes first', () => {
    const eva = workOf('eva', (isa) => isa.set('a.x', metres(2)))
    const max = workOf('max', (isa) => isa.set('a.y', metres(7)))
    const pia = workOf('pia', (isa) => isa.set('b.z', metres(8)))
    for (const by of [
      [eva, max, pia],
      [pia, max, eva],
      [max, pia, eva],
    ]) {
      const { state, conflicts } = merged(...by)
      expect([conflicts, isaOf(state).stale()]).toEqual([[], ['a.y', 'b.z']])
    }
  })

  it('leaves fresh what was computed from what was seen, and lets it be changed again', () => {
    const eva = workOf('eva', (isa) => isa.set('a.x', metres(2)))
    const seen = mergeChanges({ units, base, by: [eva] }).state
    const max = workOf(
      'max',
      (isa) => {
        isa.set('a.x', metres(3))
        isa.set('a.y', metres(7))
        isa.confirm('b.z')
      },
      seen,
      ['eva'],
    )
    for (const by of [
      [eva, max],
      [max, eva],
    ]) {
      const { state, conflicts } = merged(...by)
      expect([conflicts, isaOf(state).stale(), isaOf(state).magnitude('a.x', 'm')]).toEqual([[], [], 3])
    }
  })

  it('makes stale what was computed from an amount that does not stand, by whoever saw no other', () => {
    const describes = workOf('eva', (isa) => isa.set('a.x', metres(1), { description: 'as measured' }))
    const moves = workOf('max', (isa) => {
      isa.set('a.x', metres(2))
      isa.set('a.y', metres(7))
    })
    const lost = merged(describes, moves)
    expect(lost.conflicts).toMatchObject([{ id: 'isa:a.x', between: ['eva', 'max'] }])
    expect(isaOf(lost.state).stale()).toEqual(['a.y', 'b.z'])
    const own = mergeChanges({ units, base, by: [moves] }).state
    const builds = (from: IsaState, ...saw: string[]) => workOf('pia', (isa) => isa.confirm('b.z'), from, saw)
    expect(isaOf(merged(describes, moves, builds(own, 'max')).state).stale()).toEqual(['a.y', 'b.z'])
    const both = merged(describes, moves, builds(lost.state, 'eva', 'max'))
    expect(isaOf(both.state).stale()).toEqual(['a.y'])
  })

  it('counts what was seen through others', () => {
    const eva = workOf('eva', (isa) => isa.set('a.x', metres(2)))
    const max = { who: 'max', changes: [], saw: ['eva'] }
    const seen = mergeChanges({ units, base, by: [eva] }).state
    const pia = workOf('pia', (isa) => isa.set('a.x', metres(3)), seen, ['max'])
    expect(merged(pia, max, eva).conflicts).toEqual([])
    expect(merged(pia, eva).conflicts).toHaveLength(1)
  })
})

describe('any merge', () => {
  const ids = ['a.x', 'a.y', 'b.z', 'b.free', 'c.new']
  const step = fc.record({
    kind: fc.constantFrom('set', 'set', 'set', 'confirm', 'remove', 'lock', 'unlock'),
    id: fc.constantFrom(...ids),
    magnitude: fc.integer({ min: 1, max: 3 }),
  })
  const doing = (steps: readonly { kind: string; id: string; magnitude: number }[]) => (isa: Isa) => {
    for (const { kind, id, magnitude } of steps)
      try {
        if (kind === 'set') isa.set(id, metres(magnitude))
        else if (kind === 'lock') isa.set(id, { ...metres(magnitude), locked: true })
        else isa[kind as 'confirm' | 'remove' | 'unlock'](id)
      } catch {
        // Refused: the next step.
      }
  }
  const people = fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 4 })
  const worksOf = (steps: typeof people extends fc.Arbitrary<infer S> ? S : never) =>
    steps.map((own, index) => workOf(`p${index}`, doing(own)))

  it('of one is what that one has made', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const isa = isaOf(base)
        doing(steps)(isa)
        const { state, conflicts } = merged(workOf('eva', doing(steps)))
        expect(conflicts).toEqual([])
        expect(state.nodes).toEqual(isa.toJSON().nodes)
      }),
    )
  })

  it('keeps everything of the first, and of the others what nobody before has changed', () => {
    fc.assert(
      fc.property(people, (steps) => {
        const works = worksOf(steps)
        const { state, conflicts } = merged(...works)
        expect(conflicts.filter(({ between }) => !between.every((who) => who < `p${works.length}`))).toEqual(
          [],
        )
        const said = (id: string, from: IsaState) => from.nodes[id] && { ...from.nodes[id], isStale: false }
        const taken = new Set<string>()
        for (const { who, changes } of works) {
          const own = isaOf(base)
          doing(steps[Number(who.slice(1))] ?? [])(own)
          const touched = new Set(changes.map(({ id }) => id))
          const refused = new Set(
            conflicts.filter(({ between }) => between.includes(who)).map(({ id }) => id),
          )
          for (const id of touched)
            if (!taken.has(id) && !refused.has(`isa:${id}`))
              expect(said(id, state), `${who} ${id}`).toEqual(said(id, own.toJSON()))
          for (const id of touched) taken.add(id)
        }
      }),
    )
  })

  it('is an ISA again, and the same every time', () => {
    fc.assert(
      fc.property(people, (steps) => {
        const once = merged(...worksOf(steps))
        expect(merged(...worksOf(steps))).toEqual(once)
        expect(isaOf(JSON.parse(JSON.stringify(once.state))).toJSON()).toEqual(once.state)
        const isChanged = once.changed.length + once.removed.length > 0
        expect(once.state.revision).toBe(base.revision + (isChanged ? 1 : 0))
      }),
    )
  })
})
