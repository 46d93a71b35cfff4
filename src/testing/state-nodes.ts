/** State nodes: a walk over the parts of a machine's chart, `always` included. */

import type { AnyStateMachine, AnyTransitionDefinition, StateNode } from 'xstate'

/** A state of a chart, whatever its machine. */
export type ChartNode = AnyStateMachine['root']

/** Every node of a chart below and including this one, in document order. */
export function nodesWithin(node: ChartNode): ChartNode[] {
  return [node, ...childrenOf(node).flatMap(nodesWithin)]
}

export function childrenOf(node: ChartNode): StateNode[] {
  return Object.values(node.states)
}

/** The node, its parent, and so on up to the root. */
export function lineageOf(node: ChartNode): ChartNode[] {
  return node.parent ? [node, ...lineageOf(node.parent)] : [node]
}

export type ChartTransition = {
  /** `source state|event type|index among the candidates of this event`. */
  readonly key: string
  readonly transition: AnyTransitionDefinition
}

/** What stands for the event type of an `always` transition in a key. */
const ALWAYS = '(always)'

/** Every transition a node declares: events, delays, children, `onDone`, `route` and `always`. */
export function transitionsOf(node: ChartNode): ChartTransition[] {
  const candidates: [string, readonly AnyTransitionDefinition[]][] = [...node.transitions]
  return [...candidates, [ALWAYS, node.always ?? []] as const].flatMap(([eventType, transitions]) =>
    transitions.map((transition, index) => ({ key: `${node.id}|${eventType}|${index}`, transition })),
  )
}

/** The states that become active with a node: its initial state, all regions of a parallel one, and so on. */
export function enteredWith(node: ChartNode): ChartNode[] {
  if (node.type === 'compound') return [node, ...initialOf(node).flatMap(enteredWith)]
  if (node.type === 'parallel') {
    return [
      node,
      ...childrenOf(node)
        .filter((region) => region.type !== 'history')
        .flatMap(enteredWith),
    ]
  }
  return [node]
}

/** Empty when `initial` names no child, which XState finds out only when a machine starts. */
export function initialOf(node: ChartNode): readonly ChartNode[] {
  try {
    return node.initial.target
  } catch {
    return []
  }
}

/** A transition in words, for a person who looks for it: `a.b|GO|0 → #a.c if ready`. */
export function describeTransition({ key, transition }: ChartTransition): string {
  const targets = transition.target?.map((node) => `#${node.id}`).join(', ') ?? '(stays)'
  const guard = guardName(transition.guard)
  return `${key} → ${targets}${guard === undefined ? '' : ` if ${guard}`}`
}

function guardName(guard: unknown): string | undefined {
  if (typeof guard === 'string') return guard
  if (typeof guard === 'function') return guard.name
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type)
  return undefined
}
