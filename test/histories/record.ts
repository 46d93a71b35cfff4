/** Records a journal for ever: `node test/histories/record.ts <story>` writes `test/histories/<story>.json`. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createOrchestrator, memoryStore, type Orchestrator, type Store } from '../../src/runtime/index.ts'
import type { Step } from '../../src/runtime/store/store.ts'
import { steppingClock, type SteppingClock } from '../../src/testing/index.ts'
import { houseV1, houseV2 } from './lifecycles.ts'

type Scene = { readonly projects: Orchestrator['projects']; readonly clock: SteppingClock }

async function approve({ projects, clock }: Scene, id: string, by: string): Promise<void> {
  const { approval } = await projects.get(id)
  if (!approval) throw new Error('Nothing waits for approval.')
  const roles = ['engineer']
  await projects.submitApproval(id, {
    approval: approval.id,
    version: approval.version,
    decision: 'APPROVED',
    by,
    roles,
  })
  await clock.settle()
}

const begin = async ({ projects, clock }: Scene, id: string) => {
  await projects.create({
    id,
    lifecycle: 'house',
    version: 1,
    intent: 'Build a house',
    author: 'eva',
    params: { rooms: 3 },
  })
  return clock.run(projects.run(id))
}

const STORIES: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  /** Retry, loopback, a conflict that goes, two who approve, to the end. */
  'to-the-end': async (scene) => {
    await begin(scene, 'house-1')
    await approve(scene, 'house-1', 'ana')
    await approve(scene, 'house-1', 'ben')
    await scene.clock.run(scene.projects.settled('house-1'))
  },
  /** Nobody answers in time, asked anew, rejected, paused, rolled back with something undone, moved to version 2. */
  'there-and-back': async (scene) => {
    const { projects, clock } = scene
    await begin(scene, 'house-2')
    await clock.advanceAsync(60_000)
    await clock.run(projects.run('house-2'))
    const { approval } = await projects.get('house-2')
    await projects.submitApproval('house-2', {
      approval: approval?.id ?? '',
      version: approval?.version ?? 0,
      decision: 'REJECTED',
      by: 'ana',
      roles: ['owner'],
      comment: 'Another roof, please.',
    })
    await clock.run(projects.settled('house-2'))
    const [, second] = await projects.checkpoints('house-2')
    await clock.run(projects.rollback('house-2', second?.id ?? ''))
    await projects.migrate('house-2', { to: 2 })
    await clock.run(projects.run('house-2'))
    await projects.cancel('house-2')
  },
}

/** The same store, and a note of every step that it took. */
function recording(inner: Store, steps: Step[]): Store {
  return {
    ...inner,
    open: async (options) => {
      const owned = await inner.open(options)
      return { ...owned, commit: async (taken) => (steps.push(...taken), owned.commit(taken)) }
    },
  }
}

const name = process.argv[2] ?? ''
const story = STORIES[name]
if (!story) throw new Error(`There is no story "${name}". There are: ${Object.keys(STORIES).join(', ')}.`)
const steps: Step[] = []
const clock = steppingClock({ startMs: Date.UTC(2026, 10, 20) })
const orchestrator = await createOrchestrator({
  store: recording(memoryStore(), steps),
  lifecycles: [houseV1, houseV2],
  clock,
  random: () => 0.5,
})
await story({ projects: orchestrator.projects, clock })
await orchestrator.stop()
const file = join(import.meta.dirname, `${name}.json`)
writeFileSync(file, `${JSON.stringify(steps)}\n`)
console.log(`${file}: ${steps.length} steps`)
