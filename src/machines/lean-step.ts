/**
 * What one transition does to a chart without parallel states, worked out once: whom it exits, what it runs, whom it
 * enters, where it ends. XState works this out again for every event. Whoever changes this reads `computeExitSet` and
 * `computeEntrySet` of XState beside it.
 */

import {
  spawnChild,
  stopChild,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  type StateValue,
  type UnknownAction,
} from 'xstate'

export type Entry = {
  readonly node: AnyStateNode
  /** Its entry actions, the start of what it invokes, and the actions of its initial transition. */
  readonly actions: readonly UnknownAction[]
  /** Actors that those actions may name before they exist. */
  readonly invoked: readonly string[]
}

export type Step = {
  /** Exit actions and stops, innermost state first, then the actions of the transition. */
  readonly leaving: readonly UnknownAction[]
  readonly entering: readonly Entry[]
  /** From the root to the active leaf; the same as before when `stays`. */
  readonly nodes: readonly AnyStateNode[]
  readonly stays: boolean
  /** When the machine ends there: the exit actions of every state, innermost first. */
  readonly ending: readonly UnknownAction[]
}

/** True for a chart whose active states always form one line, from the root to a leaf, and that never moves unasked. */
export function isOneLine(machine: AnyStateMachine): boolean {
  return (
    machine.root.type === 'compound' && isPlain(machine.root) && machine.options.maxIterations === Infinity
  )
}

function isPlain(node: AnyStateNode): boolean {
  const states = Object.values(node.states)
  return (
    ['atomic', 'compound', 'final'].includes(node.type) &&
    (node.type === 'compound' || states.length === 0) &&
    node.always === undefined &&
    [...node.transitions.values()].flat().every(({ target = [] }) => target.length < 2) &&
    states.every(isPlain)
  )
}

/** The line to the initial state: a machine's start enters all of it. */
export function firstStep(root: AnyStateNode): Step {
  const nodes = lineThrough(root)
  return {
    leaving: [],
    entering: nodes.map((node) => entryOf(node, true)),
    nodes,
    stays: false,
    ending: exitsOf(nodes),
  }
}

/** What the transition does when `leaf` is active. */
export function stepOf(leaf: AnyStateNode, transition: AnyTransitionDefinition): Step {
  const { source, actions, reenter } = transition
  const before = lineTo(leaf)
  const [target] = transition.target ?? []
  if (!target) return { leaving: actions, entering: [], nodes: before, stays: true, ending: [] }

  const domain = domainOf(target, source, reenter)
  const exited = before.filter((node) => isBelow(node, domain)).toReversed()
  const nodes = lineThrough(target)
  // A state that is its own target is not entered again, unless the transition says so.
  const isEntered = (node: AnyStateNode) =>
    node === target ? target !== source || source !== domain || reenter : isBelow(node, domain)
  return {
    leaving: [...exited.flatMap((node) => [...node.exit, ...stopsOf(node)]), ...actions],
    entering: nodes.filter(isEntered).map((node) => entryOf(node, node === target || isBelow(node, target))),
    nodes,
    stays: nodes.at(-1) === leaf,
    ending: exitsOf(nodes),
  }
}

/** The state value of a line. */
export function valueOf(nodes: readonly AnyStateNode[]): StateValue {
  return nodes.slice(1).reduceRight<StateValue | undefined>(
    (inner, { key }) => (inner === undefined ? key : { [key]: inner }),
    undefined,
    // A one-line chart has a compound root, so there is always a state below it.
  ) as StateValue
}

/** The innermost state that stays active; undefined when not even the root does. */
function domainOf(target: AnyStateNode, source: AnyStateNode, reenter: boolean): AnyStateNode | undefined {
  if (!reenter && (target === source || isBelow(target, source))) return source
  const common = lineTo(target)
    .slice(0, -1)
    .findLast((node) => isBelow(source, node))
  return common ?? (reenter ? undefined : source.machine.root)
}

function lineTo(node: AnyStateNode): AnyStateNode[] {
  return node.parent ? [...lineTo(node.parent), node] : [node]
}

function lineThrough(node: AnyStateNode): AnyStateNode[] {
  const line = lineTo(node)
  for (let next = firstOf(node); next; next = firstOf(next)) line.push(next)
  return line
}

const firstOf = (node: AnyStateNode): AnyStateNode | undefined =>
  node.type === 'compound' ? node.initial.target[0] : undefined

/** Everything is below undefined. */
const isBelow = (node: AnyStateNode, ancestor: AnyStateNode | undefined): boolean =>
  ancestor === undefined ||
  (node.parent !== undefined && (node.parent === ancestor || isBelow(node.parent, ancestor)))

function entryOf(node: AnyStateNode, isByDefault: boolean): Entry {
  const spawns = node.invoke.map((invoke) =>
    // XState passes it whole, too; `systemId` may be there and undefined.
    spawnChild(invoke.src, { ...invoke, syncSnapshot: !!invoke.onSnapshot } as object),
  )
  return {
    node,
    actions: [...node.entry, ...spawns, ...(isByDefault ? node.initial.actions : [])],
    invoked: node.invoke.map(({ id }) => id),
  }
}

const exitsOf = (nodes: readonly AnyStateNode[]): UnknownAction[] =>
  nodes.toReversed().flatMap((node) => node.exit)

const stopsOf = (node: AnyStateNode): UnknownAction[] => node.invoke.map(({ id }) => stopChild(id))
