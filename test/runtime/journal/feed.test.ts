import { config } from 'rxjs'
import { afterEach, describe, expect, it } from 'vitest'
import { memoryStore, type EntryQuery, type Fact, type Orchestrator } from 'stagecraft/runtime'
import { ERASED, type Ref } from '../../../src/model/content.ts'
import { LIMITS } from '../../../src/model/limits.ts'
import { Feed } from '../../../src/runtime/journal/feed.ts'
import {
  agent,
  allFacts,
  lifecycle,
  listen,
  payloadOf,
  project,
  scene,
  typesOf,
} from '../projects/project-scene.ts'

const greets = agent('greets', (view) => ({ said: view.project.intent }))
const twoPhases = lifecycle([
  { name: 'DRAFT', tasks: [{ agent: greets }] },
  { name: 'SHIP', tasks: [{ agent: greets }] },
])

/** An orchestrator with one lifecycle, and what one waits with. */
async function opened(options: Parameters<ReturnType<typeof scene>['start']>[0] = {}) {
  const at = scene()
  const orchestrator = await at.start({ lifecycles: [twoPhases], ...options })
  return { ...at, orchestrator }
}

const ids = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `project-${from + index}`)

/** In one turn, so that they become durable together. */
const createAll = (orchestrator: Orchestrator, names: readonly string[]) =>
  Promise.all(names.map((id) => orchestrator.projects.create(project(id))))

const cursors = (facts: readonly Fact[]) => facts.map(({ cursor }) => cursor)

afterEach(() => {
  config.onUnhandledError = null
})

describe('the feed', () => {
  it('tells what happens in order, with the contents in their places', async () => {
    const { orchestrator, until } = await opened()
    const heard = listen(orchestrator)
    await orchestrator.projects.create({ ...project(), author: 'eva' })
    await orchestrator.projects.run('drone-001')
    await until(() => heard.facts.at(-1)?.type === 'PROJECT_COMPLETED')
    expect(typesOf(heard.facts)).toEqual([
      'PROJECT_CREATED',
      'PROJECT_STARTED',
      'CHECKPOINT_CREATED',
      'PHASE_STARTED',
      'AGENT_STARTED',
      'AGENT_COMPLETED',
      'PHASE_COMPLETED',
      'CHECKPOINT_CREATED',
      'PHASE_STARTED',
      'AGENT_STARTED',
      'AGENT_COMPLETED',
      'PHASE_COMPLETED',
      'PROJECT_COMPLETED',
    ])
    expect(cursors(heard.facts)).toEqual(heard.facts.map((_, index) => index + 1))
    expect(heard.facts.map(({ seq }) => seq)).toEqual(heard.facts.map((_, index) => index + 1))
    expect(payloadOf(heard.facts, 'PROJECT_CREATED')).toMatchObject({
      intent: project().intent,
      author: 'eva',
      params: null,
    })
    expect(heard.facts).toEqual(await orchestrator.projects.history('drone-001'))
    await orchestrator.stop()
  })

  it('tells only what happens from now on, unless it is asked for more', async () => {
    const { orchestrator, until } = await opened()
    await orchestrator.projects.create(project('first-one'))
    const heard = listen(orchestrator)
    const all = listen(orchestrator, { after: 0 })
    await orchestrator.projects.create(project('second-one'))
    await until(() => heard.facts.length > 0 && all.facts.length > 1)
    expect(heard.facts.map((fact) => fact.project)).toEqual(['second-one'])
    expect(all.facts.map((fact) => fact.project)).toEqual(['first-one', 'second-one'])
    await orchestrator.stop()
  })

  it('filters by project and by type, in what was and in what comes', async () => {
    const { orchestrator } = await opened()
    await createAll(orchestrator, ids(2))
    await orchestrator.projects.run('project-0')
    const options = { after: 0, project: 'project-1', types: ['PROJECT_CREATED', 'PHASE_STARTED'] } as const
    const heard = listen(orchestrator, options)
    const live = listen(orchestrator, { types: ['PHASE_COMPLETED'] })
    await orchestrator.projects.run('project-1')
    await orchestrator.stop()
    expect(heard.facts.map((fact) => [fact.project, fact.type])).toEqual([
      ['project-1', 'PROJECT_CREATED'],
      ['project-1', 'PHASE_STARTED'],
      ['project-1', 'PHASE_STARTED'],
    ])
    expect(live.facts.map((fact) => [fact.project, fact.type])).toEqual([
      ['project-1', 'PHASE_COMPLETED'],
      ['project-1', 'PHASE_COMPLETED'],
    ])
  })

  it('resumes after a cursor without a gap and without a double, while facts keep coming', async () => {
    const { orchestrator } = await opened()
    const names = ids(40)
    await createAll(orchestrator, names)
    const running = Promise.all(names.map((id) => orchestrator.projects.run(id)))
    const work = { isOver: false }
    const over = running.then(() => (work.isOver = true))
    const seen: Fact[] = []
    /** Takes a few, and leaves in the middle of it. */
    const takeSome = (count: number) =>
      new Promise<void>((resolve) => {
        let left = count
        const subscription = orchestrator.facts({ after: seen.at(-1)?.cursor ?? 0 }).subscribe({
          next: (fact) => {
            seen.push(fact)
            left -= 1
            if (left > 0) return
            subscription.unsubscribe()
            resolve()
          },
          complete: resolve,
        })
      })
    let visits = 0
    for (; !work.isOver; visits += 1) await takeSome(1 + ((visits * 7) % 23))
    await over
    const rest = takeSome(Infinity)
    await orchestrator.projects.create(project('the-last-one'))
    await orchestrator.stop()
    await rest
    expect(visits).toBeGreaterThan(2)
    expect(seen.at(-1)).toMatchObject({ project: 'the-last-one', type: 'PROJECT_CREATED' })
    expect(cursors(seen)).toEqual(seen.map((_, index) => index + 1))
    expect(seen).toHaveLength(40 * 13 + 1)
  })

  it('catches up over many pages while more is written, with nothing waiting in memory', async () => {
    const { orchestrator } = await opened()
    const count = LIMITS.pageMax * 2 + 10
    await createAll(orchestrator, ids(count))
    // A queue of one fact would be too short for all that is written while this one still reads the old ones.
    const heard = listen(orchestrator, { after: 0, queueMax: 100 })
    for (let from = count; from < count + 500; from += 50) await createAll(orchestrator, ids(50, from))
    await orchestrator.stop()
    expect(heard.end).toBe('complete')
    expect(cursors(heard.facts)).toEqual(Array.from({ length: count + 500 }, (_, index) => index + 1))
  })

  it('reads up to a cursor, then completes', async () => {
    const { orchestrator, until } = await opened()
    await createAll(orchestrator, ids(10))
    const past = listen(orchestrator, { after: 2, until: 7 })
    const filtered = listen(orchestrator, { after: 0, until: 7, types: ['PROJECT_FAILED'] })
    const nothing = listen(orchestrator, { after: 5, until: 5 })
    const coming = listen(orchestrator, { after: 8, until: 12 })
    await until(() => [past, filtered, nothing].every(({ end }) => end === 'complete'))
    expect(cursors(past.facts)).toEqual([3, 4, 5, 6, 7])
    expect([filtered.facts, nothing.facts]).toEqual([[], []])
    expect(coming.end).toBe(undefined)
    await createAll(orchestrator, ids(10, 10))
    await until(() => coming.end === 'complete')
    expect(cursors(coming.facts)).toEqual([9, 10, 11, 12])
    await orchestrator.stop()
  })

  it('waits for the end it was given, also when that is still to come', async () => {
    const { orchestrator, until } = await opened()
    await createAll(orchestrator, ids(3))
    const filtered = listen(orchestrator, { until: 8, types: ['PROJECT_FAILED'] })
    await createAll(orchestrator, ids(4, 3))
    expect(filtered.end).toBe(undefined)
    await createAll(orchestrator, ids(3, 7))
    await until(() => filtered.end !== undefined)
    expect(filtered).toMatchObject({ facts: [], end: 'complete' })
    await orchestrator.stop()
  })

  it('refuses a cursor that the store has never given: it would hear nothing for ever', async () => {
    const { orchestrator, until } = await opened()
    await createAll(orchestrator, ids(3))
    const heard = listen(orchestrator, { after: 4 })
    await until(() => heard.end !== undefined)
    expect(heard.end).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('its newest is 3'),
    })
    await orchestrator.stop()
  })

  it('asks the store for nothing that it has just been given', async () => {
    const asked: string[] = []
    const store = memoryStore()
    const { orchestrator } = await opened({
      store: {
        ...store,
        open: async (options) => {
          const owned = await store.open(options)
          return {
            ...owned,
            contents: (journal: string, refs: readonly Ref[]) => {
              asked.push(journal)
              return owned.contents(journal, refs)
            },
            entries: (query: EntryQuery) => {
              asked.push('entries')
              return owned.entries(query)
            },
          }
        },
      },
    })
    const all = Array.from({ length: 5 }, () => listen(orchestrator))
    await createAll(orchestrator, ids(20))
    // What the answers to the calls were made of.
    const before = asked.length
    await orchestrator.stop()
    expect(all[4]?.facts).toHaveLength(20)
    expect(payloadOf(all[4]?.facts.slice(0, 1) ?? [], 'PROJECT_CREATED')).toMatchObject({
      intent: project().intent,
    })
    expect([before, asked.length, asked.includes('entries')]).toEqual([20, 20, false])
  })

  it('reads from the store what a step refers to and does not bring along', async () => {
    const at = scene()
    const orchestrator = await at.start({ lifecycles: [twoPhases] })
    await orchestrator.projects.create(project())
    await orchestrator.stop()
    const store = await at.store.open({ onPost: () => {} })
    const feed = new Feed(store)
    await feed.start()
    const told: Fact[] = []
    for (let count = 0; count < 3; count += 1) feed.facts().subscribe((fact) => told.push(fact))
    const [entry] = await store.entries({ after: 0, limit: 1 })
    if (!entry) throw new Error('There is no entry.')
    feed.publish([{ ...entry, cursor: 2 }])
    await feed.stop()
    const [first] = told
    expect(told).toEqual([first, first, first])
    expect(first?.payload).toMatchObject({ intent: project().intent })
    await store.close()
  })

  it('tells any number of subscribers the same facts, which none of them can change', async () => {
    const { orchestrator } = await opened()
    const all = Array.from({ length: 10 }, () => listen(orchestrator))
    await orchestrator.projects.create(project())
    await orchestrator.projects.run('drone-001')
    await orchestrator.stop()
    for (const { facts, end } of all) {
      expect(end).toBe('complete')
      expect(facts).toEqual(all[0]?.facts)
    }
    const [first] = all[0]?.facts ?? []
    expect(() => Object.assign(first?.payload as object, { intent: 'another' })).toThrow(TypeError)
  })

  it('leaves alone who has unsubscribed, also in the middle of a step', async () => {
    const { orchestrator, until } = await opened()
    const seen: Fact[] = []
    const subscription = orchestrator.facts().subscribe((fact) => {
      seen.push(fact)
      if (fact.type === 'PROJECT_STARTED') subscription.unsubscribe()
    })
    const other = listen(orchestrator)
    await orchestrator.projects.create(project())
    await orchestrator.projects.run('drone-001')
    await until(() => other.facts.length === 13)
    expect(typesOf(seen)).toEqual(['PROJECT_CREATED', 'PROJECT_STARTED'])
    await orchestrator.stop()
  })

  it('completes when the orchestrator stops, once all is told, and refuses who comes later', async () => {
    const { orchestrator } = await opened()
    const heard = listen(orchestrator, { after: 0 })
    await createAll(orchestrator, ids(100))
    await orchestrator.stop()
    expect(heard.end).toBe('complete')
    expect(heard.facts).toHaveLength(100)
    const late = listen(orchestrator, { after: 0 })
    expect(late.end).toMatchObject({ code: 'orchestrator.stopped' })
    expect(late.facts).toEqual([])
  })

  it.each([
    [{ after: -1 }, 'after'],
    [{ after: Number.NaN }, 'after'],
    [{ queueMax: 0 }, 'queueMax'],
    [{ types: ['PROJECT_STARTET'] }, 'types.0'],
    [{ projects: 'drone-001' }, 'projects'],
  ])('refuses the options %j, and names what is wrong', async (options, named) => {
    const { orchestrator } = await opened()
    expect(() => orchestrator.facts(options as never)).toThrow(
      expect.objectContaining({ code: 'input.invalid', message: expect.stringContaining(named) }),
    )
    await orchestrator.stop()
  })
})

describe('a subscriber that cannot keep up', () => {
  it('is ended with the cursor to resume after, in words and for programs', async () => {
    const { orchestrator, until } = await opened()
    await createAll(orchestrator, ids(3))
    const heard = listen(orchestrator, { queueMax: 10 })
    await createAll(orchestrator, ids(11, 3))
    await until(() => heard.end !== undefined)
    expect(heard.facts).toEqual([])
    expect(heard.end).toMatchObject({
      code: 'feed.lagged',
      message: expect.stringContaining('{ after: 3 }'),
      cause: { after: 3 },
    })
    const { after } = (heard.end as { cause: { after: number } }).cause
    const again = listen(orchestrator, { after, queueMax: 10 })
    await orchestrator.stop()
    expect(again.end).toBe('complete')
    expect(cursors(again.facts)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  })

  it('is not ended by as many facts as its queue takes', async () => {
    const { orchestrator } = await opened()
    const heard = listen(orchestrator, { queueMax: 10 })
    await createAll(orchestrator, ids(10))
    await orchestrator.stop()
    expect(heard.end).toBe('complete')
    expect(heard.facts).toHaveLength(10)
  })

  it('counts only what it wants to hear', async () => {
    const { orchestrator } = await opened()
    const heard = listen(orchestrator, { queueMax: 1, types: ['PROJECT_COMPLETED'] })
    const other = listen(orchestrator, { queueMax: 1, project: 'project-7' })
    await createAll(orchestrator, ids(10))
    await orchestrator.stop()
    expect([heard.end, other.end]).toEqual(['complete', 'complete'])
    expect(other.facts).toHaveLength(1)
  })

  it('holds up no project: it takes a fact now and then, until it lags', async () => {
    const { orchestrator, until } = await opened()
    const taken: Fact[] = []
    const heard: { end: unknown } = { end: undefined }
    orchestrator.facts({ queueMax: 30 }).subscribe({
      next: (fact) => {
        taken.push(fact)
        const isEnough = performance.now() + LIMITS.feedTurnMs + 1
        while (performance.now() < isEnough);
      },
      error: (error: unknown) => (heard.end = error),
    })
    for (let from = 0; heard.end === undefined && from < 1_000; from += 10)
      await createAll(orchestrator, ids(10, from))
    await until(() => heard.end !== undefined)
    const after = (heard.end as { cause: { after: number } }).cause.after
    expect(cursors(taken)).toEqual(Array.from({ length: after }, (_, index) => index + 1))
    // Each turn it took one, and the projects ten.
    expect((await orchestrator.projects.list({ limit: 1_000 })).length).toBeGreaterThan(taken.length * 5)
    await orchestrator.stop()
  })
})

describe('a subscriber that throws', () => {
  it('disturbs neither others nor the engine: what it throws is an uncaught error of the host', async () => {
    const { orchestrator } = await opened()
    const uncaught: unknown[] = []
    config.onUnhandledError = (error) => uncaught.push(error)
    const before = listen(orchestrator)
    orchestrator.facts().subscribe((fact) => {
      throw new Error(`no ${fact.type}`)
    })
    const after = listen(orchestrator)
    await orchestrator.projects.create(project())
    const { state } = await orchestrator.projects.run('drone-001')
    await orchestrator.stop()
    expect(state).toBe('COMPLETED')
    expect(before.facts).toHaveLength(13)
    expect(after.facts).toEqual(before.facts)
    await new Promise((resolve) => setTimeout(resolve, 0))
    // It hears of the next fact all the same: rxjs does not end it.
    expect(uncaught.map(String)).toEqual(before.facts.map(({ type }) => `Error: no ${type}`))
  })
})

describe('contents in the feed', () => {
  const large = 'x'.repeat(LIMITS.factInlineCharsMax + 1)
  const writes = agent('writes', () => ({ large }))
  const whispers = agent('whispers', () => 'a small secret')
  const lifecycles = [lifecycle([{ name: 'DRAFT', tasks: [{ agent: writes }, { agent: whispers }] }])]

  const outputs = (facts: readonly Fact[]) =>
    Object.fromEntries(
      facts
        .filter(({ type }) => type === 'AGENT_COMPLETED')
        .map(({ payload }) => payload as { task: string; output: string })
        .map(({ task, output }) => [task, output]),
    )

  it('stay references when they are large, for who wants to ask', async () => {
    const { orchestrator, until } = await opened({ lifecycles })
    const live = listen(orchestrator)
    await orchestrator.projects.create(project())
    await orchestrator.projects.run('drone-001')
    const again = listen(orchestrator, { after: 0 })
    await until(() => live.facts.at(-1)?.type === 'PROJECT_COMPLETED' && again.facts.length > 8)
    expect(outputs(live.facts)).toEqual({
      writes: expect.stringMatching(/^ref:[0-9a-f]{64}$/),
      whispers: 'a small secret',
    })
    expect(again.facts).toEqual(live.facts)
    const ref = outputs(live.facts)['writes'] as string
    expect(await orchestrator.projects.content('drone-001', ref)).toEqual({ large })
    await orchestrator.stop()
  })

  it('say that they were erased, large and small', async () => {
    const { orchestrator } = await opened({ lifecycles })
    await orchestrator.projects.create({ ...project(), author: 'eva' })
    await orchestrator.projects.run('drone-001')
    await orchestrator.projects.erase('drone-001')
    const heard = listen(orchestrator, { after: 0 })
    await orchestrator.stop()
    expect(outputs(heard.facts)).toEqual({ writes: ERASED, whispers: ERASED })
    expect(payloadOf(heard.facts, 'PROJECT_CREATED')).toMatchObject({ intent: ERASED, author: ERASED })
    expect(heard.facts.at(-1)?.type).toBe('CONTENTS_ERASED')
    expect(JSON.stringify(heard.facts)).not.toMatch(/ref:|secret|quadcopter|eva/)
  })
})

it('the history of all projects together is what the feed has told', async () => {
  const { orchestrator, until } = await opened()
  const heard = listen(orchestrator)
  const names = ids(5)
  await createAll(orchestrator, names)
  await Promise.all(names.map((id) => orchestrator.projects.run(id)))
  await until(() => heard.facts.length === 65)
  expect(heard.facts).toEqual(await allFacts(orchestrator))
  await orchestrator.stop()
})
