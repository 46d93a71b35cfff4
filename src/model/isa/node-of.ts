/** Makes a node of what is said about it, or refuses it. */

import type { z } from 'zod'
import { canonicalJson } from '../canonical.ts'
import { StagecraftError } from '../errors.ts'
import { PhysicalValue } from '../units/physical-value.ts'
import type { Constraint } from './constraint.ts'
import { NodeAbout, type IsaNode, type NodeValue } from './isa-node.ts'
import { NodeId } from './node-id.ts'

/** Throws `isa.invalid_value`. */
export function readNodeId(id: string): string {
  return parsed('The id of a node', NodeId, id)
}

/** Whole, where what is left out has its default. Throws `isa.invalid_value`. */
export function readValue(id: string, value: NodeValue, source: string): PhysicalValue {
  // Without types it may be anything; it is read below.
  const said = Object(value) as NodeValue
  // No negative zero: JSON has none.
  const magnitude = said.magnitude === 0 ? 0 : said.magnitude
  const whole = { tolerance: 0, validationScore: 0, locked: false, ...said, magnitude }
  return parsed(`The value of ${id}`, PhysicalValue, { ...whole, source: said.source ?? source })
}

/** Only what is said, and dependencies once each, in order. Throws `isa.invalid_value`. */
export function readAbout(id: string, about: NodeAbout): NodeAbout {
  const said = Object.fromEntries(Object.entries(about).filter(([, part]) => part !== undefined))
  const { dependsOn, ...others } = parsed(`What is said of ${id}`, NodeAbout, said)
  return dependsOn ? { ...others, dependsOn: [...new Set(dependsOn)].toSorted() } : others
}

/** The node that a set makes of what was there. */
export function nodeOf(
  value: PhysicalValue,
  about: NodeAbout,
  before: IsaNode | undefined,
  owner: string | null,
): IsaNode {
  const constraints = (about.constraints ?? before?.constraints ?? []).map((one) => withUnit(one, value.unit))
  return {
    value: constraints.some(({ kind }) => kind === 'locked') ? { ...value, locked: true } : value,
    constraints,
    dependsOn: about.dependsOn ?? before?.dependsOn ?? [],
    isStale: false,
    owner: about.owner !== undefined ? about.owner : before ? before.owner : owner,
    description: about.description ?? before?.description ?? '',
  }
}

/** Bounds keep their meaning when the value is set in another unit later. */
const withUnit = (constraint: Constraint, unit: string): Constraint =>
  constraint.kind === 'range' || constraint.kind === 'oneOf'
    ? { ...constraint, unit: constraint.unit ?? unit }
    : constraint

/** True when a set would change nothing but, perhaps, staleness. */
export const isSame = (a: IsaNode, b: IsaNode): boolean =>
  isSameAmount(a.value, b.value) &&
  canonicalJson({ ...a, isStale: false }) === canonicalJson({ ...b, isStale: false })

/** True when nothing that is computed from a value can have changed. */
export const isSameAmount = (a: PhysicalValue, b: PhysicalValue): boolean =>
  a.magnitude === b.magnitude && a.unit === b.unit && a.tolerance === b.tolerance

function parsed<T>(what: string, schema: z.ZodType<T>, data: unknown): T {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const place = issue?.path.length ? ` ${issue.path.join('.')}:` : ''
  throw new StagecraftError(
    'isa.invalid_value',
    `${what} is not valid:${place} ${issue?.message ?? 'wrong'}.`,
  )
}
