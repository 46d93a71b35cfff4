/** What the tests of the ISA share. */

import { loadUnits } from '../../../src/actors/units.ts'
import { createIsa, type Isa } from '../../../src/model/isa/isa.ts'
import type { IsaState } from '../../../src/model/isa/isa-state.ts'

export const units = await loadUnits()

export const isaOf = (state?: IsaState): Isa => createIsa({ units, ...(state && { state }) })

/** `{ 'a.x': [], 'a.y': ['a.x'] }`: lengths that depend on each other. */
export function lengths(dependsOn: Readonly<Record<string, readonly string[]>>): Isa {
  const isa = isaOf()
  for (const [id, others] of Object.entries(dependsOn)) isa.set(id, metres(1), { dependsOn: others })
  return isa
}

export const metres = (magnitude: number) => ({ magnitude, unit: 'm' })

export function codeOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}
