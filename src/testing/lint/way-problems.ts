/** Ways: states nothing leads to, and states nothing leads out of. */

import type { AnyStateMachine } from 'xstate'
import {
  childrenOf,
  enteredWith,
  lineageOf,
  nodesWithin,
  transitionsOf,
  type ChartNode,
} from '../state-nodes.ts'
import type { LintProblem } from './lint-problem.ts'

export function wayProblems(machine: AnyStateMachine, deadEnds: readonly string[]): LintProblem[] {
  const nodes = nodesWithin(machine.root)
  const reached = reachedFrom(machine.root)
  const stuck = nodes.filter((node) => reached.has(node) && isStuck(node))
  return [
    ...nodes
      .filter((node) => !reached.has(node))
      .map((node) => noWay(node, 'unreachable', 'No transition leads here, whatever the guards say.')),
    ...stuck
      .filter((node) => !deadEnds.includes(node.id))
      .map((node) =>
        noWay(node, 'dead_end', 'Nothing leads out of here and it is not final. Allow it by `deadEnds`?'),
      ),
    ...nodes.filter((node) => node.type === 'history').flatMap(historyProblems),
  ]
}

const noWay = ({ id }: ChartNode, kind: LintProblem['kind'], message: string): LintProblem => ({
  path: id,
  kind,
  message,
})

/** Every state that can become active, guards aside. */
function reachedFrom(root: ChartNode): ReadonlySet<ChartNode> {
  const reached = new Set<ChartNode>(enteredWith(root))
  for (const node of reached) {
    for (const target of targetsOf(node)) {
      for (const entered of enteredBy(target)) reached.add(entered)
    }
  }
  return reached
}

const targetsOf = (node: ChartNode): readonly ChartNode[] =>
  transitionsOf(node).flatMap(({ transition }) => transition.target ?? [])

/** A target, what becomes active with it, and what it lies in, with the other regions if that is parallel. */
function enteredBy(target: ChartNode): ChartNode[] {
  const around = lineageOf(target).flatMap((node) => (node.type === 'parallel' ? enteredWith(node) : [node]))
  const restored = target.type === 'history' ? (historyDefault(target) ?? []) : []
  return [...enteredWith(target), ...around, ...restored.flatMap(enteredBy)]
}

/** Undefined when the default of a history state does not exist; XState looks for it only when it is needed. */
function historyDefault(node: ChartNode): readonly ChartNode[] | undefined {
  const target: unknown = Reflect.get(node.config, 'target')
  if (target === undefined) return node.parent ? enteredWith(node.parent) : []
  if (typeof target !== 'string') return undefined
  if (target.startsWith('#')) return named(node.machine, target)
  const sibling = target
    .split('.')
    .reduce<ChartNode | undefined>(
      (found, key) => found && childrenOf(found).find((child) => child.key === key),
      node.parent,
    )
  return sibling && [sibling]
}

function named(machine: AnyStateMachine, id: string): readonly ChartNode[] | undefined {
  try {
    return [machine.getStateNodeById(id)]
  } catch {
    return undefined
  }
}

function historyProblems(node: ChartNode): LintProblem[] {
  if (historyDefault(node)) return []
  return [noWay(node, 'unknown_state', 'The default `target` of this history state does not exist.')]
}

/** Only where a machine can rest: in an atomic state, or in a final one inside a state that is not done by it. */
function isStuck(node: ChartNode): boolean {
  if (node.type === 'atomic') return !hasWayOut(node)
  if (node.type !== 'final') return false
  const done = completedBy(node)
  // A final state of the root ends the machine.
  return done.parent !== undefined && !hasWayOut(done)
}

/** The state that a final one completes: its parent, or the parallel state its region belongs to. */
function completedBy(final: ChartNode): ChartNode {
  const parent = final.parent ?? final
  return parent.parent?.type === 'parallel' ? completedBy(parent) : parent
}

/** A transition of the state, or of one around it, whose target is neither the state nor inside it. */
function hasWayOut(node: ChartNode): boolean {
  const outside = (target: ChartNode) => !lineageOf(target).includes(node)
  return lineageOf(node).some((around) => targetsOf(around).some(outside))
}
