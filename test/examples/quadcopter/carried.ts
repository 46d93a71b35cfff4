/** Quadcopter projects on a store in memory, with a workshop's ledger in memory. */

import { z } from 'zod'
import { PANEL, quadcopterLifecycle } from '../../../examples/quadcopter/lifecycle.ts'
import { memoryLedger, type Ledger } from '../../../examples/quadcopter/manufacturing/ledger.ts'
import { createDesignPanel } from '../../../examples/quadcopter/panel.ts'
import { createOrchestrator, type Orchestrator } from '../../../src/runtime/orchestrator.ts'
import type { ProjectView } from '../../../src/runtime/projects/project-view.ts'
import { memoryStore } from '../../../src/runtime/store/memory-store.ts'
import { Designed } from '../../../examples/quadcopter/view.ts'

export const INTENT = 'Design a quadcopter for agricultural surveying, 2 kg payload, 25 minutes, 40 °C'
export const ID = 'quad-001'
export const LIFECYCLE = 'hardware-design'

export async function withWorkshop<Result>(
  work: (projects: Orchestrator['projects'], ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  const ledger = memoryLedger()
  await using panel = createDesignPanel()
  await using orchestrator = await createOrchestrator({
    store: memoryStore(),
    lifecycles: [quadcopterLifecycle(ledger)],
    panels: { [PANEL]: panel },
  })
  return await work(orchestrator.projects, ledger)
}

/** In execute mode: nobody is asked. */
export const carried = (intent: string, params: Readonly<Record<string, unknown>> = {}) =>
  withWorkshop(async (projects, ledger) => {
    await projects.create({ id: ID, lifecycle: LIFECYCLE, intent, params })
    const end = await projects.run(ID)
    return {
      end,
      history: await projects.history(ID),
      isa: await projects.isa(ID),
      bookings: ledger.bookings(),
    }
  })
export type Carried = Awaited<ReturnType<typeof carried>>

const Document = z.looseObject({ markdown: z.string(), plots: z.record(z.string(), z.string()) })
export const documentOf = ({ results }: ProjectView) => Document.parse(results['DOCUMENTATION']?.['Document'])
export const designOf = ({ results }: ProjectView) => Designed.parse(results['GEOMETRY_KERNEL']?.['Designer'])
