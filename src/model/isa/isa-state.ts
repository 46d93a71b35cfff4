/** The state of an ISA as plain JSON: a revision and its nodes. */

import { z } from 'zod'
import { hashOf } from '../canonical.ts'
import { StagecraftError } from '../errors.ts'
import { deepFreeze } from '../frozen-copy.ts'
import { LIMITS } from '../limits.ts'
import { circleText, Graph } from './graph.ts'
import { IsaNode } from './isa-node.ts'
import { NodeId } from './node-id.ts'

export const IsaState = z
  .strictObject({ revision: z.int().nonnegative(), nodes: z.record(NodeId, IsaNode).readonly() })
  .readonly()
  .meta({ id: 'IsaState' })
export type IsaState = z.infer<typeof IsaState>

export const EMPTY_ISA: IsaState = deepFreeze({ revision: 0, nodes: {} })

/** Nodes that were checked already, with their hashes once these were asked for: they are frozen, and shared. */
const checked = new WeakSet<IsaNode>()
const hashes = new WeakMap<IsaNode, string>()

/** Freezes a node that its maker vouches for. */
export function vouched(node: IsaNode): IsaNode {
  checked.add(deepFreeze(node))
  return node
}

/** A state, as far as it is not nodes: these are read one by one, unless that was done before. */
const Whole = z.strictObject({
  revision: z.int().nonnegative(),
  nodes: z.custom<object>(isRecord, 'must hold nodes by their ids'),
})

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Freezes a state in place and gives what depends on what in it. Throws `isa.invalid_state`. */
export function checkState(state: IsaState): Graph {
  const { error } = Whole.safeParse(state)
  if (error) throw refused(error.issues.map(({ path, message }) => [...path, message].join(' ')).join('; '))
  const nodes = Object.entries(state.nodes)
  if (nodes.length > LIMITS.isa.nodesMax) throw refused(`it has more than ${LIMITS.isa.nodesMax} nodes`)
  const graph = new Graph()
  for (const [id, node] of nodes) {
    if (!checked.has(node)) checkNode(id, node)
    const missing = node.dependsOn.find((other) => !Object.hasOwn(state.nodes, other))
    if (missing !== undefined) throw refused(`${id} depends on ${missing}, which is not there`)
    graph.link(id, node.dependsOn)
  }
  const circle = graph.firstCircle()
  if (circle) throw refused(`it has a circle: ${circleText(circle)}`)
  return graph
}

const NodeAt = z.object({ id: NodeId, node: IsaNode })

function checkNode(id: string, node: IsaNode): void {
  const parsed = NodeAt.safeParse({ id, node })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw refused(`${id}: ${issue?.path.slice(1).join('.') ?? ''} ${issue?.message ?? 'is wrong'}`)
  }
  vouched(node)
}

/** A hash of the hashes of all nodes, so that one change costs one node. */
export function stateHashOf(nodes: Iterable<readonly [string, IsaNode]>): string {
  return hashOf(Object.fromEntries([...nodes].map(([id, node]) => [id, hashOfNode(node)])))
}

function hashOfNode(node: IsaNode): string {
  const known = hashes.get(node)
  if (known !== undefined) return known
  const hash = hashOf(node)
  hashes.set(node, hash)
  return hash
}

const refused = (why: string) =>
  new StagecraftError('isa.invalid_state', `This is not the state of an ISA: ${why}.`)
