/** A node of the ISA: one physical value of a project, with what limits it and what it was computed from. */

import { z } from 'zod'
import { LIMITS } from '../limits.ts'
import { PhysicalValue } from '../units/physical-value.ts'
import { Constraint } from './constraint.ts'
import { NodeId } from './node-id.ts'

const constraints = z.array(Constraint).max(LIMITS.isa.constraintsMax).readonly()
const dependsOn = z.array(NodeId).max(LIMITS.isa.dependenciesMax).readonly()
const owner = z.string().max(LIMITS.nameCharsMax).nullable()
const description = z.string().max(LIMITS.textCharsMax)

export const IsaNode = z
  .strictObject({
    value: PhysicalValue,
    constraints,
    /** The nodes it was computed from, in alphabetical order. */
    dependsOn,
    /** True once something it depends on has changed since it was set or confirmed. */
    isStale: z.boolean(),
    owner,
    description,
  })
  .readonly()
  .meta({ id: 'IsaNode' })
export type IsaNode = z.infer<typeof IsaNode>

/** What may be said of a node beside its value; what is left out stays as it was. */
export const NodeAbout = z.strictObject({ constraints, dependsOn, owner, description }).partial().readonly()
export type NodeAbout = z.infer<typeof NodeAbout>

/** A value as it is set: exact, unchecked and unlocked unless it says otherwise. Source: whoever sets it. */
export type NodeValue = Pick<PhysicalValue, 'magnitude' | 'unit'> &
  Partial<Pick<PhysicalValue, 'tolerance' | 'source' | 'validationScore' | 'locked'>>
