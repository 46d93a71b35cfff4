import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { config } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { createPanel, StagecraftError } from 'stagecraft'
import {
  createOrchestrator,
  memoryStore,
  sqliteStore,
  type Orchestrator,
  type OrchestratorOptions,
  type Store,
} from 'stagecraft/runtime'
import { agent, lifecycle, listen, project, refusal, scene, typesOf } from './projects/project-scene.ts'

type Scene = ReturnType<typeof scene>

/** A task that takes 5 seconds and writes down under which key it was done, and how it was ended. */
function slowWork(at: Scene, ms = 5_000) {
  const begun: string[] = []
  const aborted: string[] = []
  const works = agent('works', async (_, { key, signal }) => {
    begun.push(key)
    signal.addEventListener('abort', () => aborted.push(key))
    await at.wait(ms, signal)
    return 'done'
  })
  return { begun, aborted, lifecycles: [lifecycle([{ name: 'DRAFT', tasks: [{ agent: works }] }])] }
}

/** Resolves once its first task is under way, and on record as such. */
const started = async ({ until }: Scene, orchestrator: Orchestrator, id = 'drone-001') => {
  const heard = listen(orchestrator, { project: id, types: ['AGENT_STARTED'] })
  await orchestrator.projects.create(project(id))
  await orchestrator.projects.go(id)
  await until(() => heard.facts.length > 0)
}

describe('stopping an orchestrator', () => {
  it('waits for running tasks and records what they came to, but starts nothing new', async () => {
    const at = scene()
    const work = slowWork(at)
    const sends = agent('sends', () => 'sent')
    const lifecycles = [
      lifecycle([
        ...Object.values(work.lifecycles[0]?.phases ?? {}),
        { name: 'SHIP', tasks: [{ agent: sends }] },
      ]),
    ]
    const orchestrator = await at.start({ lifecycles })
    await started(at, orchestrator)
    const heard = listen(orchestrator)
    await at.until(() => at.clock.armed.includes(6_000))
    const stopped = orchestrator.stop()
    expect(orchestrator.status).toBe('draining')
    await at.reach(6_000)
    await stopped
    expect(orchestrator.status).toBe('stopped')
    expect(work.aborted).toEqual([])
    expect(typesOf(heard.facts)).toEqual([
      'AGENT_COMPLETED',
      'PHASE_COMPLETED',
      'CHECKPOINT_CREATED',
      'PHASE_STARTED',
    ])
    expect(heard.end).toBe('complete')
    const again = await at.start({ lifecycles })
    expect((await again.projects.settled('drone-001')).state).toBe('COMPLETED')
    expect(work.begun).toHaveLength(1)
    await again.stop()
  })

  it('aborts what takes longer than it may, and the next start performs it again under the same key', async () => {
    const at = scene()
    const { begun, aborted, lifecycles } = slowWork(at)
    const orchestrator = await at.start({ lifecycles, drainMs: 2_000 })
    await started(at, orchestrator)
    await at.until(() => begun.length === 1)
    const stopped = orchestrator.stop()
    await at.clock.settle()
    expect(aborted).toEqual([])
    await at.reach(3_000)
    await stopped
    expect(aborted).toEqual(begun)
    const again = await at.start({ lifecycles })
    await at.reach(8_000)
    expect((await again.projects.settled('drone-001')).state).toBe('COMPLETED')
    expect(begun).toEqual([begun[0], begun[0]])
    expect(begun[0]).toMatch(/^drone-001\./)
    const types = typesOf(await again.projects.history('drone-001'))
    expect(types.filter((type) => type === 'AGENT_COMPLETED')).toHaveLength(1)
    await again.stop()
  })

  it('begins no task that still waits for its turn, and the next start does', async () => {
    const at = scene()
    const begun: string[] = []
    const troubles: unknown[] = []
    const tasks = ['first', 'second', 'third'].map((name) => ({
      agent: agent(name, async (_, { signal }) => {
        begun.push(name)
        await at.wait(1_000, signal)
      }),
      when: () => {
        begun.push(`${name} asked`)
        return true
      },
    }))
    const lifecycles = [lifecycle([{ name: 'DRAFT', tasks }])]
    const limits = { tasksConcurrentMax: 1 }
    const onTrouble = (error: unknown) => troubles.push(error)
    const orchestrator = await at.start({ lifecycles, limits, onTrouble })
    await started(at, orchestrator)
    const stopped = orchestrator.stop()
    await at.reach(2_000)
    await stopped
    expect(begun).toEqual(['first asked', 'first'])
    expect([troubles, at.clock.armed]).toEqual([[], []])
    const again = await at.start({ lifecycles, limits: { tasksConcurrentMax: 2 } })
    await at.reach(3_000)
    expect((await again.projects.settled('drone-001')).state).toBe('COMPLETED')
    expect(begun.filter((name) => !name.includes('asked'))).toEqual(['first', 'second', 'third'])
    await again.stop()
  })

  it('asks nothing of a task that was cancelled while it waited for its turn', async () => {
    const at = scene()
    const begun: string[] = []
    const tasks = ['first', 'second'].map((name) => ({
      agent: agent(name, (_, { signal }) => at.wait(1_000, signal)),
      when: () => {
        begun.push(name)
        return true
      },
    }))
    const lifecycles = [lifecycle([{ name: 'DRAFT', tasks }])]
    const orchestrator = await at.start({ lifecycles, limits: { tasksConcurrentMax: 1 } })
    await started(at, orchestrator)
    await orchestrator.projects.cancel('drone-001')
    await orchestrator.stop()
    expect(begun).toEqual(['first'])
  })

  it('is done once, however often it is asked for', async () => {
    const at = scene()
    const { lifecycles, begun, aborted } = slowWork(at)
    const orchestrator = await at.start({ lifecycles, drainMs: 1_000 })
    await started(at, orchestrator)
    await at.until(() => begun.length === 1)
    const stops = [orchestrator.stop(), orchestrator.stop(), orchestrator[Symbol.asyncDispose]()]
    await at.reach(2_000)
    await Promise.all(stops)
    await orchestrator.stop()
    expect(aborted).toHaveLength(1)
    // The store is free again.
    const again = await at.start({ lifecycles, drainMs: 0 })
    await at.clock.run(again.stop())
  })

  it('is what `await using` does at the end of its block', async () => {
    const at = scene()
    let inside: Orchestrator
    {
      await using orchestrator = await at.start()
      inside = orchestrator
      expect(inside.status).toBe('running')
    }
    expect(inside.status).toBe('stopped')
    await (await at.start()).stop()
  })

  it('tells those who wait for a project that nothing will happen here any more', async () => {
    const at = scene()
    const { lifecycles } = slowWork(at)
    const orchestrator = await at.start({ lifecycles, drainMs: 0 })
    await orchestrator.projects.create(project())
    const waiting = [
      refusal(orchestrator.projects.run('drone-001')),
      refusal(orchestrator.projects.settled('drone-001')),
    ]
    await at.until(() => at.clock.armed.includes(6_000))
    const stopped = orchestrator.stop()
    await at.clock.run(stopped)
    for (const error of await Promise.all(waiting))
      expect(error).toMatchObject({
        code: 'orchestrator.stopped',
        message: expect.stringContaining('It goes on when'),
      })
  })

  const APPROVED = { approval: 'approval-1', version: 1, decision: 'APPROVED', by: 'ana' } as const
  const calls: Readonly<Record<string, (orchestrator: Orchestrator<'board'>) => Promise<unknown>>> = {
    'projects.create': ({ projects }) => projects.create(project('another')),
    'projects.run': ({ projects }) => projects.run('drone-001'),
    'projects.go': ({ projects }) => projects.go('drone-001'),
    'projects.settled': ({ projects }) => projects.settled('drone-001'),
    'projects.get': ({ projects }) => projects.get('drone-001'),
    'projects.list': ({ projects }) => projects.list(),
    'projects.submitApproval': ({ projects }) => projects.submitApproval('drone-001', APPROVED),
    'projects.pause': ({ projects }) => projects.pause('drone-001'),
    'projects.resume': ({ projects }) => projects.resume('drone-001'),
    'projects.cancel': ({ projects }) => projects.cancel('drone-001'),
    'projects.rollback': ({ projects }) => projects.rollback('drone-001', 'DRAFT-1'),
    'projects.checkpoints': ({ projects }) => projects.checkpoints('drone-001'),
    'projects.history': ({ projects }) => projects.history('drone-001'),
    'projects.at': ({ projects }) => projects.at('drone-001', 1),
    'projects.verify': ({ projects }) => projects.verify('drone-001'),
    'projects.content': ({ projects }) => projects.content('drone-001', `ref:${'0'.repeat(64)}`),
    'projects.migrate': ({ projects }) => projects.migrate('drone-001', { to: 2 }),
    'projects.erase': ({ projects }) => projects.erase('drone-001'),
    'projects.remove': ({ projects }) => projects.remove('drone-001'),
    'reviews.get': ({ reviews }) => reviews.get('review-1'),
    'reviews.list': ({ reviews }) => reviews.list(),
    'reviews.submitApproval': ({ reviews }) => reviews.submitApproval('review-1', APPROVED),
    review: (orchestrator) => orchestrator.review('board', { prompt: 'p', response: 'r', context: {} }),
    retain: (orchestrator) => orchestrator.retain({ endedForMs: 0 }),
  }

  it('refuses every call that comes later, and none of them waits', async () => {
    const at = scene()
    const asked: string[] = []
    const panels = { board: createPanel({ critics: { tone: async () => (asked.push('tone'), {}) } }) }
    const orchestrator = await createOrchestrator({
      store: at.store,
      clock: at.clock,
      lifecycles: [lifecycle([{ name: 'DRAFT' }])],
      panels,
    })
    await orchestrator.projects.create(project())
    await orchestrator.stop()
    const codes = await Promise.all(
      Object.entries(calls).map(async ([name, call]) => [name, (await refusal(call(orchestrator))).code]),
    )
    expect(codes).toEqual(Object.keys(calls).map((name) => [name, 'orchestrator.stopped']))
    // It has asked nobody for what it could not have recorded.
    expect(asked).toEqual([])
  })

  it('leaves no timer of the clock and no listener of the process behind', async () => {
    const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)])
    const before = listeners()
    const at = scene()
    const { begun, lifecycles } = slowWork(at)
    const waits = lifecycle([{ name: 'ASK', approval: {} }], { name: 'asks' })
    const orchestrator = await at.start({ lifecycles: [...lifecycles, waits], drainMs: 2_000 })
    await started(at, orchestrator)
    await orchestrator.projects.create({ ...project('drone-002'), lifecycle: 'asks' })
    await orchestrator.projects.run('drone-002')
    await at.until(() => begun.length === 1)
    expect(at.clock.armed.length).toBeGreaterThan(1)
    const stopped = orchestrator.stop()
    await at.reach(3_000)
    await stopped
    await at.clock.settle()
    expect(at.clock.armed).toEqual([])
    expect(listeners()).toEqual(before)
  })

  it('arms no timer for what was decided while it drained', async () => {
    const at = scene()
    const { lifecycles } = slowWork(at)
    const draft = Object.values(lifecycles[0]?.phases ?? {}).map((phase) => ({ ...phase, approval: {} }))
    const orchestrator = await at.start({ lifecycles: [lifecycle(draft)] })
    await started(at, orchestrator)
    await at.until(() => at.clock.armed.includes(6_000))
    const stopped = orchestrator.stop()
    await at.reach(6_000)
    await stopped
    expect(at.clock.armed).toEqual([])
    const again = await at.start({ lifecycles: [lifecycle(draft)] })
    expect((await again.projects.get('drone-001')).state).toBe('AWAITING_APPROVAL')
    expect(at.clock.armed).toHaveLength(1)
    await again.stop()
    expect(at.clock.armed).toEqual([])
  })

  it('does not wait for a store that is full longer than for work', async () => {
    const at = scene()
    let isFull = false
    const troubles: unknown[] = []
    const { lifecycles } = slowWork(at)
    const orchestrator = await at.start({
      store: fullWhile(memoryStore(), () => isFull),
      lifecycles,
      onTrouble: (error) => troubles.push(error),
    })
    await started(at, orchestrator)
    await at.until(() => at.clock.armed.includes(6_000))
    isFull = true
    await at.reach(6_000)
    await at.until(() => troubles.length > 0)
    await orchestrator.stop()
    expect(at.clock.armed).toEqual([])
    expect(troubles).toContainEqual(expect.objectContaining({ code: 'store.full' }))
  })
})

describe('troubles', () => {
  it('reach the option and every subscriber, and end with the orchestrator', async () => {
    const at = scene()
    let isFull = false
    const first: unknown[] = []
    const second: unknown[] = []
    let isOver = false
    const { lifecycles } = slowWork(at)
    const orchestrator = await at.start({
      store: fullWhile(memoryStore(), () => isFull),
      lifecycles,
      onTrouble: (error) => first.push(error),
    })
    orchestrator.troubles.subscribe({ next: (error) => second.push(error), complete: () => (isOver = true) })
    await started(at, orchestrator)
    await at.until(() => at.clock.armed.includes(6_000))
    isFull = true
    await at.reach(6_000)
    await at.until(() => first.length > 0)
    isFull = false
    await at.reach(7_000)
    expect((await orchestrator.projects.settled('drone-001')).state).toBe('COMPLETED')
    expect(first).toMatchObject([{ code: 'store.full' }])
    expect(second).toEqual(first)
    await orchestrator.stop()
    expect(isOver).toBe(true)
  })
})

describe('a handler of troubles that throws', () => {
  it('breaks off nothing: what it throws is an uncaught error of the host', async () => {
    const at = scene()
    let isFull = false
    const uncaught: unknown[] = []
    const { lifecycles } = slowWork(at)
    const orchestrator = await at.start({
      store: fullWhile(memoryStore(), () => isFull),
      lifecycles,
      onTrouble: () => {
        throw new Error('no log today')
      },
    })
    await started(at, orchestrator)
    config.onUnhandledError = (error) => uncaught.push(error)
    try {
      isFull = true
      await at.reach(6_000)
      await at.until(() => uncaught.length > 0)
      isFull = false
      await at.reach(7_000)
      expect((await orchestrator.projects.settled('drone-001')).state).toBe('COMPLETED')
      expect(uncaught.map(String)).toEqual(['Error: no log today'])
    } finally {
      config.onUnhandledError = null
      await orchestrator.stop()
    }
  })
})

describe('starting an orchestrator', () => {
  const board = createPanel({ critics: { tone: async () => ({}) } })
  const wrong: readonly (readonly [string, object, string])[] = [
    ['no store', { store: undefined }, 'store: must be a store, e.g. sqliteStore({ path })'],
    ['a path for a store', { store: 'projects.db' }, 'store: must be a store'],
    ['a lifecycle nobody defined', { lifecycles: [{ name: 'demo' }] }, 'lifecycles.0'],
    ['a panel that is none', { panels: { board: {} } }, 'panels.board'],
    ['no room for tasks', { limits: { tasksConcurrentMax: 0 } }, 'limits.tasksConcurrentMax'],
    ['half a task', { limits: { tasksConcurrentMax: 1.5 } }, 'limits.tasksConcurrentMax'],
    ['a misspelt limit', { limits: { taskConcurrentMax: 5 } }, 'taskConcurrentMax'],
    ['a negative drain', { drainMs: -1 }, 'drainMs'],
    ['a clock without timers', { clock: { now: () => 0 } }, 'clock.setTimeout'],
    ['a number for chance', { random: 0.5 }, 'random: must be a function'],
    ['a misspelt option', { lifecycle: [] }, 'lifecycle'],
  ]

  it.each(wrong)('refuses %s, and says which option it is', async (_, options, named) => {
    const error = await refusal(
      createOrchestrator({ store: memoryStore(), ...options } as unknown as OrchestratorOptions),
    )
    expect(error).toMatchObject({ code: 'orchestrator.invalid', message: expect.stringContaining(named) })
  })

  it('refuses no options at all', async () => {
    expect(await refusal(createOrchestrator(undefined as never))).toMatchObject({
      code: 'orchestrator.invalid',
    })
  })

  it('refuses two lifecycles of one name and version', async () => {
    const one = lifecycle([{ name: 'DRAFT' }])
    expect(await refusal(createOrchestrator({ store: memoryStore(), lifecycles: [one, one] }))).toMatchObject(
      { code: 'orchestrator.invalid', message: expect.stringContaining('"demo" version 1') },
    )
  })

  it('refuses a lifecycle that asks for a panel nobody gave', async () => {
    const asks = lifecycle([{ name: 'DRAFT', review: 'jury' }])
    expect(
      await refusal(createOrchestrator({ store: memoryStore(), lifecycles: [asks], panels: { board } })),
    ).toMatchObject({ code: 'panel.unknown', message: expect.stringMatching(/"jury".*board/) })
  })

  it('lists every project under way whose version nobody registered, and leaves the store free', async () => {
    const at = scene()
    const versions = [1, 2].map((version) => lifecycle([{ name: 'ASK', approval: {} }], { version }))
    const other = lifecycle([{ name: 'ASK' }], { name: 'other' })
    const orchestrator = await at.start({ lifecycles: [...versions, other] })
    for (let index = 10; index < 22; index += 1)
      await orchestrator.projects.create({ ...project(`drone-${index}`), version: 1 })
    await orchestrator.projects.create({ ...project('drone-new'), version: 2 })
    await orchestrator.projects.create({ ...project('drone-over'), lifecycle: 'other' })
    await orchestrator.projects.run('drone-over')
    await orchestrator.stop()
    const error = await refusal(at.start({ lifecycles: [versions[1] as (typeof versions)[0]] }))
    expect(error.code).toBe('lifecycle.missing_version')
    expect(error.message).toContain('"demo" version 1 (drone-10, drone-11')
    expect(error.message).toContain('and 2 more')
    expect(error.message).not.toMatch(/drone-new|"other"/)
    await (await at.start({ lifecycles: versions })).stop()
  })

  it('refuses a second orchestrator on a store that has one, in memory and in a file', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'stagecraft-orchestrator-'))
    try {
      const file = () => sqliteStore({ path: join(dir, 'projects.db') })
      const memory = memoryStore()
      for (const store of [() => memory, file]) {
        const first = await createOrchestrator({ store: store() })
        expect(await refusal(createOrchestrator({ store: store() }))).toMatchObject({
          code: 'store.owned',
          message: expect.stringContaining('Stop it first'),
        })
        await first.stop()
        await (await createOrchestrator({ store: store() })).stop()
      }
    } finally {
      await rm(dir, { recursive: true })
    }
  })
})

describe('an orchestrator in a process of its own', () => {
  const runtime = fileURLToPath(new URL('../../src/runtime/index.ts', import.meta.url))

  /** Runs a program to its end by itself. */
  async function run(program: string): Promise<{ code: number | null; out: string }> {
    const dir = await mkdtemp(join(tmpdir(), 'stagecraft-process-'))
    try {
      const file = join(dir, 'program.ts')
      const head = `import * as stagecraft from ${JSON.stringify(runtime)}\nconst path = ${JSON.stringify(join(dir, 'projects.db'))}\n`
      await writeFile(file, head + program)
      const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 })
      let out = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (out += String(data)))
      const [code] = (await once(child, 'close')) as [number | null]
      return { code, out }
    } finally {
      await rm(dir, { recursive: true })
    }
  }

  const waitsForPeople = (store: string) => `
    const asks = stagecraft.defineLifecycle({ name: 'asks', phases: [{ name: 'ASK', approval: {} }] })
    const orchestrator = await stagecraft.createOrchestrator({ store: ${store}, lifecycles: [asks] })
    orchestrator.facts().subscribe(() => {})
    await orchestrator.projects.create({ id: 'drone-001', lifecycle: 'asks', intent: 'Design a quadcopter' })
    const { state } = await orchestrator.projects.run('drone-001')
    console.log(state)`

  it.each(['stagecraft.sqliteStore({ path })', 'stagecraft.memoryStore()'])(
    'does not keep it alive for projects that only wait (%s)',
    async (store) => {
      expect(await run(waitsForPeople(store))).toEqual({ code: 0, out: 'AWAITING_APPROVAL\n' })
    },
  )

  it('keeps it alive for work, and lets it go when that is done', async () => {
    const { code, out } = await run(`
      const works = stagecraft.defineAgent({ name: 'works', retry: { backoff: { baseMs: 1, jitter: 'none' } }, run: async (_, { attempt }) => {
        if (attempt === 1) throw new Error('again')
        console.log('worked')
      } })
      const draft = stagecraft.defineLifecycle({ name: 'draft', phases: [{ name: 'DRAFT', tasks: [{ agent: works }] }] })
      const orchestrator = await stagecraft.createOrchestrator({ store: stagecraft.sqliteStore({ path }), lifecycles: [draft] })
      await orchestrator.projects.create({ id: 'drone-001', lifecycle: 'draft', intent: 'Design a quadcopter' })
      orchestrator.facts({ types: ['PROJECT_COMPLETED'] }).subscribe(({ type }) => console.log(type))
      await orchestrator.projects.go('drone-001')`)
    expect({ code, out }).toEqual({ code: 0, out: 'worked\nPROJECT_COMPLETED\n' })
  })
})

/** A store that has no room now and then. */
function fullWhile(store: Store, isFull: () => boolean): Store {
  return {
    ...store,
    open: async (options) => {
      const opened = await store.open(options)
      return {
        ...opened,
        commit: async (steps) => {
          if (isFull()) throw new StagecraftError('store.full', 'The disk is full.')
          return opened.commit(steps)
        },
      }
    },
  }
}
