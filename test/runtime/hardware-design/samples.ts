/** Agents, views and gates' views for the tests of the hardware design. */

import { defineAgent } from '../../../src/actors/define-agent.ts'
import { loadUnits } from '../../../src/actors/units.ts'
import { createIsa } from '../../../src/model/isa/isa.ts'
import type { GateView, Outputs } from '../../../src/runtime/projects/lifecycle.ts'
import {
  OPTIONAL_AGENTS,
  REQUIRED_AGENTS,
  type HardwareAgents,
} from '../../../src/runtime/hardware-design/agents.ts'

/** Of a project in which nobody has set a value. */
export const emptyIsa = async () => createIsa({ units: await loadUnits() })

const idle = (name: string) => defineAgent({ name, run: (): { passed: boolean } => ({ passed: true }) })

const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, idle(name)]))

/** Every required agent is among the names, and every agent returns what Validation has to. */
export const requiredAgents = named(REQUIRED_AGENTS) as unknown as HardwareAgents
export const allAgents = { ...requiredAgents, ...(named(OPTIONAL_AGENTS) as Partial<HardwareAgents>) }

export type ViewOptions = {
  readonly intent?: string
  readonly params?: unknown
  readonly mode?: 'execute' | 'plan'
  readonly phase?: string
  readonly iteration?: number
  readonly tasks?: Outputs
  readonly results?: Readonly<Record<string, Outputs>>
  readonly ends?: GateView['ends']
}

/** What a gate, a condition or a rule is given. */
export const viewOf = ({
  intent = '',
  params = null,
  mode = 'execute',
  ...rest
}: ViewOptions = {}): GateView => ({
  project: { id: 'drone-001', lifecycle: 'hardware-design', mode, intent, author: null, params },
  phase: 'FEASIBILITY',
  run: 1,
  iteration: 1,
  results: {},
  tasks: {},
  feedback: null,
  ends: {},
  conflicts: [],
  review: null,
  isa: emptyIsa,
  ...rest,
})
