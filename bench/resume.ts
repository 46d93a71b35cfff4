/** What it takes to go on after a stop, and what a project costs that only waits. */

import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createOrchestrator, sqliteStore, type OrchestratorOptions } from '../dist/runtime/index.js'
import { heapBytes, spreadOf, type Spread } from './measure.ts'
import { instantly, withFolder, type ProjectWork } from './project-work.ts'
import { created, threePhases, toApproval } from './rivals/stagecraft-project.ts'

export type Resumed = {
  readonly projects: number
  /** Until `createOrchestrator` resolves. */
  readonly readyMs: Spread
  /** Until the task that was open in every project has been performed again. */
  readonly againMs: Spread
  /** Until every project has gone on to its next rest. */
  readonly restedMs: Spread
}

export type Waiting = {
  readonly projects: number
  readonly bytesPerProject: number
  /** Of all projects together. */
  readonly timers: number
}

const open = (folder: string, agent: ProjectWork['agent'], more: Partial<OrchestratorOptions> = {}) =>
  createOrchestrator({
    store: sqliteStore({ path: join(folder, 'store.db') }),
    lifecycles: [threePhases(agent)],
    ...more,
  })

/** Projects that were in the middle of a task when their owner went. */
export async function measureResume(options: { projects: number; rounds: number }): Promise<Resumed> {
  const figures: { readyMs: number; againMs: number; restedMs: number }[] = []
  for (let round = 0; round < options.rounds; round += 1)
    figures.push(await withFolder((folder) => resume(folder, options.projects)))
  return {
    projects: options.projects,
    readyMs: spreadOf(figures.map(({ readyMs }) => readyMs)),
    againMs: spreadOf(figures.map(({ againMs }) => againMs)),
    restedMs: spreadOf(figures.map(({ restedMs }) => restedMs)),
  }
}

async function resume(folder: string, projects: number) {
  const stuck = await open(folder, () => new Promise(() => {}), { drainMs: 0 })
  const ids = await Promise.all(
    Array.from({ length: projects }, async () => {
      const { id } = await created(stuck.projects)
      await stuck.projects.go(id)
      return id
    }),
  )
  await stuck.stop()
  const again = Promise.withResolvers<number>()
  let left = projects
  const startedAt = performance.now()
  const orchestrator = await open(folder, (phase) => {
    if (phase === 'DRAFT') left -= 1
    if (left === 0) again.resolve(performance.now() - startedAt)
    return instantly(phase)
  })
  const readyMs = performance.now() - startedAt
  const againMs = await again.promise
  const rested = await Promise.all(ids.map((id) => orchestrator.projects.settled(id)))
  const restedMs = performance.now() - startedAt
  await orchestrator.stop()
  const odd = rested.find(({ state }) => state !== 'AWAITING_APPROVAL')
  if (odd) throw new Error(`${odd.id} came to rest as ${odd.state}.`)
  return { readyMs, againMs, restedMs }
}

/** Projects that wait for an approval, each with a deadline. */
export async function measureWaiting({ projects }: { projects: number }): Promise<Waiting> {
  return withFolder(async (folder) => {
    const timers = new Set<unknown>()
    const orchestrator = await open(folder, instantly, { clock: countingClock(timers) })
    // Code, caches and statements come to stay.
    for (let time = 0; time < 500; time += 1) await toApproval(orchestrator)
    const before = await heapBytes()
    for (let time = 0; time < projects; time += 1) await toApproval(orchestrator)
    const bytes = (await heapBytes()) - before
    const armed = timers.size
    await orchestrator.stop()
    return { projects, bytesPerProject: bytes / projects, timers: armed }
  })
}

function countingClock(timers: Set<unknown>): NonNullable<OrchestratorOptions['clock']> {
  return {
    now: () => Date.now(),
    setTimeout: (run, delayMs) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        run()
      }, delayMs)
      timers.add(timer)
      return timer
    },
    clearTimeout: (timer) => {
      timers.delete(timer)
      // It was given out above.
      clearTimeout(timer as NodeJS.Timeout)
    },
  }
}
