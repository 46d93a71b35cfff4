import { describe, expect, it } from 'vitest'
import type {
  ApprovalDefinition,
  ApprovalView,
  Orchestrator,
  PhaseDefinition,
  PhaseView,
  Submission,
} from 'stagecraft/runtime'
import { LIMITS } from '../../../src/model/limits.ts'
import { agent, lifecycle, payloadOf, project, refusal, scene, typesOf } from './project-scene.ts'

const DAY = 24 * 3_600_000

/** The open approval. */
async function asked({ projects }: Orchestrator, id = 'drone-001'): Promise<ApprovalView> {
  const { approval } = await projects.get(id)
  if (!approval) throw new Error('Nothing is asked.')
  return approval
}

/** Decides on what is open now. */
async function decide(orchestrator: Orchestrator, given: Partial<Submission> = {}) {
  const { id, version } = await asked(orchestrator)
  return orchestrator.projects.submitApproval('drone-001', {
    approval: id,
    version,
    decision: 'APPROVED',
    by: 'ana',
    ...given,
  })
}

/** A project that waits for approval of its first phase. */
async function waiting(
  approval: ApprovalDefinition = {},
  more: readonly PhaseDefinition[] = [{ name: 'SHIP' }],
) {
  const at = scene()
  const log: PhaseView[] = []
  const writer = agent('writer', (view) => {
    log.push(view)
    return `draft ${log.length}`
  })
  const lifecycles = [lifecycle([{ name: 'DRAFT', tasks: [{ agent: writer }], approval }, ...more])]
  const orchestrator = await at.start({ lifecycles })
  await orchestrator.projects.create({ ...project(), author: 'eva' })
  await orchestrator.projects.run('drone-001')
  return { ...at, orchestrator, lifecycles, log }
}

describe('a phase that asks for approval', () => {
  it('waits, and says what is asked, of whom, and until when (W4, W7)', async () => {
    const { orchestrator } = await waiting({ quorum: 2, roles: ['lead'], deadlineMs: DAY })
    const { state, phase, phases, approval } = await orchestrator.projects.get('drone-001')
    expect([state, phase, phases[0]?.status, phases[1]?.status]).toEqual([
      'AWAITING_APPROVAL',
      'DRAFT',
      'AWAITING_APPROVAL',
      'PENDING',
    ])
    expect(approval).toEqual({
      id: 'approval-1',
      version: 1,
      phase: 'DRAFT',
      subject: {
        phase: 'DRAFT',
        run: 1,
        outputs: { writer: 'draft 1' },
        review: null,
        conflicts: [],
        reason: null,
      },
      subjectHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      requires: { quorum: 2, roles: ['lead'], deadlineMs: DAY, separation: false },
      deadlineAt: 1_000 + DAY,
      decisions: [],
    })
    const facts = await orchestrator.projects.history('drone-001')
    expect(payloadOf(facts, 'APPROVAL_REQUESTED')).toMatchObject({
      approval: 'approval-1',
      version: 1,
      phase: 'DRAFT',
      subjectHash: approval?.subjectHash,
      deadlineAt: 1_000 + DAY,
    })
    // Running it again changes nothing: people are asked.
    expect((await orchestrator.projects.run('drone-001')).seq).toBe(facts.length)
    await orchestrator.stop()
  })

  it('goes on when it is approved, and who decided is on record (11)', async () => {
    const { orchestrator, clock } = await waiting()
    await clock.advanceAsync(5_000)
    await decide(orchestrator, { roles: ['lead'], comment: 'well done' })
    const { state, approval, results } = await orchestrator.projects.settled('drone-001')
    expect({ state, approval, results }).toEqual({
      state: 'COMPLETED',
      approval: undefined,
      results: { DRAFT: { writer: 'draft 1' }, SHIP: {} },
    })
    expect(payloadOf(await orchestrator.projects.history('drone-001'), 'APPROVAL_RECEIVED')).toMatchObject({
      approval: 'approval-1',
      version: 1,
      by: 'ana',
      roles: ['lead'],
      decision: 'APPROVED',
      comment: 'well done',
      at: 6_000,
    })
    await orchestrator.stop()
  })

  it('resolves a decision once it is durable, long before the project stands still again (W7)', async () => {
    const at = scene()
    const slow = agent('slow', (_, { signal }) => at.wait(60_000, signal), { timeoutMs: 90_000 })
    const phases = [
      { name: 'DRAFT', approval: {} },
      { name: 'SHIP', tasks: [{ agent: slow }] },
    ]
    const orchestrator = await at.start({ lifecycles: [lifecycle(phases)] })
    await orchestrator.projects.create(project())
    await orchestrator.projects.run('drone-001')
    expect((await decide(orchestrator)).state).toBe('SHIP')
    await at.reach(61_000)
    expect((await orchestrator.projects.settled('drone-001')).state).toBe('COMPLETED')
    await orchestrator.stop()
  })

  it('is repeated when it is rejected, with the feedback, and keeps what came before (12, W5)', async () => {
    const at = scene()
    const log: PhaseView[] = []
    const notes = (name: string) =>
      agent(name, (view) => {
        log.push(view)
        return `${name} ${log.length}`
      })
    const phases = [
      { name: 'FEASIBILITY', tasks: [{ agent: notes('estimator') }] },
      { name: 'PLANNING', tasks: [{ agent: notes('planner') }], approval: {} },
    ]
    const orchestrator = await at.start({ lifecycles: [lifecycle(phases)] })
    await orchestrator.projects.create(project())
    await orchestrator.projects.run('drone-001')
    const first = await asked(orchestrator)
    await decide(orchestrator, { decision: 'REJECTED', comment: 'Need more details' })
    const { state, phasesRun, results } = await orchestrator.projects.settled('drone-001')
    expect({ state, phasesRun, results }).toEqual({
      state: 'AWAITING_APPROVAL',
      phasesRun: 3,
      results: { FEASIBILITY: { estimator: 'estimator 1' } },
    })
    expect(log.map(({ phase }) => phase)).toEqual(['FEASIBILITY', 'PLANNING', 'PLANNING'])
    expect(log[2]).toMatchObject({
      run: 3,
      iteration: 1,
      results: { FEASIBILITY: { estimator: 'estimator 1' } },
      feedback: {
        from: 'PLANNING',
        because: 'REJECTED',
        comment: 'Need more details',
        by: 'ana',
        previous: { planner: 'planner 2' },
      },
    })
    const second = await asked(orchestrator)
    expect([second.id, second.version]).toEqual(['approval-2', 1])
    expect(second.subjectHash).not.toBe(first.subjectHash)
    await decide(orchestrator)
    expect((await orchestrator.projects.settled('drone-001')).results['PLANNING']).toEqual({
      planner: 'planner 3',
    })
    await orchestrator.stop()
  })

  it('ends the project with its plan at PLAN_ONLY (13)', async () => {
    const { orchestrator } = await waiting()
    const { state, ended, results, phases } = await decide(orchestrator, { decision: 'PLAN_ONLY' })
    expect({ state, ended, results }).toEqual({
      state: 'PLAN_ONLY',
      ended: true,
      results: { DRAFT: { writer: 'draft 1' } },
    })
    expect(phases.map(({ status }) => status)).toEqual(['COMPLETED', 'SKIPPED'])
    expect((await orchestrator.projects.run('drone-001')).state).toBe('PLAN_ONLY')
    await orchestrator.stop()
  })

  it('is what a gate can make of it, as in plan mode (10)', async () => {
    const at = scene()
    const gate: PhaseDefinition['gate'] = ({ project: { mode } }) =>
      mode === 'plan' ? { result: 'APPROVAL_NEEDED', reason: 'only a plan' } : 'PASS'
    const phases = [{ name: 'FEASIBILITY' }, { name: 'PLANNING', gate }, { name: 'GEOMETRY_KERNEL' }]
    const orchestrator = await at.start({ lifecycles: [lifecycle(phases)] })
    await orchestrator.projects.create({ ...project(), mode: 'plan' })
    const { state, phase, approval } = await orchestrator.projects.run('drone-001')
    expect([state, phase, approval?.phase]).toEqual(['AWAITING_APPROVAL', 'PLANNING', 'PLANNING'])
    expect(approval).toMatchObject({
      requires: { quorum: 1, deadlineMs: LIMITS.approval.deadlineMs.default },
      subject: { reason: 'only a plan' },
    })
    await decide(orchestrator)
    expect((await orchestrator.projects.settled('drone-001')).phase).toBe('GEOMETRY_KERNEL')
    await orchestrator.projects.create({ ...project('drone-002'), mode: 'execute' })
    expect((await orchestrator.projects.run('drone-002')).state).toBe('COMPLETED')
    await orchestrator.stop()
  })

  it('asks nobody when it only asks on request, and nothing does', async () => {
    const { orchestrator } = await waiting({ when: 'on_request' })
    expect((await orchestrator.projects.get('drone-001')).state).toBe('COMPLETED')
    await orchestrator.stop()
  })
})

describe('two decisions', () => {
  it('at once: exactly one of them wins, and the project goes on once (W6)', async () => {
    const { orchestrator, log } = await waiting()
    const { id, version } = await asked(orchestrator)
    const submit = (decision: Submission['decision'], by: string) =>
      orchestrator.projects.submitApproval('drone-001', { approval: id, version, decision, by })
    const results = await Promise.allSettled([
      submit('APPROVED', 'ana'),
      submit('REJECTED', 'bob'),
      submit('APPROVED', 'cem'),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    for (const result of results.slice(1))
      expect(result).toMatchObject({ reason: { code: 'approval.settled' } })
    expect((await orchestrator.projects.settled('drone-001')).state).toBe('COMPLETED')
    expect(log).toHaveLength(1)
    const facts = await orchestrator.projects.history('drone-001')
    expect(typesOf(facts).filter((type) => type === 'APPROVAL_RECEIVED')).toHaveLength(1)
    await orchestrator.stop()
  })

  it('of one person that are the same are one, before and after it is settled', async () => {
    const { orchestrator } = await waiting({ quorum: 2 })
    const given = { approval: 'approval-1', version: 1, decision: 'APPROVED' } as const
    const submit = (by: string) => orchestrator.projects.submitApproval('drone-001', { ...given, by })
    const [first, second] = await Promise.all([submit('ana'), submit('ana')])
    expect(second?.seq).toBe(first?.seq)
    expect((await asked(orchestrator)).decisions).toMatchObject([{ by: 'ana', decision: 'APPROVED' }])
    await submit('bob')
    const { seq } = await orchestrator.projects.settled('drone-001')
    expect((await submit('ana')).seq).toBe(seq)
    expect((await submit('bob')).seq).toBe(seq)
    expect(await refusal(submit('cem'))).toMatchObject({ code: 'approval.settled' })
    await orchestrator.stop()
  })

  it('of one person that differ are a conflict, and the first stands', async () => {
    const { orchestrator } = await waiting({ quorum: 2 })
    await decide(orchestrator)
    expect(await refusal(decide(orchestrator, { decision: 'REJECTED' }))).toMatchObject({
      code: 'approval.conflicting',
      message: expect.stringContaining('ana'),
    })
    expect((await asked(orchestrator)).decisions).toHaveLength(1)
    await orchestrator.stop()
  })
})

describe('a decision is refused', () => {
  it('that nobody has asked for (13)', async () => {
    const at = scene()
    const orchestrator = await at.start({ lifecycles: [lifecycle([{ name: 'DRAFT' }])] })
    await orchestrator.projects.create(project())
    const submission = { approval: 'approval-1', version: 1, decision: 'APPROVED', by: 'ana' } as const
    for (const state of ['CREATED', 'COMPLETED']) {
      expect(await refusal(orchestrator.projects.submitApproval('drone-001', submission))).toMatchObject({
        code: 'approval.unknown',
        message: expect.stringContaining(state),
      })
      await orchestrator.projects.run('drone-001')
    }
    await orchestrator.stop()
  })

  it.each([
    ['of another approval', { approval: 'approval-7' }],
    ['of another version', { version: 2 }],
    ['of another subject', { subjectHash: '0'.repeat(64) }],
  ])('%s', async (_, given) => {
    const { orchestrator } = await waiting()
    expect(await refusal(decide(orchestrator, given))).toMatchObject({
      code: 'approval.outdated',
      message: expect.stringContaining('approval-1 version 1'),
    })
    expect((await asked(orchestrator)).decisions).toEqual([])
    await orchestrator.stop()
  })

  it('unless it is of the subject that was read', async () => {
    const { orchestrator } = await waiting()
    const { subjectHash } = await asked(orchestrator)
    await decide(orchestrator, { subjectHash })
    expect((await orchestrator.projects.settled('drone-001')).state).toBe('COMPLETED')
    await orchestrator.stop()
  })

  it.each<[string, ApprovalDefinition, Partial<Submission>, string, Partial<Submission>]>([
    [
      'by who is not among the approvers',
      { approvers: ['bob'] },
      { by: 'ana' },
      'only bob may decide',
      { by: 'bob' },
    ],
    [
      'without a role that is asked for',
      { roles: ['lead'] },
      { roles: ['tester'] },
      'roles lead',
      { roles: ['tester', 'lead'] },
    ],
    [
      'by the author, where that is separated',
      { separation: true },
      { by: 'eva' },
      'the author may not decide',
      { by: 'ana' },
    ],
  ])('%s', async (_, approval, wrong, words, right) => {
    const { orchestrator } = await waiting(approval)
    expect(await refusal(decide(orchestrator, wrong))).toMatchObject({
      code: 'approval.not_allowed',
      message: expect.stringContaining(words),
    })
    await decide(orchestrator, right)
    expect((await orchestrator.projects.settled('drone-001')).state).toBe('COMPLETED')
    await orchestrator.stop()
  })

  it('by an author nobody knows: where author and approver must differ, a project says who its author is', async () => {
    const at = scene()
    const lifecycles = [lifecycle([{ name: 'SHIP', approval: { separation: true } }])]
    const orchestrator = await at.start({ lifecycles })
    expect(await refusal(orchestrator.projects.create(project()))).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('give `author`'),
    })
    await orchestrator.stop()
  })

  it.each([
    [{ by: '' }, 'by'],
    [{ decision: 'MAYBE' }, 'decision'],
    [{ version: 0 }, 'version'],
    [{ comment: 'x'.repeat(LIMITS.textCharsMax + 1) }, 'comment'],
    [{ feedback: 'fine' }, 'feedback'],
  ])('that is none: %j', async (given, named) => {
    const { orchestrator } = await waiting()
    expect(await refusal(decide(orchestrator, given as never))).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining(named),
    })
    await orchestrator.stop()
  })
})

describe('the deadline of an approval', () => {
  it('refuses and pauses; resumed, it asks the same again as its second version', async () => {
    const { orchestrator, clock, until, log } = await waiting({ deadlineMs: DAY })
    const first = await asked(orchestrator)
    await clock.advanceAsync(DAY - 1)
    expect((await orchestrator.projects.get('drone-001')).state).toBe('AWAITING_APPROVAL')
    await clock.advanceAsync(1)
    await until(() => clock.armed.length === 0)
    const paused = await orchestrator.projects.settled('drone-001')
    expect([paused.state, paused.reason]).toEqual(['PAUSED', 'approval_timeout'])
    const late = { approval: 'approval-1', version: 1, decision: 'APPROVED', by: 'ana' } as const
    expect(await refusal(orchestrator.projects.submitApproval('drone-001', late))).toMatchObject({
      code: 'approval.settled',
    })
    const again = await orchestrator.projects.run('drone-001')
    expect(again.state).toBe('AWAITING_APPROVAL')
    expect(again.approval).toEqual({ ...first, version: 2, deadlineAt: 1_000 + 2 * DAY })
    // The phase is not run again for that.
    expect(log).toHaveLength(1)
    expect(await refusal(orchestrator.projects.submitApproval('drone-001', late))).toMatchObject({
      code: 'approval.outdated',
    })
    await decide(orchestrator)
    expect((await orchestrator.projects.settled('drone-001')).state).toBe('COMPLETED')
    expect(typesOf(await orchestrator.projects.history('drone-001'))).toContain('APPROVAL_TIMEOUT')
    await orchestrator.stop()
  })

  it('holds across a restart, and never comes early', async () => {
    const { orchestrator, clock, start, until, lifecycles } = await waiting({ deadlineMs: DAY })
    await orchestrator.stop()
    expect(clock.armed).toEqual([])
    clock.advance(DAY / 2)
    const again = await start({ lifecycles })
    await clock.advanceAsync(DAY / 2 - 1)
    expect((await again.projects.get('drone-001')).state).toBe('AWAITING_APPROVAL')
    await clock.advanceAsync(1)
    await until(() => clock.armed.length === 0)
    expect((await again.projects.settled('drone-001')).reason).toBe('approval_timeout')
    await again.stop()
  })

  it('that has passed while nobody was there is kept as soon as somebody is', async () => {
    const { orchestrator, clock, start, until, lifecycles } = await waiting({ deadlineMs: DAY })
    await orchestrator.stop()
    clock.advance(3 * DAY)
    const again = await start({ lifecycles })
    const late = { approval: 'approval-1', version: 1, decision: 'APPROVED', by: 'ana' } as const
    expect(await refusal(again.projects.submitApproval('drone-001', late))).toMatchObject({
      code: 'approval.settled',
    })
    await clock.advanceAsync(0)
    await until(() => clock.armed.length === 0)
    expect((await again.projects.settled('drone-001')).state).toBe('PAUSED')
    await again.stop()
  })
})

describe('a question that is withdrawn', () => {
  it('by pausing is asked anew by going on', async () => {
    const { orchestrator } = await waiting()
    expect((await orchestrator.projects.pause('drone-001')).approval).toBe(undefined)
    expect((await orchestrator.projects.resume('drone-001')).approval).toMatchObject({
      id: 'approval-1',
      version: 2,
    })
    await orchestrator.stop()
  })

  it('by cancelling takes its deadline with it', async () => {
    const { orchestrator, clock } = await waiting()
    expect(clock.armed).toHaveLength(1)
    await orchestrator.projects.cancel('drone-001')
    expect(typesOf(await orchestrator.projects.history('drone-001')).slice(-2)).toEqual([
      'APPROVAL_WITHDRAWN',
      'PROJECT_CANCELLED',
    ])
    await clock.advanceAsync(30 * DAY)
    expect(typesOf(await orchestrator.projects.history('drone-001'))).not.toContain('APPROVAL_TIMEOUT')
    await orchestrator.stop()
  })
})
