import { expect, it } from 'vitest'
import { defineAgent, defineLifecycle, memoryStore, createOrchestrator } from 'stagecraft/runtime'
import { compareLifecycles } from '../../src/testing/compare-lifecycles.ts'
import { steppingClock } from '../../src/testing/stepping-clock.ts'

const agent = defineAgent({ name: 'writer', run: () => 'text' })
const phases = (...names: string[]) => names.map((name) => ({ name, tasks: [{ agent }] }))

const one = defineLifecycle({ name: 'book', version: 1, phases: phases('PLAN', 'DRAFT', 'PRINT') })

it('lets everything move to a version that only changes settings, and says which', () => {
  const two = defineLifecycle({
    name: 'book',
    version: 2,
    phases: [
      ...phases('PLAN', 'DRAFT'),
      {
        name: 'PRINT',
        tasks: [
          { agent, critical: true },
          { name: 'proof', agent },
        ],
        iterationsMax: 5,
      },
    ],
  })
  expect(compareLifecycles(one, two)).toEqual(
    ['PLAN', 'DRAFT', 'PRINT'].map((phase) => ({
      phase,
      moves: true,
      problems: [],
      changes: [
        '"PRINT" has another iterationsMax',
        '"PRINT" has the new task "proof"',
        'task "writer" of "PRINT" has other settings',
      ],
    })),
  )
})

it('says who would skip a phase that is new, and who loses the one it stands in', () => {
  const two = defineLifecycle({ name: 'book', version: 2, phases: phases('PLAN', 'REVIEW', 'PRINT') })
  expect(compareLifecycles(one, two)).toEqual([
    { phase: 'PLAN', moves: true, problems: [], changes: ['"DRAFT" is gone', '"REVIEW" is new'] },
    {
      phase: 'DRAFT',
      moves: false,
      problems: ['version 2 has no phase "DRAFT"'],
      changes: ['"DRAFT" is gone'],
    },
    {
      phase: 'PRINT',
      moves: false,
      problems: [
        'its result of "DRAFT" has no place: version 2 has no such phase',
        'it would go on without "REVIEW", which comes first now',
      ],
      changes: [],
    },
  ])
})

it('says what would be passed twice when phases change places', () => {
  const two = defineLifecycle({ name: 'book', version: 2, phases: phases('DRAFT', 'PLAN', 'PRINT') })
  expect(compareLifecycles(one, two)[1]).toEqual({
    phase: 'DRAFT',
    moves: false,
    problems: ['"PLAN", which it has passed, comes after "DRAFT" now'],
    changes: [],
  })
})

it('agrees with what migrate does', async () => {
  const two = defineLifecycle({ name: 'book', version: 2, phases: phases('PLAN', 'REVIEW', 'PRINT') })
  await using orchestrator = await createOrchestrator({
    store: memoryStore(),
    lifecycles: [one, two],
    clock: steppingClock(),
  })
  const { projects } = orchestrator
  await projects.create({ id: 'book-1', lifecycle: 'book', version: 1, intent: 'A book' })
  expect((await projects.migrate('book-1', { to: 2 })).version).toBe(2)
  expect((await projects.run('book-1')).phases.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'PLAN COMPLETED',
    'REVIEW COMPLETED',
    'PRINT COMPLETED',
  ])
  expect((await projects.verify('book-1')).entries).toBeGreaterThan(5)
})

it('needs a mapping where a phase is gone', async () => {
  const two = defineLifecycle({ name: 'book', version: 2, phases: phases('PLAN', 'WRITE', 'PRINT') })
  const waiting = defineLifecycle({
    name: 'book',
    version: 1,
    phases: [{ name: 'PLAN' }, { name: 'DRAFT', approval: {} }, { name: 'PRINT' }],
  })
  await using orchestrator = await createOrchestrator({
    store: memoryStore(),
    lifecycles: [waiting, two],
    clock: steppingClock(),
  })
  const { projects } = orchestrator
  await projects.create({ id: 'book-1', lifecycle: 'book', version: 1, intent: 'A book' })
  await projects.run('book-1')
  await expect(projects.migrate('book-1', { to: 2 })).rejects.toMatchObject({
    code: 'lifecycle.not_migratable',
  })
  await projects.pause('book-1')
  await expect(projects.migrate('book-1', { to: 2 })).rejects.toThrow('no phase DRAFT')
  const moved = await projects.migrate('book-1', {
    to: 2,
    map: ({ state, context }) => ({ state, context: { ...context, phase: 'WRITE', pending: null } }),
  })
  expect(moved).toMatchObject({ version: 2, phase: 'WRITE', state: 'PAUSED' })
  expect((await projects.run('book-1')).state).toBe('COMPLETED')
  await projects.verify('book-1')
})
