import { describe, expect, it } from 'vitest'
import { memoryStore, type Orchestrator, type Step, type Store } from 'stagecraft/runtime'
import { StagecraftError } from '../../../src/model/errors.ts'
import { agent, lifecycle, listen, project, scene, typesOf } from '../projects/project-scene.ts'

const done = agent('done', () => ({ said: 'done' }))

const TASKS = ['one', 'two', 'three', 'four', 'five']

/** Five tasks that run at the same time, then people have to agree. */
const parallel = lifecycle([
  { name: 'BUILD', tasks: TASKS.map((name) => ({ name, agent: done })) },
  { name: 'CHECK', approval: { quorum: 2, approvers: ['ana', 'ben', 'cyd'] } },
])

/** A store that remembers what was committed together; `refuse` says what it does not take. */
function watched(refuse: (steps: readonly Step[]) => string | undefined = () => undefined) {
  const commits: (readonly Step[])[] = []
  const inner = memoryStore()
  const store: Store = {
    ...inner,
    open: async (options) => {
      const owned = await inner.open(options)
      return {
        ...owned,
        commit: async (steps) => {
          const code = refuse(steps)
          if (code !== undefined) throw new StagecraftError(code as 'store.full', `This store says ${code}.`)
          const cursors = await owned.commit(steps)
          commits.push(steps)
          return cursors
        },
      }
    },
  }
  return { store, commits }
}

async function opened(refuse?: Parameters<typeof watched>[0]) {
  const at = scene()
  const { store, commits } = watched(refuse)
  const orchestrator = await at.start({ store, lifecycles: [parallel] })
  return { ...at, orchestrator, commits }
}

async function waiting(orchestrator: Orchestrator) {
  await orchestrator.projects.create(project())
  const { approval } = await orchestrator.projects.run('drone-001')
  const { id = '', version = 0 } = approval ?? {}
  return (by: string, decision: 'APPROVED' | 'REJECTED' = 'APPROVED') =>
    orchestrator.projects.submitApproval('drone-001', { approval: id, version, decision, by })
}

/** Types of the facts of each commit. */
const told = (commits: readonly (readonly Step[])[]) =>
  commits.map((steps) => typesOf(steps.flatMap(({ entries }) => entries) as never))

describe('steps of one journal that are asked for together', () => {
  it('become durable together: what tasks that start at once have to say', async () => {
    const { orchestrator, commits } = await opened()
    await waiting(orchestrator)
    const noted = told(commits).filter((types) => types.includes('AGENT_STARTED'))
    expect(noted).toHaveLength(1)
    expect(noted[0]?.filter((type) => type === 'AGENT_STARTED')).toHaveLength(TASKS.length)
    await orchestrator.projects.verify('drone-001')
    await orchestrator.stop()
  })

  it('are decided one after the other, each on what the one before leads to', async () => {
    const { orchestrator, commits } = await opened()
    const decide = await waiting(orchestrator)
    const before = commits.length
    const answers = await Promise.allSettled([
      decide('ana'),
      decide('mallory'),
      decide('ana', 'REJECTED'),
      decide('ana'),
      decide('ben'),
      decide('cyd'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
    ])
    const codes = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason as StagecraftError] : []))
    expect(codes.map(({ code }) => code)).toEqual([
      'approval.not_allowed',
      'approval.conflicting',
      'approval.settled',
    ])
    expect(told(commits.slice(before))).toEqual([
      ['APPROVAL_RECEIVED', 'APPROVAL_RECEIVED', 'PHASE_COMPLETED', 'PROJECT_COMPLETED'],
    ])
    await orchestrator.stop()
  })

  it('are told of in the order of their cursors, also beside other journals', async () => {
    const { orchestrator, commits } = await opened()
    const heard = listen(orchestrator)
    const ids = Array.from({ length: 20 }, (_, index) => `project-${index}`)
    await Promise.all(ids.map((id) => orchestrator.projects.create(project(id))))
    await Promise.all(ids.map((id) => orchestrator.projects.run(id)))
    await orchestrator.stop()
    const cursors = heard.facts.map(({ cursor }) => cursor)
    expect(cursors).toEqual(cursors.map((_, index) => index + 1))
    expect(commits.length).toBeLessThan(10)
  })

  it('are all refused when the store is full, and what nobody would ask again is taken once there is room', async () => {
    let isFull = false
    const { orchestrator, reach } = await opened(() => (isFull ? 'store.full' : undefined))
    await orchestrator.projects.create(project())
    await orchestrator.projects.go('drone-001')
    isFull = true
    await expect(orchestrator.projects.pause('drone-001')).rejects.toMatchObject({ code: 'store.full' })
    isFull = false
    await reach(2_000)
    const { state, phases } = await orchestrator.projects.settled('drone-001')
    expect(state).toBe('AWAITING_APPROVAL')
    expect(Object.values(phases[0]?.tasks ?? {}).map(({ status }) => status)).toEqual(
      TASKS.map(() => 'succeeded'),
    )
    const facts = typesOf(await orchestrator.projects.history('drone-001'))
    expect(facts.filter((type) => type === 'AGENT_STARTED')).toHaveLength(TASKS.length)
    expect(facts.filter((type) => type === 'AGENT_COMPLETED')).toHaveLength(TASKS.length)
    expect(facts).not.toContain('PROJECT_PAUSED')
    await orchestrator.stop()
  })

  it('are taken one at a time where the store contradicts them together', async () => {
    const isMany = (steps: readonly Step[]) =>
      new Set(steps.map(({ journal }) => journal)).size < steps.length
    const { orchestrator, commits } = await opened((steps) => (isMany(steps) ? 'store.conflict' : undefined))
    const decide = await waiting(orchestrator)
    await Promise.all([decide('ana'), decide('ben')])
    expect((await orchestrator.projects.settled('drone-001')).state).toBe('COMPLETED')
    expect(commits.every((steps) => steps.length === 1)).toBe(true)
    const facts = typesOf(await orchestrator.projects.history('drone-001'))
    expect(facts.filter((type) => type === 'AGENT_COMPLETED')).toHaveLength(TASKS.length)
    expect(facts.filter((type) => type === 'APPROVAL_RECEIVED')).toHaveLength(2)
    await orchestrator.stop()
  })
})

describe('a commit', () => {
  it('lets the event loop turn before the next one', async () => {
    const { orchestrator, commits } = await opened()
    let turns = 0
    let isOver = false
    const turn = () => {
      turns += 1
      if (!isOver) setImmediate(turn)
    }
    setImmediate(turn)
    await waiting(orchestrator)
    isOver = true
    expect(turns).toBeGreaterThanOrEqual(commits.length)
    await orchestrator.stop()
  })

  it('that contradicts the store in one journal leaves the others alone', async () => {
    const bad = 'project-7'
    const { orchestrator } = await opened((steps) =>
      steps.some(({ journal, expectedSeq }) => journal === bad && expectedSeq === 0)
        ? 'store.conflict'
        : undefined,
    )
    const ids = Array.from({ length: 10 }, (_, index) => `project-${index}`)
    const made = await Promise.allSettled(ids.map((id) => orchestrator.projects.create(project(id))))
    expect(made.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    const there = await orchestrator.projects.list()
    expect(there.map(({ id }) => id)).toEqual(ids.filter((id) => id !== bad))
    await orchestrator.stop()
  })
})

it('a timer does not fire before its time, though it was due until the clock was put back', async () => {
  const at = scene()
  let backMs = 0
  const clock = { ...at.clock, now: () => at.clock.now() - backMs }
  const { store } = watched()
  const orchestrator = await at.start({ store, clock, lifecycles: [parallel] })
  const decide = await waiting(orchestrator)
  const { approval } = await orchestrator.projects.get('drone-001')
  const deadlineAt = approval?.deadlineAt ?? 0
  for (; at.clock.now() < deadlineAt;) {
    // The alarm looks now and then; the last look finds it due.
    at.clock.advance(Math.min(60_000, deadlineAt - at.clock.now()))
  }
  // What is due was asked for; before it is decided, the clock goes back.
  backMs = 120_000
  await at.clock.settle()
  await new Promise((resolve) => setImmediate(resolve))
  expect((await orchestrator.projects.get('drone-001')).state).toBe('AWAITING_APPROVAL')
  await decide('ana')
  at.clock.advance(60_000)
  await at.clock.advanceAsync(60_000)
  expect((await orchestrator.projects.settled('drone-001')).state).toBe('PAUSED')
  const [timeout] = await orchestrator.projects.history('drone-001', { types: ['APPROVAL_TIMEOUT'] })
  expect(timeout?.at).toBeGreaterThanOrEqual(deadlineAt)
  await orchestrator.stop()
})
