import { describe, expect, it } from 'vitest'
import type { Fact, Orchestrator, PhaseDefinition } from 'stagecraft/runtime'
import { ERASED } from '../../../src/model/content.ts'
import { agent, lifecycle, project, refusal, scene, typesOf } from './project-scene.ts'

const writes = (name: string) => agent(name, (view) => `${name} of run ${view.run}`)

const PHASES: readonly PhaseDefinition[] = [
  { name: 'DRAFT', tasks: [{ agent: writes('writer') }] },
  { name: 'BUILD', tasks: [{ agent: writes('builder') }] },
  { name: 'SHIP', tasks: [{ agent: writes('sender') }], approval: {} },
]

async function opened(phases: readonly PhaseDefinition[] = PHASES) {
  const at = scene()
  const orchestrator = await at.start({ lifecycles: [lifecycle(phases)] })
  await orchestrator.projects.create({ ...project(), author: 'eva' })
  const shown = await orchestrator.projects.run('drone-001')
  return { ...at, orchestrator, shown }
}

const approve = (orchestrator: Orchestrator, approval = 'approval-1', version = 1) =>
  orchestrator.projects
    .submitApproval('drone-001', { approval, version, decision: 'APPROVED', by: 'ana', comment: 'fine' })
    .then(() => orchestrator.projects.settled('drone-001'))

describe('the history of a project', () => {
  it('is read from a cursor on, by type, and as much as is wanted', async () => {
    const { orchestrator } = await opened()
    const all = await orchestrator.projects.history('drone-001')
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1))
    const { history } = { history: orchestrator.projects.history.bind(orchestrator.projects) }
    expect(await history('drone-001', { limit: 3 })).toEqual(all.slice(0, 3))
    expect(await history('drone-001', { after: 3 })).toEqual(all.slice(3))
    expect(await history('drone-001', { after: 3, limit: 2 })).toEqual(all.slice(3, 5))
    expect(typesOf(await history('drone-001', { types: ['PHASE_STARTED', 'PHASE_COMPLETED'] }))).toEqual([
      'PHASE_STARTED',
      'PHASE_COMPLETED',
      'PHASE_STARTED',
      'PHASE_COMPLETED',
      'PHASE_STARTED',
    ])
    await orchestrator.stop()
  })

  it('verifies, and leads to the state that is shown', async () => {
    const { orchestrator, shown } = await opened()
    const verified = await orchestrator.projects.verify('drone-001')
    // Created, started, and one step for each task that ended; what is only noted along the way decides nothing.
    expect(verified).toEqual({ entries: shown.seq, steps: 5, hash: shown.hash })
    await orchestrator.stop()
  })

  it('shows the project as it was right after each of its facts', async () => {
    const { orchestrator, shown } = await opened()
    const facts = await orchestrator.projects.history('drone-001')
    const states = await Promise.all(facts.map(({ cursor }) => orchestrator.projects.at('drone-001', cursor)))
    // A step shows what it led to from its first fact on.
    const moves = states.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1])
    expect(moves).toEqual(['CREATED', 'DRAFT', 'BUILD', 'SHIP', 'AWAITING_APPROVAL'])
    expect(states.at(-1)).toEqual(shown)
    const afterDraft = states[facts.findIndex(({ type }) => type === 'PHASE_COMPLETED')]
    expect(afterDraft?.results).toEqual({ DRAFT: { writer: 'writer of run 1' } })
    expect(await refusal(orchestrator.projects.at('drone-001', 0))).toMatchObject({ code: 'input.invalid' })
    await orchestrator.stop()
  })
})

describe('checkpoints', () => {
  it('are taken before each phase, with the hash of the state they saved (15)', async () => {
    const { orchestrator } = await opened()
    const checkpoints = await orchestrator.projects.checkpoints('drone-001')
    expect(checkpoints.map(({ id, phase }) => [id, phase])).toEqual([
      ['DRAFT-1', 'DRAFT'],
      ['BUILD-2', 'BUILD'],
      ['SHIP-3', 'SHIP'],
    ])
    expect(new Set(checkpoints.map(({ stateHash }) => stateHash)).size).toBe(3)
    const created = await orchestrator.projects.history('drone-001', { types: ['CHECKPOINT_CREATED'] })
    expect(created.map(({ seq, payload }) => ({ seq, ...(payload as object) }))).toEqual(
      checkpoints.map(({ id, phase, seq, stateHash }) => ({ seq, checkpoint: id, phase, stateHash })),
    )
    await orchestrator.stop()
  })

  it('can be gone back to: the project is paused there, and the journal keeps all that was (15)', async () => {
    const { orchestrator, shown } = await opened()
    const before = await orchestrator.projects.history('drone-001')
    const back = await orchestrator.projects.rollback('drone-001', 'BUILD-2')
    expect(back).toMatchObject({
      state: 'PAUSED',
      reason: 'rolled_back',
      phase: 'BUILD',
      results: { DRAFT: { writer: 'writer of run 1' } },
    })
    expect(back.approval).toBe(undefined)
    const after = await orchestrator.projects.history('drone-001')
    expect(after.slice(0, before.length)).toEqual(before)
    expect(typesOf(after.slice(before.length))).toEqual([
      'APPROVAL_WITHDRAWN',
      'PROJECT_ROLLED_BACK',
      'PROJECT_PAUSED',
    ])
    const again = await orchestrator.projects.run('drone-001')
    expect(again.approval).toMatchObject({
      id: 'approval-2',
      subject: { outputs: { sender: 'sender of run 5' } },
    })
    expect(again.approval?.subjectHash).not.toBe(shown.approval?.subjectHash)
    const { state, results } = await approve(orchestrator, 'approval-2')
    expect({ state, results }).toEqual({
      state: 'COMPLETED',
      results: {
        DRAFT: { writer: 'writer of run 1' },
        BUILD: { builder: 'builder of run 4' },
        SHIP: { sender: 'sender of run 5' },
      },
    })
    await orchestrator.projects.verify('drone-001')
    await orchestrator.stop()
  })

  it('can be gone back to from an end, too', async () => {
    const { orchestrator } = await opened()
    expect((await approve(orchestrator)).state).toBe('COMPLETED')
    expect(await orchestrator.projects.rollback('drone-001', 'DRAFT-1')).toMatchObject({
      state: 'PAUSED',
      phase: 'DRAFT',
      results: {},
      ended: false,
    })
    await orchestrator.stop()
  })

  it('undo the phases behind them that can be undone, the latest first', async () => {
    const undone: unknown[] = []
    const undoes: PhaseDefinition['compensate'] = ({ project: { id }, outputs, key }) =>
      void undone.push({ id, outputs, key })
    const phases = PHASES.map((phase) =>
      phase.name === 'SHIP' ? { ...phase, tasks: [] } : { ...phase, compensate: undoes },
    )
    const { orchestrator } = await opened(phases)
    await orchestrator.projects.rollback('drone-001', 'DRAFT-1')
    expect(undone).toEqual([
      { id: 'drone-001', outputs: { builder: 'builder of run 2' }, key: 'drone-001.BUILD.2:undo' },
      { id: 'drone-001', outputs: { writer: 'writer of run 1' }, key: 'drone-001.DRAFT.1:undo' },
    ])
    const types = typesOf(await orchestrator.projects.history('drone-001'))
    expect(types.slice(-6)).toEqual([
      'COMPENSATION_STARTED',
      'COMPENSATION_COMPLETED',
      'COMPENSATION_STARTED',
      'COMPENSATION_COMPLETED',
      'PROJECT_ROLLED_BACK',
      'PROJECT_PAUSED',
    ])
    await orchestrator.stop()
  })

  it('that do not exist are refused, and those that do are named', async () => {
    const { orchestrator } = await opened()
    expect(await refusal(orchestrator.projects.rollback('drone-001', 'SHIP-9'))).toMatchObject({
      code: 'checkpoint.unknown',
      message: expect.stringContaining('DRAFT-1, BUILD-2, SHIP-3'),
    })
    await orchestrator.stop()
  })

  it('cannot be gone back to before there is anything to go back from', async () => {
    const { orchestrator } = await opened()
    await orchestrator.projects.create(project('drone-002'))
    expect(await refusal(orchestrator.projects.rollback('drone-002', 'DRAFT-1'))).toMatchObject({
      code: 'checkpoint.unknown',
      message: expect.stringContaining('none'),
    })
    await orchestrator.stop()
  })
})

describe('erasing a project', () => {
  it('takes what people and agents said, and leaves a chain that verifies', async () => {
    const { orchestrator } = await opened()
    await approve(orchestrator)
    const before = await orchestrator.projects.history('drone-001')
    const erased = await orchestrator.projects.erase('drone-001')
    expect(erased).toMatchObject({
      state: 'COMPLETED',
      intent: ERASED,
      author: ERASED,
      results: { DRAFT: { writer: ERASED }, BUILD: { builder: ERASED }, SHIP: { sender: ERASED } },
    })
    const after = await orchestrator.projects.history('drone-001')
    const chain = (facts: readonly Fact[]) => facts.map(({ cursor, type, hash }) => [cursor, type, hash])
    expect(chain(after.slice(0, before.length))).toEqual(chain(before))
    expect(typesOf(after.slice(before.length))).toEqual(['CONTENTS_ERASED'])
    expect(JSON.stringify([erased, after])).not.toMatch(/quadcopter|eva|ana|of run|fine/)
    expect((await orchestrator.projects.verify('drone-001')).entries).toBe(after.length)
    // Once is enough.
    expect((await orchestrator.projects.erase('drone-001')).seq).toBe(erased.seq)
    await orchestrator.stop()
  })

  it('is refused while it is under way', async () => {
    const { orchestrator } = await opened()
    expect(await refusal(orchestrator.projects.erase('drone-001'))).toMatchObject({
      code: 'project.wrong_state',
      message: expect.stringContaining('AWAITING_APPROVAL'),
    })
    await orchestrator.stop()
  })
})

describe('removing a project', () => {
  it('forgets it, but not that its id was used', async () => {
    const { orchestrator } = await opened()
    expect(await refusal(orchestrator.projects.remove('drone-001'))).toMatchObject({
      code: 'project.wrong_state',
    })
    await orchestrator.projects.cancel('drone-001')
    await orchestrator.projects.remove('drone-001')
    expect(await orchestrator.projects.list()).toEqual([])
    expect(await refusal(orchestrator.projects.get('drone-001'))).toMatchObject({ code: 'project.unknown' })
    const error = await refusal(orchestrator.projects.create(project()))
    expect(error.message).toContain('drone-001')
    expect(error.code).toMatch(/project\.exists|store\.conflict/)
    await orchestrator.projects.create(project('drone-002'))
    await orchestrator.stop()
  })
})

describe('the list of projects', () => {
  it('is filtered by lifecycle, state and end, in order of id, page by page', async () => {
    const at = scene()
    const other = lifecycle([{ name: 'DRAFT' }], { name: 'other' })
    const orchestrator = await at.start({ lifecycles: [lifecycle(PHASES), other] })
    const { projects } = orchestrator
    for (const id of ['c-project', 'a-project', 'b-project']) await projects.create(project(id))
    await projects.create({ ...project('d-project'), lifecycle: 'other' })
    await projects.run('d-project')
    await projects.run('b-project')
    await projects.cancel('c-project')
    const idsOf = async (...asked: Parameters<typeof projects.list>) =>
      (await projects.list(...asked)).map(({ id }) => id.slice(0, 1)).join('')
    expect(await idsOf()).toBe('abcd')
    expect(await idsOf({ lifecycle: 'other' })).toBe('d')
    expect(await idsOf({ state: 'AWAITING_APPROVAL' })).toBe('b')
    expect(await idsOf({ ended: true })).toBe('cd')
    expect(await idsOf({ ended: false })).toBe('ab')
    expect(await idsOf({ limit: 2 })).toBe('ab')
    expect(await idsOf({ limit: 2, after: 'b-project' })).toBe('cd')
    expect(await idsOf({ lifecycle: 'demo', ended: true, after: 'a-project' })).toBe('c')
    expect((await projects.list())[1]).toEqual({
      id: 'b-project',
      lifecycle: 'demo',
      version: 1,
      state: 'AWAITING_APPROVAL',
      ended: false,
      seq: (await projects.get('b-project')).seq,
      createdAt: 1_000,
      updatedAt: 1_000,
    })
    await orchestrator.stop()
  })
})

describe('moving a project to another version of its lifecycle', () => {
  const versions = [
    lifecycle([{ name: 'DRAFT', tasks: [{ agent: writes('writer') }], approval: {} }, { name: 'SHIP' }]),
    lifecycle(
      [
        { name: 'DRAFT', tasks: [{ agent: writes('writer') }], approval: {} },
        { name: 'CHECK', tasks: [{ agent: writes('checker') }] },
        { name: 'SHIP' },
      ],
      { version: 2 },
    ),
    lifecycle([{ name: 'SKETCH' }, { name: 'SHIP' }], { version: 3 }),
  ]

  const underway = async () => {
    const at = scene()
    const orchestrator = await at.start({ lifecycles: versions })
    await orchestrator.projects.create({ ...project(), version: 1 })
    await orchestrator.projects.run('drone-001')
    return { ...at, orchestrator }
  }

  it('stays on the version it began with, although there are newer ones', async () => {
    const { orchestrator, start } = await underway()
    await orchestrator.projects.create({ ...project('drone-002'), version: 2 })
    await orchestrator.stop()
    const again = await start({ lifecycles: versions })
    const shown = await approve(again)
    expect([shown.version, shown.phases.map(({ name }) => name)]).toEqual([1, ['DRAFT', 'SHIP']])
    await again.stop()
  })

  it('is explicit, at rest, and on record', async () => {
    const { orchestrator } = await underway()
    const { projects } = orchestrator
    expect(await refusal(projects.migrate('drone-001', { to: 2 }))).toMatchObject({
      code: 'lifecycle.not_migratable',
      message: expect.stringContaining('Pause it first'),
    })
    await projects.pause('drone-001')
    const moved = await projects.migrate('drone-001', { to: 2 })
    expect([moved.version, moved.state]).toEqual([2, 'PAUSED'])
    expect((await projects.migrate('drone-001', { to: 2 })).seq).toBe(moved.seq)
    await projects.run('drone-001')
    const { state, results } = await approve(orchestrator, 'approval-1', 2)
    expect({ state, results }).toMatchObject({
      state: 'COMPLETED',
      results: { DRAFT: { writer: 'writer of run 1' }, CHECK: { checker: 'checker of run 2' } },
    })
    const facts = await projects.history('drone-001', { types: ['PROJECT_MIGRATED'] })
    expect(facts.map(({ payload }) => payload)).toEqual([{ from: 1, to: 2 }])
    await projects.verify('drone-001')
    await orchestrator.stop()
  })

  it('needs a mapping where a phase is gone', async () => {
    const { orchestrator } = await underway()
    const { projects } = orchestrator
    await projects.pause('drone-001')
    expect(await refusal(projects.migrate('drone-001', { to: 3 }))).toMatchObject({
      code: 'lifecycle.not_migratable',
      message: expect.stringContaining('DRAFT'),
    })
    const moved = await projects.migrate('drone-001', {
      to: 3,
      map: ({ state, context }) => ({
        state,
        context: { ...context, phase: 'SKETCH', pending: null },
      }),
    })
    expect([moved.version, moved.phase]).toEqual([3, 'SKETCH'])
    expect((await projects.run('drone-001')).state).toBe('COMPLETED')
    await orchestrator.stop()
  })

  it('is refused to a version nobody registered', async () => {
    const { orchestrator } = await underway()
    await orchestrator.projects.pause('drone-001')
    expect(await refusal(orchestrator.projects.migrate('drone-001', { to: 9 }))).toMatchObject({
      code: 'lifecycle.unknown',
    })
    await orchestrator.stop()
  })
})
