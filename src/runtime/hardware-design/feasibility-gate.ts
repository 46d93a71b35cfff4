/** The gate of FEASIBILITY: refuses what cannot be built and what costs far more than there is. */

import type { GateReply, GateView } from '../projects/lifecycle.ts'
import { outputOf } from './outputs.ts'
import { paramsOf } from './params.ts'

/** Costs over this many budgets are refused, over the other they are warned of. */
const REFUSED_OVER = 10
const WARNED_OVER = 2

export function feasibilityGate(
  { tasks, project }: Pick<GateView, 'tasks' | 'project'>,
  options: { readonly budget?: number | undefined } = {},
): GateReply {
  const geometry = outputOf(tasks, 'GeometryEstimator')
  if (geometry?.geometryPossible === 0)
    return { result: 'FAIL', reason: geometry.reason ?? 'Its geometry is not possible.' }
  const budget = paramsOf({ project }).budget ?? options.budget
  if (budget === undefined) return { result: 'PASS', reason: 'It can be built; no budget was given.' }
  return withinBudget(outputOf(tasks, 'CostEstimator')?.cost, budget)
}

function withinBudget(cost: number | undefined, budget: number): GateReply {
  if (cost === undefined)
    return {
      result: 'PASS',
      reason: 'It can be built. Warning: no cost was estimated to hold against the budget.',
    }
  const share = `the estimated cost of ${cost} is more than`
  if (cost > REFUSED_OVER * budget)
    return { result: 'FAIL', reason: `Warning: ${share} ${REFUSED_OVER} times the budget of ${budget}.` }
  if (cost > WARNED_OVER * budget)
    return {
      result: 'PASS',
      reason: `It can be built. Warning: ${share} ${WARNED_OVER} times the budget of ${budget}.`,
    }
  return { result: 'PASS', reason: 'It can be built.' }
}
