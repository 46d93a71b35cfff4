/** Ten thousand reviews in a row, in a process of its own; prints what grew. Run with --expose-gc. */

import { getEventListeners } from 'node:events'
import { createCache, createPanel, defineCritic } from '../../src/index.ts'

const collect = (globalThis as { gc?: () => void }).gc
if (!collect) throw new Error('Run this with --expose-gc.')

const panel = createPanel({
  critics: [
    defineCritic({ name: 'quick', stage: 'FAST_CRITICS', evaluate: () => ({ severity: 0 }) }),
    defineCritic({
      name: 'listens',
      evaluate: async (_input, { signal }) => ({ severity: signal.aborted ? 1 : 0 }),
    }),
    defineCritic({
      name: 'flaky',
      retry: { retriesMax: 1, backoff: { baseMs: 0 } },
      evaluate: async (_input, { attempt }) => {
        if (attempt === 1) throw new Error('first time')
        return {}
      },
    }),
    defineCritic({ name: 'deep', stage: 'DEEP_ANALYSIS', policy: 'ON_VIOLATION', evaluate: () => ({}) }),
  ],
  cache: createCache({ entriesMax: 100 }),
  limits: { concurrentMax: 2 },
})

const { signal } = new AbortController()

/** A hundred at a time: each waits for the timer of a retry. */
async function reviewMany(count: number): Promise<void> {
  for (let index = 0; index < count; index += 100)
    await Promise.all(Array.from({ length: 100 }, (_, other) => reviewOne(index + other)))
}

async function reviewOne(index: number): Promise<void> {
  const { verdict } = await panel.review({ prompt: 'q', response: `a${index}` }, { signal })
  if (verdict !== 'allow') throw new Error(`review ${index} is ${verdict}`)
}

async function heapUsed(): Promise<number> {
  // Twice: what a finalizer frees is gone after the second.
  for (let round = 0; round < 2; round++) {
    collect?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}

// Until V8 has compiled what it will compile: that is kept on the heap, too.
await reviewMany(15_000)
const before = await heapUsed()
await reviewMany(10_000)
const after = await heapUsed()

console.log(
  JSON.stringify({
    heapGrowthBytes: after - before,
    timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length,
    listeners: getEventListeners(signal, 'abort').length,
    usage: panel.metrics().concurrency,
  }),
)
