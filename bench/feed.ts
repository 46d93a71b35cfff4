/** What it costs to listen: facts per second with nobody, and with ten subscribers, on a store in memory. */

import { performance } from 'node:perf_hooks'
import {
  createOrchestrator,
  memoryStore,
  type Orchestrator,
  type StoredEntry,
} from '../dist/runtime/index.js'
// Not public: an orchestrator has one, and how fast it is does not depend on how fast projects are.
import { Feed } from '../dist/runtime/journal/feed.js'
import { countingStore } from './counting-store.ts'
import { collectGarbage, shuffled, spreadOf, type Spread } from './measure.ts'
import { carryMany, instantly } from './project-work.ts'
import { carryProject, threePhases } from './rivals/stagecraft-project.ts'

export type FeedRow = { readonly how: string; readonly factsPerSecond: Spread }

export type FeedOptions = { readonly rounds: number; readonly projects: number }

const SUBSCRIBERS = 10

/** What the feed itself carries, whoever makes the facts. */
export const FEED_ALONE = 'ten listen to the feed by itself'

type Way = { readonly how: string; readonly measure: (projects: number) => Promise<number> }

const WAYS: readonly Way[] = [
  { how: 'nobody listens', measure: (projects) => live(projects, 0) },
  { how: 'ten listen while it happens', measure: (projects) => live(projects, SUBSCRIBERS) },
  { how: 'ten read what has happened', measure: (projects) => catchUp(projects) },
  { how: FEED_ALONE, measure: (projects) => alone(projects) },
]

export async function measureFeed({ rounds, projects }: FeedOptions): Promise<readonly FeedRow[]> {
  const rows = WAYS.map((way) => ({ ...way, rates: [] as number[] }))
  for (const { measure } of rows) await measure(projects)
  for (let round = 0; round < rounds; round += 1)
    for (const { measure, rates } of shuffled(rows)) {
      collectGarbage('minor')
      rates.push(await measure(projects))
    }
  return rows.map(({ how, rates }) => ({ how, factsPerSecond: spreadOf(rates) }))
}

async function opened() {
  const { store, committed } = countingStore(memoryStore())
  const orchestrator = await createOrchestrator({ store, lifecycles: [threePhases(instantly)] })
  const carry = (projects: number) =>
    carryMany(() => carryProject(orchestrator), { projects, concurrent: 100 })
  return { orchestrator, committed, carry }
}

async function live(projects: number, subscribers: number): Promise<number> {
  const { orchestrator, committed, carry } = await opened()
  const listeners = Array.from({ length: subscribers }, () => listen(orchestrator))
  const startedAt = performance.now()
  await carry(projects)
  // Delivers what is queued, then completes every subscriber.
  await orchestrator.stop()
  return rateOf(committed.facts, startedAt, listeners)
}

async function catchUp(projects: number): Promise<number> {
  const { orchestrator, committed, carry } = await opened()
  await carry(projects)
  const startedAt = performance.now()
  const listeners = Array.from({ length: SUBSCRIBERS }, () => listen(orchestrator, { after: 0 }))
  await Promise.all(listeners.map(({ reaches }) => reaches(committed.facts)))
  const rate = rateOf(committed.facts, startedAt, listeners)
  await orchestrator.stop()
  return rate
}

/** As many facts as projects would make, in steps of three, no faster than the slowest subscriber takes them. */
async function alone(projects: number): Promise<number> {
  const feed = new Feed(await memoryStore().open({ onPost: () => {} }))
  const listeners = Array.from({ length: SUBSCRIBERS }, () => listen(feed))
  const steps = stepsOf(projects * 100)
  const startedAt = performance.now()
  let told = 0
  for (const step of steps) {
    feed.publish(step)
    told += step.length
    if (told % 3_000 === 0) await Promise.all(listeners.map(({ reaches }) => reaches(told)))
  }
  await feed.stop()
  return rateOf(told, startedAt, listeners)
}

const stepsOf = (count: number): readonly (readonly StoredEntry[])[] =>
  Array.from({ length: count }, (_, step) => [1, 2, 3].map((place) => entry(3 * step + place)))

const entry = (cursor: number): StoredEntry => ({
  type: 'AGENT_COMPLETED',
  payload: { phase: 'DRAFT', run: 1, task: 'writer', agent: 'writer', status: 'succeeded', attempts: 1 },
  journal: `project-${cursor % 100}`,
  seq: cursor,
  at: 1_000 + cursor,
  cause: null,
  stateHash: null,
  previousHash: '0'.repeat(64),
  hash: '1'.repeat(64),
  cursor,
})

type Listener = { readonly heard: () => number; readonly reaches: (count: number) => Promise<void> }

function listen(orchestrator: Pick<Orchestrator, 'facts'>, options: { after?: number } = {}): Listener {
  let heard = 0
  let wanted = Infinity
  let reached = Promise.withResolvers<void>()
  const look = () => {
    if (heard >= wanted) reached.resolve()
  }
  orchestrator.facts(options).subscribe({
    next: () => {
      heard += 1
      look()
    },
    error: (error: unknown) => reached.reject(error),
  })
  const reaches = (count: number) => {
    reached = Promise.withResolvers<void>()
    wanted = count
    look()
    return reached.promise
  }
  return { heard: () => heard, reaches }
}

/** Each fact counts once, however many have heard it. */
function rateOf(facts: number, startedAt: number, listeners: readonly Listener[]): number {
  const seconds = (performance.now() - startedAt) / 1_000
  for (const { heard } of listeners)
    if (heard() !== facts) throw new Error(`A subscriber heard ${heard()} of ${facts} facts.`)
  return facts / seconds
}
