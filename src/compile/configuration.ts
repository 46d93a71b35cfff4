/** A configuration: a line of active states from the root to a leaf, and all that follows from it alone. */

import {
  assertEvent,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  type EventObject,
  type StateValue,
} from 'xstate'
import { ContextCopy } from './context-copy.ts'
import type { Draft } from './draft.ts'
import { guardOf, type Guard, type GuardArgs, type GuardSource } from './guard.ts'
import type { Step } from './step.ts'

/** A transition that an event may take from here. */
export type Candidate = {
  readonly transition: AnyTransitionDefinition
  readonly guard: Guard | undefined
  /** What it does from this configuration; worked out when it is first taken. */
  step: Step | undefined
}

const NONE: readonly Candidate[] = []

/** Event types that match only by a wildcard are remembered up to this number: anybody may invent more. */
const REMEMBERED_MAX = 10_000

export class Configuration {
  readonly nodes: AnyStateNode[]
  readonly value: StateValue
  readonly tags: Set<string>
  readonly contextCopy: ContextCopy
  /** XState lists the states of a machine that has ended the other way round, and their tags accordingly. */
  readonly endedNodes: AnyStateNode[]
  readonly endedTags: Set<string>
  /** Transitions that need no event. */
  readonly always: readonly Candidate[]
  readonly #exactTypes: ReadonlySet<string>
  readonly #hasWildcards: boolean
  readonly #byType = new Map<string, readonly Candidate[]>()
  // What is asked for again and again.
  #latestType: string | undefined
  #latest: readonly Candidate[] = NONE

  constructor(nodes: readonly AnyStateNode[], value = valueOf(nodes)) {
    this.nodes = [...nodes]
    this.value = value
    this.tags = tagsOf(nodes)
    this.contextCopy = new ContextCopy(nodes[0]?.machine.id ?? '')
    this.endedNodes = nodes.toReversed()
    this.endedTags = tagsOf(this.endedNodes)
    // From here on innermost first: that is who is asked first.
    this.always = this.endedNodes.flatMap((node) => (node.always ?? []).map(candidateOf))
    this.#exactTypes = new Set(this.endedNodes.flatMap((node) => [...node.transitions.keys()]))
    this.#hasWildcards = [...this.#exactTypes].some((type) => type.endsWith('*'))
  }

  /** Transitions that an event of this type may take, in the order in which XState tries them. */
  candidates(type: string): readonly Candidate[] {
    if (type === this.#latestType) return this.#latest
    const candidates = this.#byType.get(type) ?? this.#gather(type)
    this.#latestType = type
    this.#latest = candidates
    return candidates
  }

  /** True when these states are active, and no others. */
  covers(nodes: readonly AnyStateNode[]): boolean {
    return (
      nodes === this.nodes ||
      (nodes.length === this.nodes.length && this.nodes.every((node, at) => node === nodes[at]))
    )
  }

  #gather(type: string): readonly Candidate[] {
    if (!this.#hasWildcards && !this.#exactTypes.has(type)) return NONE
    const candidates = this.endedNodes.flatMap((node) => transitionsOf(node, type).map(candidateOf))
    if (this.#byType.size < REMEMBERED_MAX) this.#byType.set(type, candidates)
    return candidates
  }
}

/** The state value of a line. */
export function valueOf(nodes: readonly AnyStateNode[]): StateValue {
  const value = nodes
    .slice(1)
    .reduceRight<StateValue | undefined>(
      (inner, { key }) => (inner === undefined ? key : { [key]: inner }),
      undefined,
    )
  // A machine without states has an empty value.
  return value ?? {}
}

const tagsOf = (nodes: readonly AnyStateNode[]) => new Set(nodes.flatMap(({ tags }) => tags))

function candidateOf(transition: AnyTransitionDefinition): Candidate {
  const { guard, source } = transition
  return {
    transition,
    // XState checks the types of guards when a machine is written, and forgets them here.
    guard: guard === undefined ? undefined : guardOf(guard as GuardSource, source.machine as AnyStateMachine),
    step: undefined,
  }
}

/** What a state does on events of a type: the exact type first, then wildcards, the longest first. */
function transitionsOf({ transitions }: AnyStateNode, type: string): readonly AnyTransitionDefinition[] {
  const wildcards = [...transitions.keys()]
    .filter((descriptor) => descriptor !== type && matches(type, descriptor))
    .toSorted((a, b) => b.length - a.length)
  return [type, ...wildcards].flatMap((descriptor) => transitions.get(descriptor) ?? [])
}

/** XState's own matching, which it shows only inside of `assertEvent`. */
function matches(type: string, descriptor: string): boolean {
  try {
    assertEvent({ type }, descriptor as typeof type)
    return true
  } catch {
    return false
  }
}

/** The first that is enabled. Throws what a guard throws, with XState's words where it adds some. */
export function firstEnabled(candidates: readonly Candidate[], draft: Draft): Candidate | undefined {
  let args: GuardArgs | undefined
  for (let at = 0; at < candidates.length; at += 1) {
    const candidate = candidates[at] as Candidate
    if (!candidate.guard) return candidate
    args ??= { context: draft.context, event: draft.event }
    if (isEnabled(candidate.guard, candidate.transition, draft, args)) return candidate
  }
  return undefined
}

function isEnabled(
  guard: Guard,
  transition: AnyTransitionDefinition,
  draft: Draft,
  args: GuardArgs,
): boolean {
  try {
    return guard(draft, args)
  } catch (error) {
    throw isAlways(transition) ? error : new Error(unableToEvaluate(transition, draft.event, error))
  }
}

/** XState writes transitions without an event as those of an event without a name. */
const isAlways = ({ eventType }: AnyTransitionDefinition): boolean => eventType === ''

function unableToEvaluate(
  { guard, source }: AnyTransitionDefinition,
  { type }: EventObject,
  error: unknown,
): string {
  const name = typeof guard === 'string' ? guard : typeof guard === 'object' ? guard.type : undefined
  // Also of what is no error XState reads the message.
  // oxlint-disable-next-line prefer-destructuring -- taken apart, null has other words
  const message = (error as Error).message
  return `Unable to evaluate guard ${name ? `'${name}' ` : ''}in transition for event '${type}' in state node '${source.id}':\n${message}`
}
