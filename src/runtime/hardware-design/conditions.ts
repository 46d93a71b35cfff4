/** When the conditional tasks of a hardware design run. */

import type { PhaseView } from '../projects/lifecycle.ts'
import { environmentOf, type Environment } from './environment.ts'
import { mentionOf } from './mention.ts'
import { outputOf } from './outputs.ts'
import { paramsOf } from './params.ts'

/** A part heavier than this many times its target is worth a lattice. */
const OVERWEIGHT = 1.1

const TERRAIN = mentionOf('terrain', 'ground', 'surface', 'map', 'mapping')
const SWARM = mentionOf('swarm', 'swarming', 'fleet')
/** The beginning of a word: PRINTED and 3DP are meant, a footprint is not. */
const ADDITIVE = /(?<![\p{L}\p{N}])(?:3-?d|additive|print)/iu
const FLUIDS: readonly Environment[] = ['EARTH_AERO', 'EARTH_MARINE', 'SPACE_VACUUM']

export const mentionsTerrain = ({ project }: PhaseView): boolean => TERRAIN.test(project.intent)
export const mentionsSwarm = ({ project }: PhaseView): boolean => SWARM.test(project.intent)

/** The params decide, then what the Environment agent found, then the words of the intent. */
export function environmentIn(view: PhaseView): Environment {
  const { environment: stated } = paramsOf(view)
  const found = outputOf(view.results['PLANNING'], 'Environment')?.environment
  return stated ?? found ?? environmentOf(view.project.intent)
}

export const isInFluid = (view: PhaseView): boolean => FLUIDS.includes(environmentIn(view))

export const isAdditive = ({ tasks }: PhaseView): boolean =>
  ADDITIVE.test(outputOf(tasks, 'Manufacturing')?.process ?? '')

/** Kilograms; what the params say comes before what the Designer says. */
export const targetMassOf = (view: PhaseView): number | undefined =>
  paramsOf(view).targetMassKg ?? designed(view, 'Designer')?.targetMassKg

/** Kilograms. */
export const massOf = (view: PhaseView): number | undefined => designed(view, 'MassProperties')?.massKg

export function isOverweight(view: PhaseView): boolean {
  const target = targetMassOf(view) ?? 0
  return target > 0 && (massOf(view) ?? 0) > OVERWEIGHT * target
}

export const hasNotPassed = ({ tasks }: PhaseView): boolean => outputOf(tasks, 'Validation')?.passed === false

const designed = <Name extends 'Designer' | 'MassProperties'>(view: PhaseView, name: Name) =>
  outputOf(view.results['GEOMETRY_KERNEL'], name)
