/** The parts to buy: a bill with quantities, rolled up by group. */

import { costOf, totalCost, type Line } from '../parts/cost.ts'
import { partsOf, shapeOf } from '../sizing/design.ts'
import { rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

const byGroup = (lines: readonly Line[]): Readonly<Record<string, number>> =>
  lines.reduce<Record<string, number>>(
    (sums, { group, quantity, each }) => ({ ...sums, [group]: (sums[group] ?? 0) + quantity * each }),
    {},
  )

export const component = quadcopterAgent('component', ({ tasks, results, asked }) => {
  const parts = partsOf(designedIn({ tasks, results }).design)
  const lines = costOf(parts, shapeOf(parts))
  const cost = totalCost(lines)
  return {
    lines: lines.map((line) => ({
      ...line,
      quantity: rounded(line.quantity),
      total: Math.round(line.quantity * line.each),
    })),
    groups: Object.fromEntries(
      Object.entries(byGroup(lines)).map(([group, sum]) => [group, Math.round(sum)]),
    ),
    cost: Math.round(cost),
    budget: asked.budget,
    budgetLeft: Math.round(asked.budget - cost),
  }
})
