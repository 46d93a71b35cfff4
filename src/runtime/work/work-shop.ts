/** What work is done with: the store it reads, the definitions it follows, and the means it shares. */

import type { InspectionEvent } from 'xstate'
import type { AgentMachine } from '../../machines/agent.ts'
import type { Clock } from '../../model/clock.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Panel } from '../panel.ts'
import type { JournalRecord, StoreReader } from '../store/store.ts'
import type { Slots } from './slots.ts'

export type WorkShop = {
  readonly store: StoreReader
  readonly clock: Clock
  readonly agentMachine: AgentMachine
  readonly slots: Slots
  /** Throws `lifecycle.unknown`, `lifecycle.changed`. */
  readonly lifecycleOf: (record: JournalRecord) => Lifecycle
  /** Throws `panel.unknown`. */
  readonly panelOf: (name: string) => Panel
  readonly inspect: ((event: InspectionEvent) => void) | undefined
}
