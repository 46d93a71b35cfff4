import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createOrchestrator, memoryStore, type Store } from 'stagecraft/runtime'
import { steppingClock } from 'stagecraft/testing'
import type { Step } from '../../src/runtime/store/store.ts'
import { houseV1, houseV2 } from './lifecycles.ts'

const stories = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'))

async function storeOf(steps: readonly Step[]): Promise<Store> {
  const store = memoryStore()
  const owner = await store.open({ onPost: () => {} })
  for (const step of steps) await owner.commit([step])
  await owner.close()
  return store
}

it('has journals to read again', () => {
  expect(stories.length).toBeGreaterThan(1)
})

it.each(stories)('leads where it led when it was recorded: %s', async (name) => {
  // Written by test/histories/record.ts, and by nobody else.
  const steps = JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as readonly Step[]
  const store = await storeOf(steps)
  await using orchestrator = await createOrchestrator({
    store,
    lifecycles: [houseV1, houseV2],
    clock: steppingClock({ startMs: steps.at(-1)?.record.updatedAt ?? 0 }),
  })
  const last = steps.at(-1)?.record
  const verified = await orchestrator.projects.verify(last?.id ?? '')
  expect(verified).toMatchObject({ entries: last?.seq, hash: last?.hash })
  expect(verified.steps).toBe(steps.filter(({ entries }) => entries[0]?.cause !== null).length)
  expect(await orchestrator.projects.get(last?.id ?? '')).toMatchObject({ state: last?.state, ended: true })
})
