/** An orchestrator in the test's own process that owns the store of a workshop. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { filter, firstValueFrom } from 'rxjs'
import { onTestFinished } from 'vitest'
import {
  createOrchestrator,
  sqliteStore,
  type FactType,
  type Lifecycle,
  type Orchestrator,
} from 'stagecraft/runtime'
import type { Workshop } from './workshop.ts'

export type Owner = Orchestrator & {
  /** Resolves once a fact of this type is on record. */
  readonly has: (type: FactType) => Promise<void>
}

/** Its lifecycles are those of the workshop. */
export async function ownerOf({ folder, store }: Workshop): Promise<Owner> {
  const module = (await import(pathToFileURL(join(folder, 'stagecraft.config.mjs')).href)) as {
    default: Lifecycle
  }
  const orchestrator = await createOrchestrator({
    store: sqliteStore({ path: store, inboxPollMs: 10 }),
    lifecycles: [module.default],
  })
  onTestFinished(() => orchestrator.stop())
  const has = async (type: FactType) => {
    await firstValueFrom(orchestrator.facts({ after: 0 }).pipe(filter((fact) => fact.type === type)))
  }
  return Object.assign(orchestrator, { has })
}
