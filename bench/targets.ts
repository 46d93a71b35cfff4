/** What was promised, and whether the figures keep it. */

import { ratioTo, type OverheadRow } from './overhead.ts'
import type { ScalingRow } from './scaling.ts'
import type { ScenarioRow } from './scenario.ts'

export type Target = {
  readonly name: string
  readonly atMost: number
  readonly measured: number
  readonly met: boolean
}

export function targetsOf(
  overhead: readonly OverheadRow[],
  scaling: readonly ScalingRow[],
  scenario: readonly ScenarioRow[],
): readonly Target[] {
  const growth = scaling.find(({ name }) => name.startsWith('Stagecraft'))?.growth.median ?? NaN
  const lowRisk = scenario.find(({ request, how }) => request === 'low risk' && how === 'gated')
  return [
    target('cost of a critic / p-queue + cockatiel', 7, ratioTo(overhead, 'p-queue + cockatiel')),
    target('cost of a critic / LangGraph.js', 0.25, ratioTo(overhead, 'LangGraph.js')),
    target('cost of a critic, 300 critics / 10', 1.5, growth),
    target('critics of ten that a low-risk request runs', 2, lowRisk?.ran ?? NaN),
  ]
}

/** Not a number meets nothing. */
const target = (name: string, atMost: number, measured: number): Target => ({
  name,
  atMost,
  measured,
  met: measured <= atMost,
})
