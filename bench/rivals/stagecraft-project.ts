/** Stagecraft as users get it: an orchestrator on an SQLite store, which is always WAL with synchronous FULL. */

import { join } from 'node:path'
import {
  createOrchestrator,
  defineAgent,
  defineLifecycle,
  sqliteStore,
  type Lifecycle,
  type Orchestrator,
  type Projects,
  type ProjectView,
} from '../../dist/runtime/index.js'
import { AUTHOR, DECISION, INTENT, PHASES, type ProjectWork } from '../project-work.ts'
import type { ProjectContestant } from './project-contestant.ts'

export async function stagecraftProject(work: ProjectWork): Promise<ProjectContestant> {
  const file = join(work.folder, 'stagecraft.db')
  const orchestrator = await createOrchestrator({
    store: sqliteStore({ path: file }),
    lifecycles: [threePhases(work.agent)],
  })
  return {
    name: 'Stagecraft',
    carry: () => carryProject(orchestrator),
    file,
    close: () => orchestrator.stop(),
  }
}

export function threePhases(run: ProjectWork['agent']): Lifecycle {
  const phases = PHASES.map((name) => ({
    name,
    tasks: [{ agent: defineAgent({ name: `agent-${name}`, run: () => run(name) }), critical: true }],
    ...(name === 'DESIGN' && { approval: {} }),
  }))
  return defineLifecycle({ name: 'three-phases', phases })
}

export async function carryProject(orchestrator: Orchestrator): Promise<void> {
  const waiting = await toApproval(orchestrator)
  await approve(orchestrator, waiting)
  const { state } = await orchestrator.projects.settled(waiting.id)
  if (state !== 'COMPLETED') throw new Error(`The project ended as ${state}.`)
}

/** Resolves with a new project that waits for its approval. */
export async function toApproval({ projects }: Orchestrator): Promise<ProjectView> {
  const { id } = await created(projects)
  const waiting = await projects.run(id)
  if (waiting.state !== 'AWAITING_APPROVAL') throw new Error(`The project came to rest as ${waiting.state}.`)
  return waiting
}

let count = 0

/** Ids are never used twice, whatever the store. */
export function created(projects: Projects): Promise<ProjectView> {
  count += 1
  return projects.create({
    id: `project-${count}`,
    lifecycle: 'three-phases',
    intent: INTENT,
    author: AUTHOR,
  })
}

export async function approve({ projects }: Orchestrator, { id, approval }: ProjectView): Promise<void> {
  if (!approval) throw new Error('No approval is open.')
  await projects.submitApproval(id, { approval: approval.id, version: approval.version, ...DECISION })
}
