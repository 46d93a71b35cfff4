/** An ISA at work: nodes, what depends on what, and what open transactions would put back. */

import { StagecraftError } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { nearNames } from '../near-names.ts'
import { convertTo } from '../units/arithmetic.ts'
import type { PhysicalValue } from '../units/physical-value.ts'
import type { Units } from '../units/units.ts'
import type { IsaChange } from './change.ts'
import { boundsIn, problemWith, refuseConstraint, type Bounds } from './check-constraint.ts'
import { diffBetween, type IsaDiff } from './diff.ts'
import { circleText, type Graph } from './graph.ts'
import type { Isa, ListedNode, Violation } from './isa.ts'
import type { IsaNode, NodeAbout, NodeValue } from './isa-node.ts'
import { checkState, stateHashOf, vouched, type IsaState } from './isa-state.ts'
import { domainOf } from './node-id.ts'
import { isSame, isSameAmount, nodeOf, readAbout, readNodeId, readValue } from './node-of.ts'

export class WorkingIsa implements Isa {
  readonly changes: IsaChange[] = []
  readonly #units: Units
  readonly #owner: string | null
  readonly #nodes: Map<string, IsaNode>
  readonly #graph: Graph
  /** What open transactions would put back, oldest first. */
  readonly #before: { readonly id: string; readonly node: IsaNode | undefined }[] = []
  #transactions = 0
  #revision: number
  #hash: string | undefined

  constructor(units: Units, state: IsaState, owner: string | null) {
    this.#graph = checkState(state)
    this.#nodes = new Map(Object.entries(state.nodes))
    this.#units = units
    this.#owner = owner
    this.#revision = state.revision
  }

  get revision(): number {
    return this.#revision
  }

  get stateHash(): string {
    return (this.#hash ??= stateHashOf(this.#nodes))
  }

  get size(): number {
    return this.#nodes.size
  }

  get domains(): readonly string[] {
    return [...new Set([...this.#nodes.keys()].map(domainOf))].toSorted()
  }

  has(id: string): boolean {
    return this.#nodes.has(id)
  }

  get(id: string): IsaNode {
    const node = this.#nodes.get(id)
    if (node) return node
    throw this.#unknown(id, 'There is no node')
  }

  list(domain?: string): readonly ListedNode[] {
    return this.#sorted()
      .filter(([id]) => domain === undefined || domainOf(id) === domain)
      .map(([id, node]) => ({ id, ...node }))
  }

  magnitude(id: string, unit: string): number {
    const { value } = this.get(id)
    return this.#units.convert(value.magnitude, value.unit, unit)
  }

  in(id: string, unit: string): PhysicalValue & { readonly bounds: Bounds } {
    const { value, constraints } = this.get(id)
    return { ...convertTo(this.#units, value, unit), bounds: boundsIn(this.#units, constraints, unit) }
  }

  set(id: string, value: NodeValue, about: NodeAbout = {}): IsaNode {
    const said = readAbout(id, about)
    const before = this.#nodes.get(readNodeId(id))
    const whole = readValue(id, value, this.#owner ?? 'unstated')
    const node = nodeOf(whole, said, before, this.#owner)
    this.#refuse(id, node, before)
    if (before && isSame(before, node) && !before.isStale) return before
    this.#put(id, vouched(node))
    this.#graph.freshened(id)
    if (before && !isSameAmount(before.value, node.value)) this.#makeStale(id)
    // Whoever does it again is not the one whose it is.
    this.#record({
      kind: 'set',
      id,
      value: node.value,
      about: before ? said : { ...said, owner: node.owner },
    })
    return node
  }

  unlock(id: string): IsaNode {
    const before = this.get(id)
    if (!before.value.locked) return before
    const constraints = before.constraints.filter(({ kind }) => kind !== 'locked')
    this.#put(id, vouched({ ...before, constraints, value: { ...before.value, locked: false } }))
    this.#record({ kind: 'unlock', id })
    return this.get(id)
  }

  confirm(id: string): IsaNode {
    const before = this.get(id)
    if (!before.isStale) return before
    this.#put(id, vouched({ ...before, isStale: false }))
    this.#graph.freshened(id)
    this.#record({ kind: 'confirm', id })
    return this.get(id)
  }

  remove(id: string): void {
    if (this.get(id).value.locked) throw locked(id)
    const needing = this.#graph.dependantsOf(id)
    if (needing.length > 0)
      throw new StagecraftError(
        'isa.needed',
        `${id} cannot be removed: ${needing.slice(0, NAMED_MAX).join(', ')} depend${needing.length > 1 ? '' : 's'} on it.`,
      )
    this.#put(id, undefined)
    this.#record({ kind: 'remove', id })
  }

  transaction<T>(work: () => T): T {
    const [changes, undoable] = [this.changes.length, this.#before.length]
    this.#transactions++
    try {
      const result = work()
      if (result instanceof Promise) {
        // Nobody waits for it any more: what it still throws must not end the process.
        result.catch(() => {})
        throw new StagecraftError(
          'input.invalid',
          'A transaction of an ISA is synchronous: await what it needs before it begins.',
        )
      }
      if (this.#transactions === 1 && this.changes.length > changes) this.#revision++
      return result
    } catch (error) {
      this.#undo(undoable)
      this.changes.length = changes
      throw error
    } finally {
      this.#transactions--
      if (this.#transactions === 0) this.#before.length = 0
    }
  }

  violations(): readonly Violation[] {
    return this.#sorted().flatMap(([id, { value, constraints }]) =>
      constraints.flatMap((constraint) => {
        const problem = problemWith(this.#units, value, constraint, this.#valueOf)
        return problem === undefined ? [] : [{ id, constraint, message: `${id} ${problem}.` }]
      }),
    )
  }

  stale(): readonly string[] {
    return this.#sorted().flatMap(([id, { isStale }]) => (isStale ? [id] : []))
  }

  diff(from: IsaState): IsaDiff {
    return diffBetween(this.#units, from, this.toJSON())
  }

  toJSON(): IsaState {
    return { revision: this.#revision, nodes: Object.fromEntries(this.#sorted()) }
  }

  readonly #valueOf = (id: string) => this.#nodes.get(id)?.value

  #sorted(): readonly (readonly [string, IsaNode])[] {
    return [...this.#nodes].toSorted(([a], [b]) => (a < b ? -1 : 1))
  }

  #refuse(id: string, node: IsaNode, before: IsaNode | undefined): void {
    const dimension = this.#units.dimensionOf(node.value.unit)
    if (before && this.#units.dimensionOf(before.value.unit) !== dimension)
      throw new StagecraftError(
        'isa.dimension',
        `${id} is measured in ${before.value.unit}, so it cannot be set in ${node.value.unit}: remove it, or use another id.`,
      )
    if (before?.value.locked && !isSame(before, node)) throw locked(id)
    if (!before && this.#nodes.size >= LIMITS.isa.nodesMax)
      throw new StagecraftError('isa.invalid_value', `An ISA holds ${LIMITS.isa.nodesMax} nodes at most.`)
    if (before?.dependsOn !== node.dependsOn) this.#refuseDependencies(id, node.dependsOn, before)
    for (const constraint of node.constraints)
      refuseConstraint(this.#units, id, node.value, constraint, this.#valueOf)
  }

  #refuseDependencies(id: string, dependsOn: readonly string[], before: IsaNode | undefined): void {
    const missing = dependsOn.find((other) => other !== id && !this.#nodes.has(other))
    if (missing !== undefined)
      throw this.#unknown(missing, `${id} cannot depend on a node that is not there:`)
    // Nothing can lead back to a node that is new, but itself.
    if (!before && !dependsOn.includes(id)) return
    const circle = this.#graph.circleFrom(id, dependsOn)
    if (circle)
      throw new StagecraftError('isa.circular', `${id} would depend on itself: ${circleText(circle)}.`)
  }

  #makeStale(id: string): void {
    for (const behind of this.#graph.toStale(id, (other) => this.get(other).isStale))
      this.#put(behind, vouched({ ...this.get(behind), isStale: true }))
  }

  #put(id: string, node: IsaNode | undefined): void {
    const before = this.#nodes.get(id)
    if (this.#transactions > 0) this.#before.push({ id, node: before })
    this.#hash = undefined
    if (node) this.#nodes.set(id, node)
    else this.#nodes.delete(id)
    if (!node) this.#graph.unlink(id)
    else if (before?.dependsOn !== node.dependsOn) this.#graph.link(id, node.dependsOn)
  }

  #undo(keep: number): void {
    for (let last = this.#before.length; last > keep; last--) {
      const { id, node } = this.#before[last - 1] ?? { id: '', node: undefined }
      this.#put(id, node)
    }
    this.#before.length = keep
    this.#graph.forgetStale()
  }

  #record(change: IsaChange): void {
    this.changes.push(Object.freeze(change))
    if (this.#transactions === 0) this.#revision++
  }

  #unknown(id: string, what: string): StagecraftError {
    return new StagecraftError('isa.unknown_node', `${what} "${id}".${nearNames(id, this.#nodes.keys())}`)
  }
}

/** Nodes that a message names. */
const NAMED_MAX = 5

const locked = (id: string) =>
  new StagecraftError('isa.locked', `${id} is locked: unlock it first, if it may be other than it is.`)
