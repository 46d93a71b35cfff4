/** Where the outputs of MULTI_PHYSICS contradict each other, or what was asked for. */

import type { Conflict } from '../../model/phase.ts'
import type { PhaseView } from '../projects/lifecycle.ts'
import { massOf, targetMassOf } from './conditions.ts'
import { CORROSIVITY, outputOf } from './outputs.ts'

type Rule = {
  /** The same as long as the conflict stands, whatever its numbers. */
  readonly id: string
  readonly between: readonly string[]
  /** What contradicts; undefined where nothing does, or an output is missing. */
  readonly find: (view: PhaseView) => string | undefined
}

const RULES: readonly Rule[] = [
  { id: 'thermal-electronics', between: ['Thermal', 'Electronics'], find: partsTooHot },
  { id: 'thermal-material', between: ['Thermal', 'Material'], find: materialTooHot },
  { id: 'structural-strength', between: ['Structural', 'Geometry'], find: breaks },
  { id: 'mass-target', between: ['MassProperties', 'Designer'], find: tooHeavy },
  { id: 'material-chemistry', between: ['Material', 'Chemistry'], find: corrodes },
  { id: 'electronics-power', between: ['Electronics'], find: starves },
]

/** Every conflict that stands, at most one of a rule. */
export function conflictsIn(view: PhaseView): readonly Conflict[] {
  return RULES.flatMap(({ id, between, find }) => {
    const message = find(view)
    return message === undefined ? [] : [{ id, between, message }]
  })
}

function partsTooHot({ tasks }: PhaseView): string | undefined {
  const limits = outputOf(tasks, 'Electronics')?.temperaturesMaxC ?? {}
  const hot = Object.entries(outputOf(tasks, 'Thermal')?.temperaturesC ?? {}).flatMap(([part, at]) => {
    const limit = limits[part]
    return limit !== undefined && at > limit ? [`${part} gets ${at} °C and stands ${limit} °C`] : []
  })
  return hot.length > 0 ? `Too hot: ${hot.join(', ')}.` : undefined
}

function materialTooHot({ tasks }: PhaseView): string | undefined {
  const { temperatureMaxC: limit, material = 'The material' } = outputOf(tasks, 'Material') ?? {}
  const hottest = Math.max(...Object.values(outputOf(tasks, 'Thermal')?.temperaturesC ?? {}))
  return limit !== undefined && hottest > limit
    ? `${material} stands ${limit} °C, and the hottest part gets ${hottest} °C.`
    : undefined
}

function breaks({ tasks, results }: PhaseView): string | undefined {
  const structural = outputOf(tasks, 'Structural') ?? outputOf(results['GEOMETRY_KERNEL'], 'Structural')
  const factor = structural?.safetyFactor
  return factor !== undefined && factor < 1 ? `It breaks: the safety factor is ${factor}.` : undefined
}

function tooHeavy(view: PhaseView): string | undefined {
  const [mass, target] = [massOf(view), targetMassOf(view)]
  return mass !== undefined && target !== undefined && mass > target
    ? `It weighs ${mass} kg, and is to weigh ${target} kg at most.`
    : undefined
}

function corrodes({ tasks }: PhaseView): string | undefined {
  const { corrosivityMax: stands, material = 'The material' } = outputOf(tasks, 'Material') ?? {}
  const met = outputOf(tasks, 'Chemistry')?.corrosivity
  return stands !== undefined && met !== undefined && CORROSIVITY.indexOf(met) > CORROSIVITY.indexOf(stands)
    ? `${material} stands air of class ${stands}, and will be in class ${met}.`
    : undefined
}

function starves({ tasks }: PhaseView): string | undefined {
  const { powerNeededW: needed, powerSuppliedW: supplied } = outputOf(tasks, 'Electronics') ?? {}
  return needed !== undefined && supplied !== undefined && needed > supplied
    ? `It needs ${needed} W and is supplied with ${supplied} W.`
    : undefined
}
