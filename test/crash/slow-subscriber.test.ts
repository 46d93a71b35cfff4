import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { defineAgent } from '../../src/actors/define-agent.ts'
import { isStagecraftError } from '../../src/model/errors.ts'
import type { Fact } from '../../src/model/fact.ts'
import { defineLifecycle } from '../../src/runtime/projects/define-lifecycle.ts'
import { createOrchestrator, type Orchestrator } from '../../src/runtime/orchestrator.ts'
import { sqliteStore } from '../../src/runtime/store/sqlite/sqlite-store.ts'
import { tempFolder } from './child.ts'

const echo = defineAgent({ name: 'echo', run: (input: unknown) => JSON.stringify(input).length })
const lifecycle = defineLifecycle({
  name: 'quick',
  phases: ['ONE', 'TWO', 'THREE'].map((name) => ({ name, tasks: [{ agent: echo }] })),
})

const PROJECTS = 40
const QUEUE_MAX = 10

async function start(): Promise<Orchestrator> {
  const store = sqliteStore({ path: join(tempFolder(), 'store.db') })
  const orchestrator = await createOrchestrator({ store, lifecycles: [lifecycle] })
  onTestFinished(() => orchestrator.stop())
  return orchestrator
}

async function runAll({ projects }: Orchestrator): Promise<void> {
  const ids = Array.from({ length: PROJECTS }, (_, index) => `quick-${index}`)
  await Promise.all(ids.map((id) => projects.create({ id, lifecycle: 'quick', intent: 'Run' })))
  const ends = await Promise.all(ids.map((id) => projects.run(id)))
  expect(ends.every(({ state }) => state === 'COMPLETED')).toBe(true)
}

/** Holds the thread, as a handler does that computes. */
function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

async function cursorsOf({ projects }: Orchestrator): Promise<readonly number[]> {
  const ids = (await projects.list({ limit: PROJECTS })).map(({ id }) => id)
  const histories = await Promise.all(ids.map((id) => projects.history(id)))
  return histories
    .flat()
    .map(({ cursor }) => cursor)
    .toSorted((one, other) => one - other)
}

/** Where a subscriber that lagged goes on. */
function resumeAfter(error: unknown): number {
  if (!isStagecraftError(error) || error.code !== 'feed.lagged') throw error
  // What the error of a feed says of itself.
  const { after } = error.cause as { after: number }
  expect(error.message).toContain(`{ after: ${after} }`)
  return after
}

describe('a subscriber whose handler blocks', () => {
  it('is left behind, and holds nobody up', async () => {
    const orchestrator = await start()
    const heard: number[] = []
    const { promise: left, resolve } = Promise.withResolvers<unknown>()
    orchestrator.facts({ after: 0, queueMax: QUEUE_MAX }).subscribe({
      next: ({ cursor }) => {
        heard.push(cursor)
        block(20)
      },
      error: resolve,
    })
    await runAll(orchestrator)
    const after = resumeAfter(await left)
    const all = await cursorsOf(orchestrator)
    // Had the projects waited for it, it would have heard of everything by the time they ended.
    expect(heard.length).toBeLessThan(all.length / 5)
    expect(after).toBe(heard.at(-1) ?? 0)
    const missed: number[] = []
    orchestrator.facts({ after, until: all.at(-1) ?? 0 }).subscribe(({ cursor }) => missed.push(cursor))
    await expect.poll(() => [...heard, ...missed]).toEqual(all)
  })

  it('misses nothing and hears nothing twice, however often it is left behind', async () => {
    const orchestrator = await start()
    const heard: Fact[] = []
    let left = 0
    const follow = (after: number): void => {
      orchestrator.facts({ after, queueMax: QUEUE_MAX }).subscribe({
        next: (fact) => {
          heard.push(fact)
          block(1)
        },
        error: (error: unknown) => {
          left += 1
          follow(resumeAfter(error))
        },
      })
    }
    follow(0)
    await runAll(orchestrator)
    const all = await cursorsOf(orchestrator)
    await expect.poll(() => heard.map(({ cursor }) => cursor), { timeout: 10_000 }).toEqual(all)
    expect(left).toBeGreaterThan(0)
  })
})
