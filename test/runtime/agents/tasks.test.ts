import { describe, expect, it } from 'vitest'
import { createAgents, defineAgent, type Fact, type Orchestrator } from 'stagecraft/runtime'
import { agent, allFacts, lifecycle, project, scene, type Work } from '../projects/project-scene.ts'

const never = () => new Promise<never>(() => {})

/** The tasks of the only phase, as a person sees them. */
const tasksOf = async (orchestrator: Orchestrator) =>
  (await orchestrator.projects.get('drone-001')).phases[0]?.tasks ?? {}

const saidOf = (facts: readonly Fact[], type: Fact['type']) =>
  facts.filter((fact) => fact.type === type).map(({ payload }) => payload)

describe('the progress of a task', () => {
  const reporting = async (run: Work, timeoutMs = 60_000) => {
    const world = scene()
    const writer = agent('writer', (view, context) => run(view, context), { timeoutMs })
    const orchestrator = await world.start({
      lifecycles: [lifecycle([{ name: 'DRAFT', tasks: [{ agent: writer }] }])],
    })
    await orchestrator.projects.create(project())
    await world.clock.run(orchestrator.projects.run('drone-001'))
    const facts = await allFacts(orchestrator)
    await orchestrator.stop()
    return { facts, reports: saidOf(facts, 'AGENT_PROGRESS') as readonly Record<string, unknown>[] }
  }

  it('is told at most once a second, the newest first of all, and the last before the end', async () => {
    const world = scene()
    const writer = agent('writer', async (_, { progress, signal }) => {
      for (let step = 1; step <= 25; step++) {
        progress({ fraction: step / 25, message: `part ${step}` })
        await world.wait(100, signal)
      }
      progress(1)
    })
    const orchestrator = await world.start({
      lifecycles: [lifecycle([{ name: 'DRAFT', tasks: [{ agent: writer }] }])],
    })
    await orchestrator.projects.create(project())
    await world.clock.run(orchestrator.projects.run('drone-001'))
    const facts = await allFacts(orchestrator)
    const told = facts.filter(({ type }) => type === 'AGENT_PROGRESS')
    expect(told.map(({ payload }) => payload)).toMatchObject([
      { task: 'writer', agent: 'writer', attempt: 1, fraction: 1 / 25, message: 'part 1' },
      { fraction: 10 / 25, message: 'part 10' },
      { fraction: 20 / 25, message: 'part 20' },
      { fraction: 1, message: 'part 25' },
    ])
    const types = facts.map(({ type }) => type)
    expect(types.lastIndexOf('AGENT_PROGRESS')).toBeLessThan(types.indexOf('AGENT_COMPLETED'))
    await orchestrator.stop()
  })

  it('is told of an attempt whose time is up as well, and of nothing that comes after it', async () => {
    let late = () => {}
    const { reports } = await reporting((_, { progress }) => {
      progress(0.1)
      progress(0.2)
      late = () => progress(0.9)
      return never()
    }, 500)
    late()
    expect(reports.map(({ fraction }) => fraction)).toEqual([0.1, 0.2])
  })

  it('takes what it can of nonsense, and never breaks the work', async () => {
    const hostile = {
      get fraction(): number {
        throw new Error('mine')
      },
    }
    const { facts, reports } = await reporting((_, { progress }) => {
      // None of these is a report by its type.
      for (const nonsense of [NaN, null, 'half', {}, hostile, { fraction: '1' }, { message: 7 }])
        progress(nonsense as number)
      progress({ fraction: 7, message: 'x'.repeat(5_000) })
      return 'done'
    })
    expect(saidOf(facts, 'AGENT_COMPLETED')).toHaveLength(1)
    expect(reports).toMatchObject([{ fraction: 1, message: 'x'.repeat(1_000) }])
  })
})

describe('the place of a task', () => {
  it('is taken before its condition is asked, which is asked once however often it is tried', async () => {
    const world = scene()
    const asked: string[] = []
    const flaky = agent(
      'flaky',
      (_, { attempt }) => {
        if (attempt < 3) throw new Error('again')
      },
      { retriesMax: 2 },
    )
    const orchestrator = await world.start({
      limits: { tasksConcurrentMax: 1 },
      lifecycles: [
        lifecycle([
          {
            name: 'DRAFT',
            tasks: [
              { name: 'first', agent: flaky, when: () => asked.push('first') > 0 },
              { name: 'second', agent: agent('other', never, { timeoutMs: 100 }), when: never },
              { name: 'third', agent: flaky, input: (view) => asked.push('third') && view },
            ],
          },
        ]),
      ],
    })
    await orchestrator.projects.create(project())
    await world.clock.run(orchestrator.projects.run('drone-001'))
    expect(asked).toEqual(['first', 'third'])
    expect(await tasksOf(orchestrator)).toMatchObject({
      first: { status: 'succeeded', attempts: 3 },
      // A condition that hangs gives its place back when the time of an attempt is over.
      second: { status: 'failed', attempts: 0, durationMs: 100, error: { code: 'preparation_timeout' } },
      third: { status: 'succeeded' },
    })
    await orchestrator.stop()
  })

  it('is waited for as long as it takes, by more tasks than would wait elsewhere', async () => {
    const world = scene()
    let peak = 0
    let running = 0
    const slow = agent('slow', async (_, { signal }) => {
      peak = Math.max(peak, (running += 1))
      await world.wait(5_000, signal)
      running -= 1
    })
    const tasks = Array.from({ length: 150 }, (_, index) => ({ name: `task-${index}`, agent: slow }))
    const orchestrator = await world.start({ lifecycles: [lifecycle([{ name: 'DRAFT', tasks }])] })
    await orchestrator.projects.create(project())
    const { state } = await world.clock.run(orchestrator.projects.run('drone-001'))
    expect(state).toBe('COMPLETED')
    expect(Object.values(await tasksOf(orchestrator)).every(({ status }) => status === 'succeeded')).toBe(
      true,
    )
    expect(peak).toBe(5)
    await orchestrator.stop()
  })

  it('is not waited for longer, nor among more, than the definition of its agent says', async () => {
    const world = scene()
    const slow = defineAgent({
      name: 'slow',
      bulkhead: { concurrentMax: 1, queueMax: 1, queueMs: 100 },
      run: () => new Promise<void>((resolve) => void world.clock.setTimeout(resolve, 1_000)),
    })
    const tasks = ['a', 'b', 'c'].map((name) => ({ name, agent: slow }))
    const orchestrator = await world.start({ lifecycles: [lifecycle([{ name: 'DRAFT', tasks }])] })
    await orchestrator.projects.create(project())
    await world.clock.run(orchestrator.projects.run('drone-001'))
    expect(await tasksOf(orchestrator)).toMatchObject({
      a: { status: 'succeeded' },
      b: { status: 'rejected', attempts: 0, durationMs: 0, error: { code: 'queue_timeout' } },
      c: { status: 'rejected', attempts: 0, durationMs: 0, error: { code: 'queue_full' } },
    })
    expect(saidOf(await allFacts(orchestrator), 'AGENT_FAILED')).toMatchObject([
      { task: 'c', status: 'rejected' },
      { task: 'b', status: 'rejected' },
    ])
    await orchestrator.stop()
  })

  it('is not begun any more once the orchestrator stops: the next one does the task', async () => {
    const world = scene()
    const ran: string[] = []
    const short = agent('short', async (view, { signal, key }) => {
      ran.push(key)
      await world.wait(100, signal)
      return view.phase
    })
    const options = {
      limits: { tasksConcurrentMax: 1 },
      lifecycles: [lifecycle([{ name: 'DRAFT', tasks: ['a', 'b'].map((name) => ({ name, agent: short })) }])],
    }
    const orchestrator = await world.start(options)
    await orchestrator.projects.create(project())
    const run = orchestrator.projects.run('drone-001').catch(() => {})
    await world.until(() => ran.length === 1)
    await world.clock.run(orchestrator.stop())
    await run
    expect(ran).toEqual(['drone-001.DRAFT.1.a'])
    const next = await world.start(options)
    await world.clock.run(next.projects.settled('drone-001'))
    expect(ran).toEqual(['drone-001.DRAFT.1.a', 'drone-001.DRAFT.1.b'])
    await next.stop()
  })
})

describe('the breaker of an agent, for tasks', () => {
  const remote = (world: ReturnType<typeof scene>, upAt: number) =>
    defineAgent({
      name: 'remote',
      retry: { retriesMax: 2, backoff: { baseMs: 1_000, jitter: 'none' } },
      run: async () => {
        if (world.clock.now() < upAt) throw new Error('down')
        return 'up'
      },
    })

  it('is outlasted by them within their retries, also when somebody else has opened it', async () => {
    const world = scene()
    const caller = remote(world, 30_000)
    const elsewhere = createAgents({ clock: world.clock })
    for (let call = 0; call < 5; call++) await elsewhere.call(caller, null, { retriesMax: 0 })
    const tasks = Array.from({ length: 40 }, (_, index) => ({ name: `task-${index}`, agent: caller }))
    const orchestrator = await world.start({ lifecycles: [lifecycle([{ name: 'DRAFT', tasks }])] })
    await orchestrator.projects.create(project())
    await world.clock.run(orchestrator.projects.run('drone-001'))
    expect(Object.values(await tasksOf(orchestrator)).every(({ status }) => status === 'succeeded')).toBe(
      true,
    )
    expect(orchestrator.agents.summary()).toMatchObject({ calls: 40, succeeded: 40, successRate: 1 })
    // Nobody knocked at a closed door: forty tasks were forty attempts.
    expect(saidOf(await allFacts(orchestrator), 'AGENT_STARTED')).toHaveLength(40)
    await orchestrator.stop()
  })

  it('ends them as circuit_open once their retries are spent, and the gate sees it', async () => {
    const world = scene()
    const caller = remote(world, Infinity)
    const elsewhere = createAgents({ clock: world.clock })
    for (let call = 0; call < 5; call++) await elsewhere.call(caller, null, { retriesMax: 0 })
    let ends: unknown
    const orchestrator = await world.start({
      lifecycles: [
        lifecycle([
          {
            name: 'DRAFT',
            tasks: [{ agent: caller, retriesMax: 0 }],
            gate: (view) => {
              ends = view.ends
              return 'PASS'
            },
          },
        ]),
      ],
    })
    await orchestrator.projects.create(project())
    await world.clock.run(orchestrator.projects.run('drone-001'))
    expect(ends).toMatchObject({ remote: { status: 'circuit_open', attempts: 0 } })
    expect(await tasksOf(orchestrator)).toMatchObject({
      remote: { status: 'circuit_open', error: { code: 'circuit_open' } },
    })
    expect(orchestrator.agents.summary().agents['remote']).toMatchObject({ calls: 1, circuit_open: 1 })
    await orchestrator.stop()
  })
})

describe('the agents of an orchestrator', () => {
  it('are listed before their first call, and can be called outside projects too', async () => {
    const world = scene()
    const idle = agent('idle', () => 1)
    const orchestrator = await world.start({
      lifecycles: [lifecycle([{ name: 'DRAFT', tasks: [{ agent: idle }] }])],
    })
    expect(orchestrator.agents.summary().agents).toMatchObject({ idle: { calls: 0, breaker: 'CLOSED' } })
    const extra = defineAgent({ name: 'extra', run: (n: number) => n * 2 })
    expect(await orchestrator.agents.call(extra, 21)).toMatchObject({ status: 'succeeded', output: 42 })
    expect(orchestrator.agents.summary()).toMatchObject({ calls: 1, succeeded: 1 })
    const hanging = orchestrator.agents.call(agent('hanging', never), null as never)
    await world.clock.settle()
    await world.clock.run(orchestrator.stop())
    expect((await hanging).status).toBe('cancelled')
    await expect(orchestrator.agents.call(extra, 1)).rejects.toMatchObject({ code: 'orchestrator.stopped' })
  })
})
