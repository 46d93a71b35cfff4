/** The ISA: a project's single source of truth, physical values that know what they were computed from. */

import type { PhysicalValue } from '../units/physical-value.ts'
import type { Units } from '../units/units.ts'
import type { IsaChange } from './change.ts'
import type { Bounds } from './check-constraint.ts'
import type { Constraint } from './constraint.ts'
import type { IsaDiff } from './diff.ts'
import type { IsaNode, NodeAbout, NodeValue } from './isa-node.ts'
import { EMPTY_ISA, type IsaState } from './isa-state.ts'
import { WorkingIsa } from './working-isa.ts'

/** One ISA in memory: synchronous, and nobody else's. Everything it hands out is frozen. */
export interface Isa {
  /** Grows by one with every change, and with every transaction that changes something. */
  readonly revision: number
  /** SHA-256 over everything that matters: values, constraints, dependencies, staleness, owners, descriptions. */
  readonly stateHash: string
  readonly size: number
  readonly domains: readonly string[]
  has(id: string): boolean
  /** Throws `isa.unknown_node`, with names that are near. */
  get(id: string): IsaNode
  /** In the order of their ids. */
  list(domain?: string): readonly ListedNode[]
  /** Throws `isa.unknown_node`, `units.dimension`. */
  magnitude(id: string, unit: string): number
  /** The value in another unit: magnitude and bounds as points on the scale, the tolerance as a difference. */
  in(id: string, unit: string): PhysicalValue & { readonly bounds: Bounds }
  /**
   * Adds a node or changes it, makes it fresh, and all that depends on it stale if its magnitude, unit or tolerance
   * changed. What `about` leaves out stays as it was. Throws `isa.locked`, `isa.dimension` (a node keeps its
   * dimension), `isa.invalid_value`, `isa.circular`, `isa.unknown_node` (a dependency), `units.unknown`.
   */
  set(id: string, value: NodeValue, about?: NodeAbout): IsaNode
  /** Lets a locked node be set again. */
  unlock(id: string): IsaNode
  /** Says that a stale node was computed again, and is what it was. */
  confirm(id: string): IsaNode
  /** Throws `isa.needed` while others depend on it, `isa.locked`. */
  remove(id: string): void
  /** All of the work or none: when it throws, everything is as before. Synchronous; transactions may nest. */
  transaction<T>(work: () => T): T
  /** Every constraint that is not kept, in the order of ids. */
  violations(): readonly Violation[]
  stale(): readonly string[]
  /** What has changed since another state; before and after in the same unit. */
  diff(from: IsaState): IsaDiff
  /** What was done to it since it was made, as plain JSON, so that it can be done again elsewhere. */
  readonly changes: readonly IsaChange[]
  /** Plain JSON in the order of ids, of nodes that are shared and frozen. */
  toJSON(): IsaState
}

export type ListedNode = IsaNode & { readonly id: string }

export type Violation = { readonly id: string; readonly constraint: Constraint; readonly message: string }

export type IsaOptions = {
  readonly units: Units
  /** Where it begins; frozen in place. Default: empty, at revision 0. */
  readonly state?: IsaState
  /** Who sets values here: the owner of what is added, and the source of what names none. */
  readonly owner?: string
}

/** An ISA of its own, from a state or from nothing. Throws `isa.invalid_state`. */
export function createIsa({ units, state = EMPTY_ISA, owner }: IsaOptions): Isa {
  return new WorkingIsa(units, state, owner ?? null)
}
