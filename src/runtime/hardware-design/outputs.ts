/** What the gates, conditions and rules of a hardware design read of its agents' outputs; anything else may be there too. */

import { z } from 'zod'
import type { Outputs } from '../projects/lifecycle.ts'
import { Environment } from './environment.ts'
import { problemsOf } from '../../model/problems.ts'

/** Atmospheric corrosivity, from very low to extreme. Source: ISO 9223:2012, table 1. */
export const CORROSIVITY = ['C1', 'C2', 'C3', 'C4', 'C5', 'CX'] as const
export const Corrosivity = z.enum(CORROSIVITY)
export type Corrosivity = z.infer<typeof Corrosivity>

/** By part, °C. */
const Temperatures = z.record(z.string(), z.number())
const Kilograms = z.number().min(0)

export const GeometryEstimate = z.looseObject({
  /** From 0 (impossible) to 1. Absent: nothing speaks against it. */
  geometryPossible: z.number().min(0).max(1).optional(),
  /** Why it is not, or hardly, possible. */
  reason: z.string().optional(),
})
export type GeometryEstimate = z.infer<typeof GeometryEstimate>

export const CostEstimate = z.looseObject({
  /** In the currency of the budget. */
  cost: z.number().min(0).optional(),
})
export type CostEstimate = z.infer<typeof CostEstimate>

export const EnvironmentReport = z.looseObject({ environment: Environment.optional() })
export type EnvironmentReport = z.infer<typeof EnvironmentReport>

export const Design = z.looseObject({ targetMassKg: Kilograms.optional() })
export type Design = z.infer<typeof Design>

export const MassProperties = z.looseObject({ massKg: Kilograms.optional() })
export type MassProperties = z.infer<typeof MassProperties>

export const StructuralReport = z.looseObject({
  /** Strength over the greatest stress; below 1 it breaks. */
  safetyFactor: z.number().min(0).optional(),
})
export type StructuralReport = z.infer<typeof StructuralReport>

export const ThermalReport = z.looseObject({ temperaturesC: Temperatures.optional() })
export type ThermalReport = z.infer<typeof ThermalReport>

export const ElectronicsReport = z.looseObject({
  temperaturesMaxC: Temperatures.optional(),
  powerNeededW: z.number().min(0).optional(),
  powerSuppliedW: z.number().min(0).optional(),
})
export type ElectronicsReport = z.infer<typeof ElectronicsReport>

export const MaterialReport = z.looseObject({
  material: z.string().optional(),
  /** The worst air it stands as it is protected. */
  corrosivityMax: Corrosivity.optional(),
  temperatureMaxC: z.number().optional(),
})
export type MaterialReport = z.infer<typeof MaterialReport>

export const ChemistryReport = z.looseObject({
  /** Of the air it will work in. */
  corrosivity: Corrosivity.optional(),
})
export type ChemistryReport = z.infer<typeof ChemistryReport>

export const ManufacturingPlan = z.looseObject({ process: z.string().optional() })
export type ManufacturingPlan = z.infer<typeof ManufacturingPlan>

/** True: what it asks for cannot be had without making the geometry anew. */
const changesGeometry = z.boolean().optional()

export const ValidationReport = z.looseObject({
  passed: z.boolean(),
  /** What is not as it was asked for, a sentence each. */
  problems: z.array(z.string()).optional(),
  changesGeometry,
})
export type ValidationReport = z.infer<typeof ValidationReport>

export const OptimizationProposal = z.looseObject({ changesGeometry })
export type OptimizationProposal = z.infer<typeof OptimizationProposal>

/** By agent. An agent that has no schema of its own is held to this one. */
export const HARDWARE_OUTPUTS = {
  GeometryEstimator: GeometryEstimate,
  CostEstimator: CostEstimate,
  Environment: EnvironmentReport,
  Designer: Design,
  MassProperties,
  Structural: StructuralReport,
  Thermal: ThermalReport,
  Electronics: ElectronicsReport,
  Material: MaterialReport,
  Chemistry: ChemistryReport,
  Manufacturing: ManufacturingPlan,
  Validation: ValidationReport,
  Optimization: OptimizationProposal,
} as const

export type KnownOutputs = typeof HARDWARE_OUTPUTS
export type HardwareOutput<Name extends keyof KnownOutputs> = z.infer<KnownOutputs[Name]>

/**
 * The output of an agent; undefined where it has none, because it failed, was skipped or was never given.
 * Throws an Error that says what is wrong with an output that is there but has another shape.
 */
export function outputOf<Name extends keyof KnownOutputs>(
  outputs: Outputs | undefined,
  name: Name,
): HardwareOutput<Name> | undefined {
  const output = outputs?.[name]
  if (output === undefined || output === null) return undefined
  const read = HARDWARE_OUTPUTS[name].safeParse(output)
  // The schema that read it is the one that stands under this very name.
  if (read.success) return read.data as HardwareOutput<Name>
  throw new Error(`The output of ${name} cannot be read: ${problemsOf(read.error, 'output')}.`)
}
