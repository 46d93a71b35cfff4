/** Rules over an ISA: what must not be true of a design at the same time. */

import type { Conflict } from '../phase.ts'
import type { Isa, Violation } from './isa.ts'

export type IsaRule = {
  /** The same as long as the conflict stands, whatever its numbers. */
  readonly id: string
  /** Whose work contradicts. */
  readonly between: readonly string[]
  /** What contradicts, in one sentence; undefined where nothing does. */
  readonly find: (isa: Isa) => string | undefined
}

/** A rule as it stands, for an editor to know its shape. */
export const defineRule = (rule: IsaRule): IsaRule => rule

/**
 * What contradicts: every rule that finds something, and every constraint that is not kept, `isa:<kind>:<node>`
 * between the nodes it concerns. A rule changes nothing; it may ask for nodes that are not there with `has`.
 */
export function conflictsOf(isa: Isa, rules: readonly IsaRule[] = []): readonly Conflict[] {
  const found = rules.flatMap(({ id, between, find }) => {
    const message = find(isa)
    return message === undefined ? [] : [{ id, between, message }]
  })
  return [...found, ...isa.violations().map(conflictOf)]
}

/** A constraint that is not kept, as a conflict. */
export function conflictOf({ id, constraint, message }: Violation): Conflict {
  const between = 'node' in constraint ? [id, constraint.node] : [id]
  return { id: `isa:${constraint.kind}:${id}`, between, message }
}
