/** Puts together what several have done to copies of one ISA at the same time. */

import { isStagecraftError, messageOf } from '../errors.ts'
import type { Conflict } from '../phase.ts'
import type { Units } from '../units/units.ts'
import { diffBetween } from './diff.ts'
import type { IsaChange } from './change.ts'
import { Graph } from './graph.ts'
import type { IsaNode } from './isa-node.ts'
import { vouched, type IsaState } from './isa-state.ts'
import { createIsa, type Isa } from './isa.ts'
import { isSame, isSameAmount } from './node-of.ts'

export type Merging = {
  readonly units: Units
  readonly base: IsaState
  /** In the order in which they count; but nobody counts before those whose changes they saw. */
  readonly by: readonly ChangesBy[]
}

export type ChangesBy = {
  /** Each once. */
  readonly who: string
  /** What was done to a copy of the base, with the changes of those that were seen in it. */
  readonly changes: readonly IsaChange[]
  /** Who was seen, and with them whom they saw; default: nobody. */
  readonly saw?: readonly string[]
}

export type Merged = {
  /** One revision above the base, or the base itself where nothing changed. */
  readonly state: IsaState
  /** Nodes that are new, or other than in the base: their staleness counts too. */
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  readonly conflicts: readonly Conflict[]
}

/**
 * Does everything again, in order. A change that would make other what somebody else has changed unseen, or that is
 * refused, is a conflict `isa:<node>`: the first stands, and nothing else of the second to that node counts. What was
 * computed from a value that somebody else has changed unseen, or from one that does not stand, is stale.
 */
export function mergeChanges({ units, base, by }: Merging): Merged {
  const merge = new Merge(createIsa({ units, state: base }), seenBy(by))
  for (const one of inOrder(by)) merge.add(one)
  const merged = merge.state()
  const { added, removed, changed } = diffBetween(units, base, merged)
  const isChanged = added.length + removed.length + changed.length > 0
  return {
    state: isChanged ? { revision: base.revision + 1, nodes: merged.nodes } : base,
    changed: [...added, ...changed].map(({ id }) => id).toSorted(),
    removed: removed.map(({ id }) => id),
    conflicts: merge.conflicts,
  }
}

type Seen = ReadonlyMap<string, ReadonlySet<string>>

/** Whom everybody saw, themselves and those seen through others included. */
function seenBy(by: readonly ChangesBy[]): Seen {
  const direct = new Map(by.map(({ who, saw = [] }) => [who, saw]))
  const behind = (who: string) => {
    const seen = new Set([who])
    for (const one of seen) for (const other of direct.get(one) ?? []) seen.add(other)
    return seen
  }
  return new Map(by.map(({ who }) => [who, behind(who)]))
}

function inOrder(by: readonly ChangesBy[]): readonly ChangesBy[] {
  const named = new Map(by.map((one) => [one.who, one]))
  const begun = new Set<ChangesBy>()
  const placed: ChangesBy[] = []
  const place = (one: ChangesBy | undefined): void => {
    if (!one || begun.has(one)) return
    begun.add(one)
    for (const other of one.saw ?? []) place(named.get(other))
    placed.push(one)
  }
  for (const one of by) place(one)
  return placed
}

class Merge {
  readonly conflicts: Conflict[] = []
  readonly #isa: Isa
  readonly #seen: Seen
  /** Who has changed a node, in anything, or said that it is what it was. */
  readonly #changed = new Map<string, Set<string>>()
  /** Who has changed its amount, so that what was computed from it is no longer right. */
  readonly #moved = new Map<string, Set<string>>()
  /** Amounts that do not stand: what was computed from one, by whom it was seen, is not right either. */
  readonly #lost: { readonly who: string; readonly id: string; readonly to: readonly string[] }[] = []
  /** Who has set or confirmed it last. */
  readonly #computed = new Map<string, string>()

  constructor(isa: Isa, seen: Seen) {
    this.#isa = isa
    this.#seen = seen
  }

  add({ who, changes }: ChangesBy): void {
    const refused = new Set<string>()
    for (const change of changes) {
      if (!refused.has(change.id)) {
        const problem = this.#try(who, change)
        if (problem === undefined) continue
        refused.add(change.id)
        const between = [...new Set([...this.#othersBehind(change), who])]
        this.conflicts.push({ id: `isa:${change.id}`, between, message: problem })
      }
      this.#noteLost(who, change)
    }
  }

  /** With what was computed from values that somebody else has changed unseen made stale. */
  state(): IsaState {
    const state = this.#isa.toJSON()
    const nodes = { ...state.nodes }
    for (const id of this.#outdated(state)) {
      const node = nodes[id]
      if (node && !node.isStale) nodes[id] = vouched({ ...node, isStale: true })
    }
    return { ...state, nodes }
  }

  /** Does one change, or says why not. What somebody has changed unseen stays as it is, the same or not. */
  #try(who: string, change: IsaChange): string | undefined {
    const { id } = change
    const unseen = [...(this.#changed.get(id) ?? [])].find((other) => !this.#hasSeen(who, other))
    const before = this.#nodeAt(id)
    if (unseen !== undefined && change.kind === 'remove' && !before) return undefined
    try {
      this.#isa.transaction(() => {
        perform(this.#isa, change)
        if (unseen === undefined) return
        const isRefuted = change.kind === 'confirm' && this.#hasMoved(unseen, id)
        const isSettled = !isRefuted && !isOther(before, this.#nodeAt(id))
        throw new Undone(isSettled ? undefined : `${unseen} and ${who} have changed ${id} differently.`)
      })
    } catch (error) {
      if (error instanceof Undone) return error.problem
      if (isStagecraftError(error)) return messageOf(error)
      throw error
    }
    this.#note(who, id, before)
    return undefined
  }

  #note(who: string, id: string, before: IsaNode | undefined): void {
    const after = this.#nodeAt(id)
    this.#changed.set(id, (this.#changed.get(id) ?? new Set()).add(who))
    this.#computed.set(id, who)
    if (before && after && isSameAmount(before.value, after.value)) return
    this.#moved.set(who, (this.#moved.get(who) ?? new Set()).add(id))
  }

  #noteLost(who: string, change: IsaChange): void {
    const { id } = change
    const stands = this.#nodeAt(id)
    if (change.kind !== 'set' || (stands && isSameAmount(stands.value, change.value))) return
    const to = [...(this.#changed.get(id) ?? [])].filter((other) => !this.#hasSeen(who, other))
    this.#lost.push({ who, id, to })
  }

  #hasMoved(who: string | undefined, id: string): boolean {
    return who !== undefined && (this.#moved.get(who)?.has(id) ?? false)
  }

  #nodeAt(id: string): IsaNode | undefined {
    return this.#isa.has(id) ? this.#isa.get(id) : undefined
  }

  #hasSeen(who: string, other: string): boolean {
    return this.#seen.get(who)?.has(other) ?? false
  }

  #othersBehind(change: IsaChange): readonly string[] {
    const ids = [change.id, ...(change.kind === 'set' ? (change.about.dependsOn ?? []) : [])]
    return ids.flatMap((id) => [...(this.#changed.get(id) ?? [])])
  }

  #outdated({ nodes }: IsaState): ReadonlySet<string> {
    const graph = new Graph()
    for (const [id, { dependsOn }] of Object.entries(nodes)) graph.link(id, dependsOn)
    const outdated = new Set<string>()
    const add = (ids: Iterable<string>, isWrong: (computedBy: string) => boolean) => {
      for (const id of graph.behind(ids)) {
        const computedBy = this.#computed.get(id)
        if (computedBy !== undefined && isWrong(computedBy)) outdated.add(id)
      }
    }
    for (const [who, ids] of this.#moved) add(ids, (by) => !this.#hasSeen(by, who))
    for (const { who, id, to } of this.#lost)
      add([id], (by) => this.#hasSeen(by, who) && !to.some((other) => this.#hasSeen(by, other)))
    return outdated
  }
}

/** Ends a transaction that was made to see what would come of it. */
class Undone extends Error {
  readonly problem: string | undefined

  constructor(problem: string | undefined) {
    super(problem)
    this.problem = problem
  }
}

const isOther = (before: IsaNode | undefined, after: IsaNode | undefined): boolean =>
  before && after ? !isSame(before, after) : before !== after

function perform(isa: Isa, change: IsaChange): void {
  if (change.kind === 'set') isa.set(change.id, change.value, change.about)
  else isa[change.kind](change.id)
}
