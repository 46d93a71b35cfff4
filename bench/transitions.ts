/** What the durable engine takes: transitions per second, how long a decision takes, and room on the disk. */

import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createOrchestrator, sqliteStore, type Orchestrator } from '../dist/runtime/index.js'
import { countingStore, type Committed } from './counting-store.ts'
import { collectGarbage, spreadOf, type Spread } from './measure.ts'
import { bytesOf, carryMany, instantly, syncMicros, withFolder } from './project-work.ts'
import { approve, carryProject, threePhases, toApproval } from './rivals/stagecraft-project.ts'

export type Transitions = {
  /** Of one synced write of 4 KiB. */
  readonly syncMicros: Spread
  readonly rates: readonly RateRow[]
  readonly approvals: readonly ApprovalRow[]
  readonly bytesPerTransition: number
}

export type RateRow = {
  readonly concurrent: number
  readonly perSecond: Spread
  readonly movesPerSecond: Spread
  readonly perProject: number
  readonly perCommit: number
}

export type ApprovalRow = { readonly how: string; readonly ms: Spread; readonly slowest: number }

export type TransitionOptions = {
  readonly rounds: number
  /** Projects carried in one round, for each row. */
  readonly projects: number
  readonly approvals: number
}

export async function measureTransitions(options: TransitionOptions): Promise<Transitions> {
  return withFolder(async (folder) => {
    const file = join(folder, 'store.db')
    const { store, committed } = countingStore(sqliteStore({ path: file }))
    const orchestrator = await createOrchestrator({ store, lifecycles: [threePhases(instantly)] })
    await carryMany(() => carryProject(orchestrator), { projects: 300, concurrent: 20 })
    const rates: RateRow[] = []
    for (const concurrent of [1, 10, 100])
      rates.push(await rateOf(orchestrator, committed, { ...options, concurrent }))
    const approvals = [
      await approvalsOf('nothing else to do', orchestrator, options.approvals),
      await whileBusy(orchestrator, () =>
        approvalsOf('100 projects under way', orchestrator, options.approvals),
      ),
    ]
    const { steps } = committed
    await orchestrator.stop()
    return {
      syncMicros: spreadOf(syncMicros(folder)),
      rates,
      approvals,
      bytesPerTransition: bytesOf(file) / steps,
    }
  })
}

async function rateOf(
  orchestrator: Orchestrator,
  committed: Committed,
  { rounds, projects, concurrent }: TransitionOptions & { concurrent: number },
): Promise<RateRow> {
  const perSecond: number[] = []
  const movesPerSecond: number[] = []
  const first = { ...committed }
  for (let round = 0; round < rounds; round += 1) {
    collectGarbage('minor')
    const before = { ...committed }
    const ms = await carryMany(() => carryProject(orchestrator), { projects, concurrent })
    perSecond.push(((committed.steps - before.steps) * 1_000) / ms)
    movesPerSecond.push(((committed.moves - before.moves) * 1_000) / ms)
  }
  const steps = committed.steps - first.steps
  return {
    concurrent,
    perSecond: spreadOf(perSecond),
    movesPerSecond: spreadOf(movesPerSecond),
    perProject: steps / (rounds * projects),
    perCommit: steps / (committed.commits - first.commits),
  }
}

/** From asking until the decision is durable. */
async function approvalsOf(how: string, orchestrator: Orchestrator, times: number): Promise<ApprovalRow> {
  const figures: number[] = []
  for (let time = 0; time < times; time += 1) {
    const waiting = await toApproval(orchestrator)
    const startedAt = performance.now()
    await approve(orchestrator, waiting)
    figures.push(performance.now() - startedAt)
    await orchestrator.projects.settled(waiting.id)
  }
  return { how, ms: spreadOf(figures), slowest: Math.max(...figures) }
}

async function whileBusy<T>(orchestrator: Orchestrator, work: () => Promise<T>): Promise<T> {
  const over = new AbortController()
  const carrier = async () => {
    while (!over.signal.aborted) await carryProject(orchestrator)
  }
  const busy = Promise.all(Array.from({ length: 100 }, carrier))
  const result = await work()
  over.abort()
  await busy
  return result
}
