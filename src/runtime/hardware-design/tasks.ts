/** Which agent does what in which phase of a hardware design, as one table. */

import type { PhaseView } from '../projects/lifecycle.ts'
import type { HardwareAgentName } from './agents.ts'
import {
  hasNotPassed,
  isAdditive,
  isInFluid,
  isOverweight,
  mentionsSwarm,
  mentionsTerrain,
} from './conditions.ts'
import type { HardwarePhase } from './phases.ts'

export type HardwareTask = {
  readonly agent: HardwareAgentName
  readonly timeoutMs: number
  readonly critical: boolean
  /** Of these, those that are in the plan. */
  readonly dependsOn: readonly HardwareAgentName[]
  readonly when: ((view: PhaseView) => boolean) | undefined
}

const task = (
  agent: HardwareAgentName,
  seconds: number,
  {
    critical = false,
    after = [],
    when,
  }: {
    readonly critical?: boolean
    readonly after?: readonly HardwareAgentName[]
    readonly when?: (view: PhaseView) => boolean
  } = {},
): HardwareTask => ({ agent, timeoutMs: seconds * 1_000, critical, dependsOn: after, when })

export const HARDWARE_TASKS: Readonly<Record<HardwarePhase, readonly HardwareTask[]>> = {
  FEASIBILITY: [task('GeometryEstimator', 15, { critical: true }), task('CostEstimator', 15)],
  PLANNING: [
    task('Conversational', 20, { critical: true }),
    task('Environment', 15),
    task('Topological', 15, { when: mentionsTerrain }),
    task('Document', 45, { after: ['Conversational', 'Environment', 'Topological'] }),
  ],
  GEOMETRY_KERNEL: [
    task('Designer', 25, { critical: true }),
    task('Geometry', 60, { critical: true, after: ['Designer'] }),
    task('MassProperties', 30, { after: ['Geometry'] }),
    task('Structural', 45, { after: ['Geometry'] }),
    task('Fluid', 60, { after: ['Geometry'], when: isInFluid }),
  ],
  MULTI_PHYSICS: [
    task('Thermal', 60),
    task('Structural', 60),
    task('Electronics', 45),
    task('Material', 20),
    task('Chemistry', 20),
    task('Physics', 60),
  ],
  MANUFACTURING: [
    task('Manufacturing', 60, { critical: true }),
    task('Slicer', 45, { after: ['Manufacturing'], when: isAdditive }),
    task('LatticeSynthesis', 90, { after: ['Manufacturing'], when: isOverweight }),
  ],
  VALIDATION: [
    // Side by side: a critical task must not depend on one that may fail.
    task('Surrogate', 20),
    task('Validation', 60, { critical: true }),
    task('Forensic', 30, { after: ['Validation'], when: hasNotPassed }),
    task('Optimization', 90, { after: ['Validation'], when: hasNotPassed }),
  ],
  SOURCING: [task('Component', 60), task('DevOps', 30), task('Swarm', 45, { when: mentionsSwarm })],
  DOCUMENTATION: [task('Document', 60), task('Review', 30, { after: ['Document'] })],
}
