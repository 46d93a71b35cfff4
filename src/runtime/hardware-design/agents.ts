/** The agents a hardware design is made by: which there are, which it cannot do without, what each has to return. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Agent } from '../../model/agent.ts'
import type { PhaseView } from '../projects/lifecycle.ts'
import type { Environment } from './environment.ts'
import type { HardwareOutput, KnownOutputs } from './outputs.ts'

/** Whose task is critical: without any of these there is no lifecycle. */
export const REQUIRED_AGENTS = [
  'GeometryEstimator',
  'Conversational',
  'Designer',
  'Geometry',
  'Manufacturing',
  'Validation',
] as const

/** Whose task is left out of the plan where they are not given. */
export const OPTIONAL_AGENTS = [
  'CostEstimator',
  'Environment',
  'Topological',
  'Document',
  'MassProperties',
  'Structural',
  'Fluid',
  'Thermal',
  'Electronics',
  'Material',
  'Chemistry',
  'Physics',
  'Slicer',
  'LatticeSynthesis',
  'Surrogate',
  'Forensic',
  'Optimization',
  'Component',
  'DevOps',
  'Swarm',
  'Review',
] as const

export type RequiredAgent = (typeof REQUIRED_AGENTS)[number]
export type OptionalAgent = (typeof OPTIONAL_AGENTS)[number]
export type HardwareAgentName = RequiredAgent | OptionalAgent

/** What every agent is given: the project as it stands, and where the thing will work. */
export type HardwareView = PhaseView & { readonly environment: Environment }

type OutputFor<Name> = Name extends keyof KnownOutputs ? HardwareOutput<Name> : unknown

/** An agent made by defineAgent that returns what is read under this name. Its own schema types what it takes. */
export type HardwareAgent<Name extends HardwareAgentName = HardwareAgentName> = Pick<
  Agent<string, never, OutputFor<Name>>,
  'name' | 'settings' | 'output' | 'run'
> & { readonly input: StandardSchemaV1 | undefined }

/** Structural and Document each do two tasks; `phase` tells them which. */
export type HardwareAgents = { readonly [Name in RequiredAgent]: HardwareAgent<Name> } & {
  readonly [Name in OptionalAgent]?: HardwareAgent<Name> | undefined
}
