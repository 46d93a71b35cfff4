import { describe, expect, it } from 'vitest'
import { createPanel, defineCritic } from 'stagecraft'
import type { Fact, Orchestrator, PhaseDefinition, PhaseView } from 'stagecraft/runtime'
import { LIMITS } from '../../../src/model/limits.ts'
import { agent, lifecycle, listen, payloadOf, project, refusal, scene, typesOf } from './project-scene.ts'

/** An orchestrator with one lifecycle of these phases. */
async function opened(phases: readonly PhaseDefinition[], settings: { phasesMax?: number } = {}) {
  const at = scene()
  return { ...at, orchestrator: await at.start({ lifecycles: [lifecycle(phases, settings)] }) }
}

/** Says what it is given to `log`. */
const notes = (name: string, log: PhaseView[], output: unknown = name) =>
  agent(name, (view) => {
    log.push(view)
    return output
  })

const historyOf = ({ projects }: Orchestrator, id = 'drone-001') => projects.history(id)

const countOf = (facts: readonly Fact[], type: Fact['type']) =>
  facts.filter((fact) => fact.type === type).length

describe('creating a project', () => {
  it('keeps its id and intent and lists it, where there was none before (8)', async () => {
    const { orchestrator } = await opened([{ name: 'DRAFT' }, { name: 'SHIP' }])
    expect(await orchestrator.projects.list()).toEqual([])
    const created = await orchestrator.projects.create({
      ...project(),
      mode: 'plan',
      author: 'eva',
      params: { payloadKg: 2 },
    })
    expect(created).toMatchObject({
      id: 'drone-001',
      lifecycle: 'demo',
      version: 1,
      mode: 'plan',
      intent: project().intent,
      author: 'eva',
      params: { payloadKg: 2 },
      state: 'CREATED',
      phase: 'DRAFT',
      ended: false,
      reason: null,
      results: {},
      phasesRun: 0,
      createdAt: 1_000,
    })
    expect(created.phases).toMatchObject([
      { name: 'DRAFT', status: 'PENDING' },
      { name: 'SHIP', status: 'PENDING' },
    ])
    expect(await orchestrator.projects.get('drone-001')).toEqual(created)
    expect(await orchestrator.projects.list()).toMatchObject([{ id: 'drone-001', state: 'CREATED' }])
    await orchestrator.stop()
  })

  it('refuses an id that is taken, and leaves who has it alone (W9)', async () => {
    const { orchestrator } = await opened([{ name: 'DRAFT' }])
    const first = await orchestrator.projects.create(project())
    const error = await refusal(orchestrator.projects.create({ ...project(), intent: 'Another one' }))
    expect(error).toMatchObject({ code: 'project.exists', message: expect.stringContaining('drone-001') })
    expect(await orchestrator.projects.get('drone-001')).toEqual(first)
    await orchestrator.stop()
  })

  it('lets exactly one of two win that ask for one id at the same time', async () => {
    const { orchestrator } = await opened([{ name: 'DRAFT' }])
    const results = await Promise.allSettled(
      ['One', 'Two', 'Three'].map((intent) => orchestrator.projects.create({ ...project(), intent })),
    )
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect((await orchestrator.projects.get('drone-001')).intent).toBe('One')
    await orchestrator.stop()
  })

  it.each([
    'ab',
    '',
    '-drone',
    '_drone',
    'drone 1',
    'drone.1',
    '../../etc',
    'drone/1',
    'Ünïcode',
    'x'.repeat(65),
  ])('refuses the id "%s", and keeps nothing of it (W9)', async (id) => {
    const { orchestrator } = await opened([{ name: 'DRAFT' }])
    expect(await refusal(orchestrator.projects.create(project(id)))).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('3 to 64'),
    })
    expect(await orchestrator.projects.list()).toEqual([])
    await orchestrator.stop()
  })

  it.each([
    [{ intent: '' }, 'intent'],
    [{ intent: 'x'.repeat(LIMITS.intentCharsMax + 1) }, 'intent'],
    [{ mode: 'step' }, 'mode'],
    [{ author: '' }, 'author'],
    [{ version: 0 }, 'version'],
    [{ params: { when: new Date(0) } }, 'plain data'],
    [{ params: { much: Number.NaN } }, 'plain data'],
    [{ user_intent: 'x' }, 'user_intent'],
  ])('refuses what is wrong in %j, and names it', async (given, named) => {
    const { orchestrator } = await opened([{ name: 'DRAFT' }])
    expect(await refusal(orchestrator.projects.create({ ...project(), ...given } as never))).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining(named),
    })
    await orchestrator.stop()
  })

  it('refuses a lifecycle nobody registered, and says which there are', async () => {
    const { orchestrator } = await opened([{ name: 'DRAFT' }])
    expect(await refusal(orchestrator.projects.create({ ...project(), lifecycle: 'other' }))).toMatchObject({
      code: 'lifecycle.unknown',
      message: expect.stringContaining('"demo" version 1'),
    })
    expect(await refusal(orchestrator.projects.create({ ...project(), version: 7 }))).toMatchObject({
      code: 'lifecycle.unknown',
    })
    await orchestrator.stop()
  })

  it('says of a project nobody made that there is none', async () => {
    const { orchestrator } = await opened([{ name: 'DRAFT' }])
    const { projects } = orchestrator
    const id = 'drone-404'
    for (const asked of [
      () => projects.get(id),
      () => projects.run(id),
      () => projects.settled(id),
      () => projects.cancel(id),
      () => projects.history(id),
    ])
      expect(await refusal(asked())).toMatchObject({
        code: 'project.unknown',
        message: expect.stringContaining(id),
      })
    await orchestrator.stop()
  })

  it('leaves a text that looks like an attack a text', async () => {
    const { orchestrator } = await opened([{ name: 'DRAFT' }])
    const intent = `<script>alert(1)</script>'; DROP TABLE journals; --`
    await orchestrator.projects.create({ ...project(), intent })
    expect((await orchestrator.projects.run('drone-001')).intent).toBe(intent)
    await orchestrator.stop()
  })
})

describe('running a project', () => {
  it('goes through its phases in order, each seeing what the ones before it made (W1)', async () => {
    const log: PhaseView[] = []
    const { orchestrator } = await opened([
      { name: 'DRAFT', tasks: [{ agent: notes('writer', log, { pages: 3 }) }] },
      { name: 'CHECK', tasks: [{ agent: notes('reader', log, ['fine']) }], gate: () => 'PASS' },
      { name: 'SHIP', tasks: [{ agent: notes('sender', log) }] },
    ])
    await orchestrator.projects.create({ ...project(), author: 'eva', params: { to: 'ana' } })
    const at = await orchestrator.projects.run('drone-001')
    expect(at).toMatchObject({
      state: 'COMPLETED',
      ended: true,
      phasesRun: 3,
      results: { DRAFT: { writer: { pages: 3 } }, CHECK: { reader: ['fine'] }, SHIP: { sender: 'sender' } },
    })
    expect(at.phases.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED'])
    expect(log).toMatchObject([
      { phase: 'DRAFT', run: 1, iteration: 1, results: {} },
      { phase: 'CHECK', run: 2, iteration: 1, results: { DRAFT: { writer: { pages: 3 } } } },
      {
        phase: 'SHIP',
        run: 3,
        results: { DRAFT: { writer: { pages: 3 } }, CHECK: { reader: ['fine'] } },
        feedback: null,
        project: { id: 'drone-001', author: 'eva', params: { to: 'ana' }, mode: 'execute' },
      },
    ])
    expect(typesOf(await historyOf(orchestrator)).slice(0, 4)).toEqual([
      'PROJECT_CREATED',
      'PROJECT_STARTED',
      'CHECKPOINT_CREATED',
      'PHASE_STARTED',
    ])
    await orchestrator.stop()
  })

  it('is done once, however many ask for it at the same time (W13)', async () => {
    const log: PhaseView[] = []
    const { orchestrator } = await opened([
      { name: 'DRAFT', tasks: [{ agent: notes('writer', log) }] },
      { name: 'SHIP', tasks: [{ agent: notes('sender', log) }] },
    ])
    await orchestrator.projects.create(project())
    const ends = await Promise.all(Array.from({ length: 5 }, () => orchestrator.projects.run('drone-001')))
    expect(ends.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'COMPLETED'))
    expect(log.map(({ phase }) => phase)).toEqual(['DRAFT', 'SHIP'])
    const facts = await historyOf(orchestrator)
    expect(countOf(facts, 'PROJECT_STARTED')).toBe(1)
    // Run again, it stays where it is.
    expect((await orchestrator.projects.run('drone-001')).seq).toBe(facts.length)
    await orchestrator.stop()
  })

  it('starts at once every task that depends on nothing (16), and the others when theirs have succeeded', async () => {
    const at = scene()
    const log: string[] = []
    const takes = (name: string, ms: number) =>
      agent(name, async (view, { signal }) => {
        log.push(
          `${name} starts at ${at.clock.now()} with ${Object.keys(view.tasks).toSorted().join('+') || 'nothing'}`,
        )
        await at.wait(ms, signal)
        return name
      })
    const orchestrator = await at.start({
      lifecycles: [
        lifecycle([
          {
            name: 'MULTI_PHYSICS',
            tasks: [
              { agent: takes('sum', 10), dependsOn: ['thermal', 'structural'] },
              { agent: takes('thermal', 300) },
              { agent: takes('structural', 200) },
              { agent: takes('electronics', 100) },
              { agent: takes('material', 50) },
              { agent: takes('report', 10), dependsOn: ['sum'] },
            ],
          },
        ]),
      ],
    })
    await orchestrator.projects.create(project())
    const over = orchestrator.projects.run('drone-001')
    for (const due of [1_050, 1_100, 1_200, 1_300, 1_310, 1_320]) await at.reach(due)
    expect((await over).state).toBe('COMPLETED')
    expect(log).toEqual([
      'thermal starts at 1000 with nothing',
      'structural starts at 1000 with nothing',
      'electronics starts at 1000 with nothing',
      'material starts at 1000 with nothing',
      'sum starts at 1300 with structural+thermal',
      'report starts at 1310 with structural+sum+thermal',
    ])
    await orchestrator.stop()
  })

  it('runs no more tasks at once than the orchestrator may', async () => {
    const at = scene()
    let running = 0
    let most = 0
    const takes = (name: string) =>
      agent(name, async (_, { signal }) => {
        running += 1
        most = Math.max(most, running)
        await at.wait(100, signal)
        running -= 1
      })
    const tasks = Array.from({ length: 7 }, (_, index) => ({ agent: takes(`task-${index}`) }))
    const lifecycles = [lifecycle([{ name: 'DRAFT', tasks }])]
    const orchestrator = await at.start({ lifecycles, limits: { tasksConcurrentMax: 3 } })
    await orchestrator.projects.create(project())
    const over = orchestrator.projects.run('drone-001')
    for (const due of [1_100, 1_200, 1_300]) await at.reach(due)
    expect((await over).state).toBe('COMPLETED')
    expect(most).toBe(3)
    await orchestrator.stop()
  })
})

describe('a task that fails', () => {
  const throws = agent('throws', () => Promise.reject(new Error('no thermal model')))

  it('is recorded with its error, and the phase goes on when it is not critical (17)', async () => {
    let seen: unknown
    const { orchestrator } = await opened([
      {
        name: 'DRAFT',
        tasks: [{ agent: throws }, { agent: agent('other', () => 'fine') }],
        gate: ({ ends, tasks }) => {
          seen = { ends, tasks }
          return 'PASS'
        },
      },
    ])
    await orchestrator.projects.create(project())
    const { state, phases } = await orchestrator.projects.run('drone-001')
    expect(state).toBe('COMPLETED')
    expect(phases[0]?.tasks).toMatchObject({
      throws: { status: 'failed', attempts: 1, error: { code: 'error', message: 'no thermal model' } },
      other: { status: 'succeeded', output: 'fine' },
    })
    expect(seen).toMatchObject({
      ends: { throws: { status: 'failed', error: 'no thermal model' }, other: { status: 'succeeded' } },
      tasks: { other: 'fine' },
    })
    expect(payloadOf(await historyOf(orchestrator), 'AGENT_FAILED')).toMatchObject({
      task: 'throws',
      error: { code: 'error', message: 'no thermal model' },
    })
    await orchestrator.stop()
  })

  it('fails the phase and the project when it is critical, and aborts the tasks beside it', async () => {
    const at = scene()
    let reason: unknown
    const slow = agent('slow', async (_, { signal }) => {
      signal.addEventListener('abort', () => (reason = signal.reason))
      await at.wait(9_000, signal)
    })
    const fails = agent('fails', async (_, { signal }) => {
      await at.wait(100, signal)
      throw new Error('no')
    })
    const phases = [
      { name: 'DRAFT', tasks: [{ agent: fails, critical: true }, { agent: slow }] },
      { name: 'SHIP' },
    ]
    const orchestrator = await at.start({ lifecycles: [lifecycle(phases)] })
    await orchestrator.projects.create(project())
    const over = orchestrator.projects.run('drone-001')
    await at.reach(1_100)
    const { state, reason: why, phases: shown } = await over
    expect([state, why]).toEqual(['FAILED', 'phase_failed'])
    expect(shown).toMatchObject([
      {
        name: 'DRAFT',
        status: 'FAILED',
        tasks: { fails: { status: 'failed' }, slow: { status: 'cancelled' } },
      },
      { name: 'SHIP', status: 'PENDING' },
    ])
    expect(reason).toBeInstanceOf(DOMException)
    expect(payloadOf(await historyOf(orchestrator), 'PHASE_FAILED')).toMatchObject({ cause: 'task_failed' })
    await orchestrator.stop()
  })

  it('leaves out the tasks that depend on it, and theirs in turn', async () => {
    const ran: string[] = []
    const does = (name: string) => agent(name, () => void ran.push(name))
    const { orchestrator } = await opened([
      {
        name: 'DRAFT',
        tasks: [
          { agent: throws },
          { agent: does('second'), dependsOn: ['throws'] },
          { agent: does('third'), dependsOn: ['second'] },
          { agent: does('left-out'), when: () => false },
          { agent: does('after'), dependsOn: ['left-out'] },
        ],
      },
    ])
    await orchestrator.projects.create(project())
    const { phases } = await orchestrator.projects.run('drone-001')
    expect(ran).toEqual(['after'])
    expect(phases[0]?.tasks).toMatchObject({
      second: { status: 'skipped', because: 'dependency' },
      third: { status: 'skipped', because: 'dependency' },
      'left-out': { status: 'skipped', because: 'condition' },
      after: { status: 'succeeded' },
    })
    expect(countOf(await historyOf(orchestrator), 'AGENT_SKIPPED')).toBe(3)
    await orchestrator.stop()
  })

  it('is tried again after a pause, under the same key, and each attempt is on record', async () => {
    const at = scene()
    const tries: [number, string, number][] = []
    const flaky = agent(
      'flaky',
      (_, { attempt, key }) => {
        tries.push([attempt, key, at.clock.now()])
        if (attempt < 3) throw new Error(`attempt ${attempt}`)
        return 'at last'
      },
      { retriesMax: 2 },
    )
    const orchestrator = await at.start({
      lifecycles: [lifecycle([{ name: 'DRAFT', tasks: [{ agent: flaky }] }])],
    })
    await orchestrator.projects.create(project())
    const over = orchestrator.projects.run('drone-001')
    await at.reach(2_000)
    await at.reach(4_000)
    expect((await over).phases[0]?.tasks['flaky']).toMatchObject({
      status: 'succeeded',
      attempts: 3,
      durationMs: 3_000,
      output: 'at last',
    })
    const key = tries[0]?.[1]
    expect(tries).toEqual([
      [1, key, 1_000],
      [2, key, 2_000],
      [3, key, 4_000],
    ])
    const retries = (await historyOf(orchestrator)).filter(({ type }) => type === 'AGENT_RETRY')
    expect(retries.map(({ payload }) => payload)).toMatchObject([
      { attempt: 2, after: 'attempt 1' },
      { attempt: 3, after: 'attempt 2' },
    ])
    await orchestrator.stop()
  })

  it('ends as timed out when it takes too long, and its signal aborts', async () => {
    const at = scene()
    let isAborted = false
    const slow = agent('slow', async (_, { signal }) => {
      signal.addEventListener('abort', () => (isAborted = true))
      await at.wait(60_000, signal)
    })
    const tasks = [{ agent: slow, timeoutMs: 500 }]
    const orchestrator = await at.start({ lifecycles: [lifecycle([{ name: 'DRAFT', tasks }])] })
    await orchestrator.projects.create(project())
    const over = orchestrator.projects.run('drone-001')
    await at.reach(1_500)
    expect((await over).phases[0]?.tasks['slow']).toMatchObject({
      status: 'timed_out',
      error: { code: 'timeout' },
    })
    expect(isAborted).toBe(true)
    await orchestrator.stop()
  })

  it('is one whose condition or input throws, too', async () => {
    const { orchestrator } = await opened([
      {
        name: 'DRAFT',
        tasks: [
          {
            agent: agent('first', () => 1),
            when: () => {
              throw new Error('no condition')
            },
          },
          {
            agent: agent('second', () => 1),
            input: () => {
              throw new Error('no input')
            },
          },
          { agent: agent('third', () => new Map()) },
        ],
      },
    ])
    await orchestrator.projects.create(project())
    const { phases, state } = await orchestrator.projects.run('drone-001')
    expect(state).toBe('COMPLETED')
    expect(phases[0]?.tasks).toMatchObject({
      first: { status: 'failed', error: { code: 'condition_failed', message: 'no condition' } },
      second: { status: 'failed', error: { code: 'input_failed', message: 'no input' } },
      third: { status: 'failed', error: { code: 'output_invalid' } },
    })
    await orchestrator.stop()
  })
})

describe('a gate', () => {
  it('repeats its phase with RETRY, which is really run again and on record as such (W3, 14)', async () => {
    const log: PhaseView[] = []
    const { orchestrator } = await opened([
      {
        name: 'VALIDATION',
        tasks: [{ agent: notes('validates', log, 'a result') }],
        gate: ({ iteration }) =>
          iteration < 3 ? { result: 'RETRY', reason: `not yet, ${iteration}` } : { result: 'PASS' },
      },
    ])
    await orchestrator.projects.create(project())
    expect((await orchestrator.projects.run('drone-001')).state).toBe('COMPLETED')
    expect(log.map(({ run, iteration }) => [run, iteration])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ])
    expect(log.map(({ feedback }) => feedback)).toMatchObject([
      null,
      { from: 'VALIDATION', because: 'RETRY', comment: 'not yet, 1', previous: { validates: 'a result' } },
      { because: 'RETRY', comment: 'not yet, 2' },
    ])
    const facts = await historyOf(orchestrator)
    expect(countOf(facts, 'PHASE_STARTED')).toBe(3)
    expect(countOf(facts, 'PHASE_RETRYING')).toBe(2)
    await orchestrator.stop()
  })

  it('goes back with LOOPBACK, and what came after is made anew (W3)', async () => {
    const log: PhaseView[] = []
    let asked = 0
    const { orchestrator } = await opened([
      { name: 'DRAFT', tasks: [{ agent: notes('writer', log) }] },
      { name: 'BUILD', tasks: [{ agent: notes('builder', log) }] },
      {
        name: 'CHECK',
        loopbackTo: ['BUILD'],
        gate: () =>
          (asked += 1) === 1 ? { result: 'LOOPBACK', loopbackTo: 'BUILD', reason: 'too heavy' } : 'PASS',
      },
    ])
    await orchestrator.projects.create(project())
    expect((await orchestrator.projects.run('drone-001')).state).toBe('COMPLETED')
    expect(log.map(({ phase, results }) => [phase, Object.keys(results)])).toEqual([
      ['DRAFT', []],
      ['BUILD', ['DRAFT']],
      ['BUILD', ['DRAFT']],
    ])
    expect(log[2]?.feedback).toMatchObject({ from: 'CHECK', because: 'LOOPBACK', comment: 'too heavy' })
    expect(payloadOf(await historyOf(orchestrator), 'PHASE_LOOPED_BACK')).toMatchObject({
      phase: 'CHECK',
      to: 'BUILD',
    })
    await orchestrator.stop()
  })

  it('fails the phase where it goes back to what it may not', async () => {
    const gate = () => ({ result: 'LOOPBACK', loopbackTo: 'DRAFT' }) as const
    const { orchestrator } = await opened([{ name: 'DRAFT' }, { name: 'CHECK', gate }])
    await orchestrator.projects.create(project())
    expect((await orchestrator.projects.run('drone-001')).state).toBe('FAILED')
    expect(payloadOf(await historyOf(orchestrator), 'PHASE_FAILED')).toMatchObject({
      cause: 'loopback_not_allowed',
    })
    await orchestrator.stop()
  })

  it.each([
    ['throws', () => Promise.reject(new Error('no gate today')), 'no gate today'],
    ['talks nonsense', () => 'MAYBE', 'MAYBE'],
    ['says nothing', () => undefined, 'must answer'],
  ])('that %s fails the phase, and passes nothing', async (_, gate, message) => {
    const { orchestrator } = await opened([{ name: 'DRAFT', gate: gate as never }])
    await orchestrator.projects.create(project())
    const { state, phases } = await orchestrator.projects.run('drone-001')
    expect(state).toBe('FAILED')
    expect(phases[0]).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(message) })
    expect(payloadOf(await historyOf(orchestrator), 'PHASE_FAILED')).toMatchObject({ cause: 'gate_failed' })
    await orchestrator.stop()
  })

  it('that says FAIL ends the project with its reason', async () => {
    const gate = () => ({ result: 'FAIL', reason: 'geometry is not possible' }) as const
    const { orchestrator } = await opened([{ name: 'DRAFT', gate }])
    await orchestrator.projects.create(project())
    const { state, phases } = await orchestrator.projects.run('drone-001')
    expect([state, phases[0]?.reason]).toEqual(['FAILED', 'geometry is not possible'])
    await orchestrator.stop()
  })

  it('sees the conflicts between what the tasks made, which are told when they come and when they go', async () => {
    const { orchestrator } = await opened([
      {
        name: 'DRAFT',
        conflicts: ({ iteration }) =>
          iteration === 1 ? [{ id: 'mass', between: ['wing', 'battery'], message: 'too heavy' }] : [],
        gate: ({ conflicts }) => (conflicts.length > 0 ? 'RETRY' : 'PASS'),
      },
    ])
    await orchestrator.projects.create(project())
    expect((await orchestrator.projects.run('drone-001')).state).toBe('COMPLETED')
    const facts = await historyOf(orchestrator)
    expect(payloadOf(facts, 'CONFLICT_DETECTED')).toEqual({
      phase: 'DRAFT',
      id: 'mass',
      between: ['wing', 'battery'],
      message: 'too heavy',
    })
    expect(payloadOf(facts, 'CONFLICT_RESOLVED')).toEqual({ phase: 'DRAFT', id: 'mass' })
    await orchestrator.stop()
  })
})

describe('limits end visibly (W11)', () => {
  it.each([
    ['iterationsMax', { iterationsMax: 2 }, {}, 2, 2],
    ['iterationsMax', {}, {}, LIMITS.iterationsMax, LIMITS.iterationsMax],
    ['phasesMax', { iterationsMax: 50 }, { phasesMax: 4 }, 4, 4],
  ])('%s %j %j', async (limit, phase, settings, value, runs) => {
    const { orchestrator } = await opened([{ name: 'DRAFT', gate: () => 'RETRY', ...phase }], settings)
    await orchestrator.projects.create(project())
    const { state, reason, phasesRun } = await orchestrator.projects.run('drone-001')
    expect({ state, reason, phasesRun }).toEqual({
      state: 'FAILED',
      reason: limit === 'phasesMax' ? 'phases_max' : 'iterations_max',
      phasesRun: runs,
    })
    const facts = await historyOf(orchestrator)
    expect(payloadOf(facts, 'LIMIT_REACHED')).toEqual({ phase: 'DRAFT', limit, value })
    expect(typesOf(facts).slice(-3)).toEqual(['PHASE_FAILED', 'LIMIT_REACHED', 'PROJECT_FAILED'])
    await orchestrator.stop()
  })

  it('also where a phase would pass, and none is left to run', async () => {
    const { orchestrator } = await opened([{ name: 'DRAFT' }, { name: 'SHIP' }], { phasesMax: 1 })
    await orchestrator.projects.create(project())
    const { state, reason, phases } = await orchestrator.projects.run('drone-001')
    expect([state, reason, phases[0]?.status]).toEqual(['FAILED', 'phases_max', 'COMPLETED'])
    await orchestrator.stop()
  })

  it('a phase that takes too long fails, and its work is aborted (W12)', async () => {
    const at = scene()
    let isAborted = false
    const slow = agent('slow', async (_, { signal }) => {
      signal.addEventListener('abort', () => (isAborted = true))
      await at.wait(9_000, signal)
    })
    const phase = { name: 'DRAFT', tasks: [{ agent: slow }], timeoutMs: 2_000 }
    const orchestrator = await at.start({ lifecycles: [lifecycle([phase])] })
    await orchestrator.projects.create(project())
    const over = orchestrator.projects.run('drone-001')
    await at.reach(3_000)
    const { state, reason } = await over
    expect([state, reason, isAborted]).toEqual(['FAILED', 'phase_failed', true])
    expect(payloadOf(await historyOf(orchestrator), 'PHASE_FAILED')).toMatchObject({ cause: 'phase_timeout' })
    await at.clock.settle()
    expect(at.clock.armed).toEqual([])
    await orchestrator.stop()
  })
})

describe('a review in a phase', () => {
  const board = (severity: number, uncertainty = 0) =>
    createPanel({ critics: [defineCritic({ name: 'judge', evaluate: () => ({ severity, uncertainty }) })] })

  const reviewed = async (panel: ReturnType<typeof board>, gate: PhaseDefinition['gate']) => {
    const at = scene()
    const asked: unknown[] = []
    const phase: PhaseDefinition = {
      name: 'DRAFT',
      tasks: [{ agent: agent('writer', () => 'a wing') }],
      review: {
        panel: 'board',
        input: ({ project: { intent }, tasks }) => {
          asked.push(tasks)
          return { prompt: intent, response: String(tasks['writer']), context: {} }
        },
      },
      ...(gate && { gate }),
    }
    const orchestrator = await at.start({ lifecycles: [lifecycle([phase])], panels: { board: panel } })
    await orchestrator.projects.create(project())
    return { orchestrator, asked, at: await orchestrator.projects.run('drone-001') }
  }

  it('that allows leaves the gate its word, and is on record', async () => {
    const { orchestrator, asked, at } = await reviewed(board(0), ({ review }) =>
      review?.verdict === 'allow' ? 'PASS' : 'FAIL',
    )
    expect([at.state, at.phases[0]?.verdict]).toEqual(['COMPLETED', 'allow'])
    expect(asked).toEqual([{ writer: 'a wing' }])
    const recorded = payloadOf(await historyOf(orchestrator), 'REVIEW_RECORDED')
    expect(recorded).toMatchObject({
      panel: 'board',
      verdict: 'allow',
      review: { input: { response: 'a wing' }, review: { critics: { judge: { status: 'success' } } } },
    })
    await orchestrator.stop()
  })

  it('that denies excludes PASS, whatever the gate says', async () => {
    const { orchestrator, at } = await reviewed(board(3), () => 'PASS')
    expect([at.state, at.reason]).toEqual(['FAILED', 'phase_failed'])
    const facts = await historyOf(orchestrator)
    expect(payloadOf(facts, 'CRITIC_ALERT')).toMatchObject({ phase: 'DRAFT', verdict: 'deny' })
    expect(payloadOf(facts, 'PHASE_FAILED')).toMatchObject({ cause: 'review_denied' })
    await orchestrator.stop()
  })

  it('that escalates turns PASS into a question to people', async () => {
    const { orchestrator, at } = await reviewed(board(1, 0.9), undefined)
    expect(at).toMatchObject({
      state: 'AWAITING_APPROVAL',
      approval: { subject: { review: { verdict: 'escalate' } } },
    })
    await orchestrator.stop()
  })

  it('that cannot be asked counts as one that escalates', async () => {
    const at = scene()
    const panel = board(0)
    await panel[Symbol.asyncDispose]()
    const orchestrator = await at.start({
      lifecycles: [lifecycle([{ name: 'DRAFT', review: 'board' }])],
      panels: { board: panel },
    })
    await orchestrator.projects.create(project())
    expect((await orchestrator.projects.run('drone-001')).state).toBe('AWAITING_APPROVAL')
    await orchestrator.stop()
  })
})

describe('stopping a project', () => {
  /** A project whose quick task is done and whose slow one is under way. */
  const underway = async () => {
    const at = scene()
    const log: string[] = []
    const quick = agent('quick', () => void log.push('quick'))
    const slow = agent('slow', async (_, { signal }) => {
      log.push('slow')
      signal.addEventListener('abort', () => log.push('slow aborted'))
      await at.wait(5_000, signal)
      return 'slow'
    })
    const gate = () => {
      log.push('gate')
      return 'PASS' as const
    }
    const phases = [{ name: 'DRAFT', tasks: [{ agent: quick }, { agent: slow }], gate }, { name: 'SHIP' }]
    const orchestrator = await at.start({ lifecycles: [lifecycle(phases)] })
    const heard = listen(orchestrator)
    await orchestrator.projects.create(project())
    await orchestrator.projects.go('drone-001')
    await at.until(() => countOf(heard.facts, 'AGENT_COMPLETED') === 1 && at.clock.armed.includes(6_000))
    return { ...at, orchestrator, log, heard }
  }

  it('by cancelling it aborts the signals of its running agents, for good (W8)', async () => {
    const { orchestrator, log, clock } = await underway()
    const cancelled = await orchestrator.projects.cancel('drone-001')
    expect(cancelled).toMatchObject({ state: 'CANCELLED', ended: true, reason: 'by_request' })
    expect(log).toEqual(['quick', 'slow', 'slow aborted'])
    const again = await orchestrator.projects.cancel('drone-001')
    expect(again.seq).toBe(cancelled.seq)
    expect((await orchestrator.projects.run('drone-001')).state).toBe('CANCELLED')
    await clock.settle()
    expect(clock.armed).toEqual([])
    for (const refused of ['pause', 'resume'] as const)
      expect(await refusal(orchestrator.projects[refused]('drone-001'))).toMatchObject({
        code: 'project.wrong_state',
        message: expect.stringContaining('CANCELLED'),
      })
    await orchestrator.stop()
  })

  it('by cancelling is possible before it has begun', async () => {
    const { orchestrator } = await opened([{ name: 'DRAFT' }])
    await orchestrator.projects.create(project())
    expect((await orchestrator.projects.cancel('drone-001')).state).toBe('CANCELLED')
    await orchestrator.stop()
  })

  it('by pausing keeps what its tasks have finished, and goes on under the same run', async () => {
    const { orchestrator, log, reach } = await underway()
    const paused = await orchestrator.projects.pause('drone-001')
    expect(paused).toMatchObject({ state: 'PAUSED', reason: 'by_request', phase: 'DRAFT', ended: false })
    expect(log).toEqual(['quick', 'slow', 'slow aborted'])
    expect((await orchestrator.projects.pause('drone-001')).seq).toBe(paused.seq)
    expect(await orchestrator.projects.settled('drone-001')).toEqual(paused)
    const over = orchestrator.projects.run('drone-001')
    await reach(6_000)
    const { state, phasesRun, results } = await over
    expect([state, phasesRun]).toEqual(['COMPLETED', 2])
    // The quick one is not done again, and the gate is not passed by (W10).
    expect(log).toEqual(['quick', 'slow', 'slow aborted', 'slow', 'gate'])
    expect(results['DRAFT']).toEqual({ quick: null, slow: 'slow' })
    const started = (await historyOf(orchestrator)).filter(({ type }) => type === 'PHASE_STARTED')
    expect(started.map(({ payload }) => payload)).toMatchObject([{ run: 1 }, { run: 1 }, { run: 2 }])
    await orchestrator.stop()
  })

  it('tells the moves in words of their own', async () => {
    const { orchestrator, heard, reach } = await underway()
    const from = heard.facts.length
    await orchestrator.projects.pause('drone-001')
    await orchestrator.projects.resume('drone-001')
    await reach(6_000)
    await orchestrator.projects.settled('drone-001')
    await orchestrator.stop()
    expect(typesOf(heard.facts.slice(from))).toEqual([
      'AGENT_CANCELLED',
      'PHASE_HALTED',
      'PROJECT_PAUSED',
      'PROJECT_RESUMED',
      'PHASE_STARTED',
      'AGENT_STARTED',
      'AGENT_COMPLETED',
      'GATE_ANSWERED',
      'PHASE_COMPLETED',
      'CHECKPOINT_CREATED',
      'PHASE_STARTED',
      'PHASE_COMPLETED',
      'PROJECT_COMPLETED',
    ])
  })
})
