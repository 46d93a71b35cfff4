/** How agents put what they computed into the project's ISA: a value, its unit, its source, what it follows from. */

import type { AgentContext } from 'stagecraft/runtime'

type Isa = Awaited<ReturnType<AgentContext['isa']>>
type About = NonNullable<Parameters<Isa['set']>[2]>

export type Entry = {
  /** `domain.name`. */
  readonly id: string
  readonly magnitude: number
  readonly unit: string
  /** A share of the magnitude, or a difference in the same unit; default exact. */
  readonly within?: number
  readonly tolerance?: number
  /** May not be set again. */
  readonly locked?: boolean
  /** Where the number comes from: a standard, a formula, a data sheet. */
  readonly source: string
  readonly description: string
} & Pick<About, 'dependsOn' | 'constraints'>

/** More digits than anybody can build to would only hide a change. */
const DIGITS = 6

export const rounded = (value: number): number => Number(value.toPrecision(DIGITS))

/** Sets all of them or, when one is refused, none. They are recorded when the agent's attempt succeeds. */
export async function record(
  { isa: open }: Pick<AgentContext, 'isa'>,
  entries: readonly Entry[],
): Promise<void> {
  const isa = await open()
  isa.transaction(() => {
    for (const entry of entries) {
      const { id, magnitude, unit, within = 0, tolerance, source, locked, description } = entry
      const value = {
        magnitude: rounded(magnitude),
        unit,
        tolerance: rounded(tolerance ?? Math.abs(magnitude) * within),
        source,
        ...(locked !== undefined && { locked }),
      }
      isa.set(id, value, {
        dependsOn: entry.dependsOn ?? [],
        constraints: entry.constraints ?? [],
        description,
      })
    }
  })
}
