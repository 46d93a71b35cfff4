/**
 * What one transition does in one configuration, worked out once: whom it leaves, what it runs, whom it enters, where it
 * arrives. XState works this out again for every event. Whoever changes this reads `computeExitSet` and
 * `computeEntrySet` of XState beside it.
 */

import {
  spawnChild,
  stopChild,
  type AnyStateNode,
  type AnyTransitionDefinition,
  type UnknownAction,
} from 'xstate'
import type { Configuration } from './configuration.ts'
import { DONE_STATE } from './internals.ts'
import { operationsOf, type Operation } from './operation.ts'

export type Entry = {
  readonly node: AnyStateNode
  /** Its entry actions, the start of what it invokes, and the actions of its initial transition. */
  readonly operations: readonly Operation[]
  /** When it is a final state: the types of the events that say so, of itself and of its parent. */
  readonly doneType: string
  readonly parentDoneType: string
  /** Actors that those actions may name before they exist; undefined when there are none. */
  readonly invoked: readonly string[] | undefined
}

export type Step = {
  /** Exit actions and stops, innermost state first, then the actions of the transition. */
  readonly leaving: readonly Operation[]
  readonly entering: readonly Entry[]
  /** Undefined when no other state is active afterwards. */
  readonly to: Configuration | undefined
  /** When the machine ends there: the exit actions of every state, innermost first. */
  readonly ending: readonly Operation[]
}

/** The configuration with this leaf. */
export type ConfigurationOf = (leaf: AnyStateNode) => Configuration

/** The line to the initial state: a machine's start enters all of it. */
export function firstStep(root: AnyStateNode, configurationOf: ConfigurationOf): Step {
  const nodes = lineThrough(root)
  return {
    leaving: [],
    entering: nodes.map((node) => entryOf(node, true)),
    to: configurationOf(leafOf(nodes)),
    ending: endingOf(nodes),
  }
}

export function stepOf(
  { nodes: before }: Configuration,
  transition: AnyTransitionDefinition,
  configurationOf: ConfigurationOf,
): Step {
  const { source, reenter } = transition
  const actions = operationsOf(transition.actions, source.machine)
  const [target] = transition.target ?? []
  if (!target) return { leaving: actions, entering: [], to: undefined, ending: [] }

  const domain = domainOf(target, source, reenter)
  const exited = before.filter((node) => isBelow(node, domain)).toReversed()
  const after = lineThrough(target)
  // A state that is its own target is not entered again, unless the transition says so.
  const isEntered = (node: AnyStateNode) =>
    node === target ? target !== source || source !== domain || reenter : isBelow(node, domain)
  return {
    leaving: [...exited.flatMap(leavingOf), ...actions],
    entering: after.filter(isEntered).map((node) => entryOf(node, node === target || isBelow(node, target))),
    to: leafOf(after) === leafOf(before) ? undefined : configurationOf(leafOf(after)),
    ending: endingOf(after),
  }
}

/** The innermost state that stays active; undefined when not even the root does. */
function domainOf(target: AnyStateNode, source: AnyStateNode, reenter: boolean): AnyStateNode | undefined {
  if (!reenter && (target === source || isBelow(target, source))) return source
  const common = lineTo(target)
    .slice(0, -1)
    .findLast((node) => isBelow(source, node))
  return common ?? (reenter ? undefined : source.machine.root)
}

/** From the root to a state. */
export function lineTo(node: AnyStateNode): readonly AnyStateNode[] {
  return node.parent ? [...lineTo(node.parent), node] : [node]
}

/** From the root to a state, and on to the leaf that is entered with it. */
export function lineThrough(node: AnyStateNode): readonly AnyStateNode[] {
  const line = [...lineTo(node)]
  for (let next = firstOf(node); next; next = firstOf(next)) line.push(next)
  return line
}

const firstOf = (node: AnyStateNode): AnyStateNode | undefined =>
  node.type === 'compound' ? node.initial.target[0] : undefined

// Every line has a root.
const leafOf = (line: readonly AnyStateNode[]) => line.at(-1) as AnyStateNode

/** Everything is below undefined. */
const isBelow = (node: AnyStateNode, ancestor: AnyStateNode | undefined): boolean =>
  ancestor === undefined ||
  (node.parent !== undefined && (node.parent === ancestor || isBelow(node.parent, ancestor)))

function entryOf(node: AnyStateNode, isByDefault: boolean): Entry {
  const spawns = node.invoke.map((invoke) =>
    // XState passes it whole, too; `systemId` may be there and undefined.
    spawnChild(invoke.src, { ...invoke, syncSnapshot: !!invoke.onSnapshot } as object),
  )
  const actions = [...node.entry, ...spawns, ...(isByDefault ? node.initial.actions : [])]
  return {
    node,
    operations: operationsOf(actions as UnknownAction[], node.machine),
    doneType: `${DONE_STATE}${node.id}`,
    parentDoneType: `${DONE_STATE}${node.parent?.id}`,
    invoked: node.invoke.length === 0 ? undefined : node.invoke.map(({ id }) => id),
  }
}

const leavingOf = (node: AnyStateNode): readonly Operation[] =>
  operationsOf([...node.exit, ...node.invoke.map(({ id }) => stopChild(id))], node.machine)

const endingOf = (nodes: readonly AnyStateNode[]): readonly Operation[] =>
  nodes.toReversed().flatMap((node) => operationsOf(node.exit, node.machine))
