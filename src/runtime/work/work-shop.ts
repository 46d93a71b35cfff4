/** What work is done with: the store it reads, the definitions it follows, and the means it shares. */

import type { Clock } from '../../model/clock.ts'
import type { AgentPool } from '../agents/agent-pool.ts'
import type { Lifecycle } from '../projects/lifecycle.ts'
import type { Units } from '../../model/units/units.ts'
import type { Panel } from '../panel/panel.ts'
import type { JournalRecord, StoreReader } from '../store/store.ts'

export type WorkShop = {
  readonly store: StoreReader
  readonly clock: Clock
  readonly agents: AgentPool
  /** Throws `lifecycle.unknown`, `lifecycle.changed`. */
  readonly lifecycleOf: (record: JournalRecord) => Lifecycle
  /** Those the journal's lifecycle has; loaded when they are first asked for. */
  readonly unitsOf: (record: JournalRecord) => Promise<Units>
  /** Throws `panel.unknown`. */
  readonly panelOf: (name: string) => Panel
}
