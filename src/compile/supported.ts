/** What keeps a machine from being compiled: its active states must always form one line, from the root to a leaf. */

import { CompiledMachine } from './compiled-machine.ts'
import { StateMachine, type AnyStateMachine, type AnyStateNode } from 'xstate'

/** Why not, one sentence each; none for a machine that can be compiled. */
export function hindrancesOf(machine: AnyStateMachine): readonly string[] {
  const ownClass =
    machine.constructor === StateMachine || machine instanceof CompiledMachine
      ? []
      : [`It is of a class of its own, ${machine.constructor.name}.`]
  const { context } = machine.config as { readonly context?: unknown }
  const oddContext =
    typeof context === 'object' && context !== null && Object.hasOwn(context, '__proto__')
      ? ['Its context has a property named __proto__.']
      : []
  return [...ownClass, ...oddContext, ...nodesFrom(machine.root).flatMap(hindrancesIn)]
}

function hindrancesIn(node: AnyStateNode): readonly string[] {
  const found: string[] = []
  const place = `#${node.id}`
  if (node.type === 'parallel') found.push(`${place} has parallel states.`)
  if (node.type === 'history') found.push(`${place} is a history state.`)
  const hasStates = Object.keys(node.states).length > 0
  if (hasStates !== (node.type === 'compound') && node.type !== 'parallel')
    found.push(`${place} is of type "${node.type}" ${hasStates ? 'and has states' : 'but has no states'}.`)
  for (const { eventType, target = [] } of transitionsOf(node))
    if (target.length > 1) found.push(`${place} has a transition with several targets (on "${eventType}").`)
  return found
}

const nodesFrom = (node: AnyStateNode): readonly AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesFrom),
]

const transitionsOf = (node: AnyStateNode) => [
  ...[...node.transitions.values()].flat(),
  ...(node.always ?? []),
]
