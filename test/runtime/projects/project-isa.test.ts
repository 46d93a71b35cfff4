import { describe, expect, it } from 'vitest'
import { conflictsOf, createIsa, loadUnits, type PhaseDefinition } from 'stagecraft/runtime'
import { agent, lifecycle, payloadOf, project, scene, typesOf } from './project-scene.ts'

/** Sets one value, in newtons unless it says otherwise. */
const sets = (name: string, id: string, magnitude: number | ((run: number) => number), unit = 'N') =>
  agent(name, async ({ run }, { isa }) => {
    const value = typeof magnitude === 'number' ? magnitude : magnitude(run)
    ;(await isa()).set(id, { magnitude: value, unit })
    return value
  })

async function opened(phases: readonly PhaseDefinition[], units: Readonly<Record<string, string>> = {}) {
  const at = scene()
  const orchestrator = await at.start({ lifecycles: [{ ...lifecycle(phases, { units }) }] })
  await orchestrator.projects.create(project())
  return { ...at, ...orchestrator, projects: orchestrator.projects, stop: () => orchestrator.stop() }
}

const magnitudes = (state: { readonly nodes: Readonly<Record<string, { value: { magnitude: number } }>> }) =>
  Object.fromEntries(Object.entries(state.nodes).map(([id, { value }]) => [id, value.magnitude]))

describe('values that agents set', () => {
  it('become the ISA of the project when their phase passes, with a fact that says what changed', async () => {
    const { projects, stop } = await opened([
      {
        name: 'DRAFT',
        tasks: [
          { agent: sets('thrust', 'rotor.thrust', 40) },
          { agent: sets('mass', 'frame.mass', 3, 'kg') },
        ],
      },
      { name: 'SHIP' },
    ])
    const end = await projects.run('drone-001')
    expect(end).toMatchObject({
      state: 'COMPLETED',
      isa: { revision: 1, nodes: 2, stale: 0, domains: ['frame', 'rotor'] },
    })
    const facts = await projects.history('drone-001')
    expect(payloadOf(facts, 'ISA_UPDATED')).toMatchObject({
      phase: 'DRAFT',
      from: 0,
      revision: 1,
      stateHash: end.isa?.stateHash,
      changes: { changed: ['frame.mass', 'rotor.thrust'], removed: [] },
    })
    const types = typesOf(facts)
    expect(types.indexOf('ISA_UPDATED')).toBeLessThan(types.indexOf('PHASE_COMPLETED'))
    const state = await projects.isa('drone-001')
    expect(magnitudes(state)).toEqual({ 'frame.mass': 3, 'rotor.thrust': 40 })
    expect(state.nodes['rotor.thrust']).toMatchObject({ owner: 'thrust' })
    expect(createIsa({ units: await loadUnits(), state }).stateHash).toBe(end.isa?.stateHash)
    await expect(projects.verify('drone-001')).resolves.toMatchObject({ entries: facts.length })
    await stop()
  })

  it('are seen by the tasks that depend on who set them, by the gate, and by later phases; not by others', async () => {
    const seen: Record<string, readonly string[]> = {}
    const looks = (name: string) =>
      agent(name, async (_, { isa }) => {
        seen[name] = (await isa()).list().map(({ id }) => id)
      })
    const { projects, stop } = await opened([
      {
        name: 'DRAFT',
        tasks: [
          { agent: sets('first', 'a.one', 1) },
          { agent: looks('after'), dependsOn: ['first'] },
          { agent: looks('beside') },
        ],
        gate: async ({ isa }) => {
          seen['gate'] = (await isa()).list().map(({ id }) => id)
          return 'PASS' as const
        },
      },
      { name: 'SHIP', tasks: [{ agent: looks('later') }] },
    ])
    await projects.run('drone-001')
    expect(seen).toEqual({ after: ['a.one'], beside: [], gate: ['a.one'], later: ['a.one'] })
    await stop()
  })

  it('of an attempt that failed are forgotten', async () => {
    const flaky = agent(
      'flaky',
      async (_, { isa, attempt }) => {
        ;(await isa()).set(`a.try${attempt}`, { magnitude: attempt, unit: 'm' })
        if (attempt === 1) throw new Error('once more')
      },
      { retriesMax: 1 },
    )
    const { projects, stop, reach } = await opened([{ name: 'DRAFT', tasks: [{ agent: flaky }] }])
    const ended = projects.run('drone-001')
    await reach(2_000)
    await ended
    expect(magnitudes(await projects.isa('drone-001'))).toEqual({ 'a.try2': 2 })
    await stop()
  })

  it('that two tasks set differently side by side are a conflict, in which the first of the plan stands', async () => {
    const heard: unknown[] = []
    const { projects, stop } = await opened([
      {
        name: 'DRAFT',
        tasks: [{ agent: sets('one', 'rotor.thrust', 40) }, { agent: sets('two', 'rotor.thrust', 41) }],
        gate: ({ conflicts }) => {
          heard.push(...conflicts)
          return 'PASS'
        },
      },
    ])
    await projects.run('drone-001')
    expect(heard).toMatchObject([{ id: 'isa:rotor.thrust', between: ['one', 'two'] }])
    expect(payloadOf(await projects.history('drone-001'), 'CONFLICT_DETECTED')).toMatchObject({
      phase: 'DRAFT',
      id: 'isa:rotor.thrust',
    })
    expect(magnitudes(await projects.isa('drone-001'))).toEqual({ 'rotor.thrust': 40 })
    await stop()
  })

  it('that break a constraint are a conflict until a later run mends them', async () => {
    const motor = agent('motor', async ({ run }, { isa }) => {
      ;(await isa()).set(
        'thermal.motor',
        { magnitude: run === 1 ? 140 : 90, unit: 'degC' },
        { constraints: [{ kind: 'range', max: 393.15, unit: 'K' }] },
      )
    })
    const { projects, stop } = await opened([
      {
        name: 'DRAFT',
        tasks: [{ agent: motor }],
        gate: ({ conflicts }) => (conflicts.length > 0 ? { result: 'RETRY', reason: 'too hot' } : 'PASS'),
      },
    ])
    await projects.run('drone-001')
    const facts = await projects.history('drone-001')
    expect(payloadOf(facts, 'CONFLICT_DETECTED')).toMatchObject({ id: 'isa:range:thermal.motor' })
    expect(payloadOf(facts, 'CONFLICT_RESOLVED')).toMatchObject({ id: 'isa:range:thermal.motor' })
    expect(typesOf(facts).filter((type) => type.startsWith('ISA_'))).toEqual(['ISA_UPDATED'])
    expect(magnitudes(await projects.isa('drone-001'))).toEqual({ 'thermal.motor': 90 })
    await stop()
  })

  it('are told once when the rules of the phase look at the same ISA', async () => {
    const motor = agent('motor', async (_, { isa }) => {
      const constraints = [{ kind: 'range' as const, max: 90, unit: 'degC' }]
      ;(await isa()).set('thermal.motor', { magnitude: 140, unit: 'degC' }, { constraints })
    })
    const seen: string[] = []
    const { projects, stop } = await opened([
      {
        name: 'DRAFT',
        tasks: [{ agent: motor }],
        conflicts: async (view) => conflictsOf(await view.isa()),
        gate: ({ conflicts }) => {
          seen.push(...conflicts.map(({ id }) => id))
          return 'PASS'
        },
      },
    ])
    await projects.run('drone-001')
    const facts = await projects.history('drone-001')
    expect(typesOf(facts).filter((type) => type === 'CONFLICT_DETECTED')).toHaveLength(1)
    expect(seen).toEqual(['isa:range:thermal.motor'])
    await stop()
  })

  it('are taken back when people reject their phase, and when the project is rolled back', async () => {
    const { projects, stop } = await opened([
      { name: 'DRAFT', tasks: [{ agent: sets('thrust', 'rotor.thrust', 40) }] },
      { name: 'PLAN', tasks: [{ agent: sets('more', 'rotor.thrust', (run) => 40 + run) }], approval: {} },
      { name: 'SHIP' },
    ])
    const asked = await projects.run('drone-001')
    expect(asked.approval?.subject).toMatchObject({ isa: { revision: 2, stateHash: asked.isa?.stateHash } })
    expect(magnitudes(await projects.isa('drone-001'))).toEqual({ 'rotor.thrust': 42 })
    const decide = async (decision: 'APPROVED' | 'REJECTED') => {
      const { approval } = await projects.get('drone-001')
      await projects.submitApproval('drone-001', {
        approval: approval?.id ?? '',
        version: 1,
        decision,
        by: 'ana',
      })
      return projects.settled('drone-001')
    }
    await decide('REJECTED')
    expect(magnitudes(await projects.isa('drone-001'))).toEqual({ 'rotor.thrust': 43 })
    expect(await decide('APPROVED')).toMatchObject({ state: 'COMPLETED', isa: { revision: 2 } })
    const [first] = await projects.checkpoints('drone-001')
    expect(await projects.rollback('drone-001', first?.id ?? '')).toMatchObject({
      state: 'PAUSED',
      isa: null,
    })
    const facts = await projects.history('drone-001')
    const told = facts.filter(({ type }) => type.startsWith('ISA_'))
    expect(told.map(({ type, payload }) => [type, (payload as { revision: number }).revision])).toEqual([
      ['ISA_UPDATED', 1],
      ['ISA_UPDATED', 2],
      ['ISA_ROLLED_BACK', 1],
      ['ISA_UPDATED', 2],
      ['ISA_ROLLED_BACK', 0],
    ])
    expect(await projects.isa('drone-001')).toEqual({ revision: 0, nodes: {} })
    const then = await projects.isa('drone-001', told[1]?.cursor)
    expect(magnitudes(then)).toEqual({ 'rotor.thrust': 42 })
    await projects.verify('drone-001')
    await stop()
  })

  it('stay where a phase asks to go back, and no run is left for that', async () => {
    const at = scene()
    const back = { result: 'LOOPBACK', loopbackTo: 'DRAFT' } as const
    const phases: readonly PhaseDefinition[] = [
      { name: 'DRAFT', tasks: [{ agent: sets('thrust', 'rotor.thrust', 40) }] },
      { name: 'PLAN', loopbackTo: ['DRAFT'], gate: () => back },
    ]
    const orchestrator = await at.start({ lifecycles: [lifecycle(phases, { phasesMax: 2 })] })
    const { projects } = orchestrator
    await projects.create(project())
    expect(await projects.run('drone-001')).toMatchObject({ state: 'FAILED', isa: { revision: 1 } })
    expect(magnitudes(await projects.isa('drone-001'))).toEqual({ 'rotor.thrust': 40 })
    expect(typesOf(await projects.history('drone-001'))).not.toContain('ISA_ROLLED_BACK')
    await orchestrator.stop()
  })

  it('that nobody has agreed to are not the project\u2019s when it is cancelled', async () => {
    const { projects, stop } = await opened([
      { name: 'DRAFT', tasks: [{ agent: sets('thrust', 'rotor.thrust', 40) }] },
      { name: 'PLAN', tasks: [{ agent: sets('more', 'rotor.thrust', 42) }], approval: {} },
    ])
    expect(await projects.run('drone-001')).toMatchObject({ isa: { revision: 2 } })
    expect(await projects.cancel('drone-001')).toMatchObject({ state: 'CANCELLED', isa: { revision: 1 } })
    expect(magnitudes(await projects.isa('drone-001'))).toEqual({ 'rotor.thrust': 40 })
    await stop()
  })

  it('in a unit that nobody knows fail their task, and set nothing', async () => {
    const { projects, stop } = await opened([
      { name: 'DRAFT', tasks: [{ agent: sets('area', 'field.area', 2, 'acre_foot') }] },
    ])
    const end = await projects.run('drone-001')
    expect(end.phases[0]?.tasks['area']).toMatchObject({ status: 'failed' })
    expect(end.isa).toBe(null)
    await stop()
  })

  it('may be in units of the lifecycle, which are checked when it is registered', async () => {
    const { projects, stop } = await opened(
      [{ name: 'DRAFT', tasks: [{ agent: sets('water', 'field.water', 2, 'acre_foot') }] }],
      { acre_foot: '1233.48 m^3' },
    )
    await projects.run('drone-001')
    expect(magnitudes(await projects.isa('drone-001'))).toEqual({ 'field.water': 2 })
    await stop()
    await expect(opened([{ name: 'DRAFT' }], { acre_foot: '12 flurbs' })).rejects.toThrow(/flurbs/)
  })

  it('go with the contents when the project is removed: a copy says nothing of them', async () => {
    const { projects, stop } = await opened([
      { name: 'DRAFT', tasks: [{ agent: sets('thrust', 'rotor.thrust', 40) }] },
    ])
    await projects.run('drone-001')
    await projects.erase('drone-001')
    await expect(projects.isa('drone-001')).rejects.toThrow(/erased/)
    await stop()
  })
})
