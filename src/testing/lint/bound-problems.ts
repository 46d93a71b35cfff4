/** Bounds: `always` transitions that may follow each other in a circle must be stopped by `maxIterations`. */

import type { AnyStateMachine } from 'xstate'
import { enteredWith, lineageOf, nodesWithin, type ChartNode } from '../state-nodes.ts'
import type { LintProblem } from './lint-problem.ts'

export function boundProblems(machine: AnyStateMachine): LintProblem[] {
  if (Number.isFinite(machine.options.maxIterations)) return []
  const message =
    'These `always` transitions can lead back here, and a loop without end would hang the process. ' +
    'Set `options: { maxIterations }` in the config of the machine.'
  return nodesWithin(machine.root)
    .filter((node) => canRecur(node))
    .map((node) => ({ path: `${node.id} always`, kind: 'unbounded_always', message }))
}

/** True when `always` transitions alone can lead from a node to itself, guards aside. */
function canRecur(node: ChartNode): boolean {
  const seen = new Set(nextOf(node))
  for (const next of seen) for (const after of nextOf(next)) seen.add(after)
  return seen.has(node)
}

/** The nodes whose `always` is looked at once one of this node's was taken. */
function nextOf(node: ChartNode): ChartNode[] {
  const asked = (node.always ?? []).flatMap((transition) => {
    // One that stays is asked again at once.
    if (!transition.target) return [node]
    // So is every state around the target: it is, or stays, active.
    return transition.target.flatMap((target) => [...enteredWith(target), ...lineageOf(target)])
  })
  return asked.filter((active) => active.always !== undefined)
}
