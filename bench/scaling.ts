/** Whether a critic costs the same in a large panel as in a small one. */

import { costsOf, pairedCosts, pairedRatios, spreadOf, type PairedOptions, type Spread } from './measure.ts'
import type { MakeContestant } from './rivals/contestant.ts'
import { pQueueCockatiel } from './rivals/p-queue-cockatiel.ts'
import { stagecraft } from './rivals/stagecraft.ts'
import { trivial, workload } from './workload.ts'

const SIZES = [10, 100, 300] as const

export type ScalingRow = {
  readonly name: string
  readonly microsPerCritic: readonly { readonly critics: number; readonly micros: Spread }[]
  /** Cost of a critic in the largest panel, divided by its cost in the smallest. */
  readonly growth: Spread
}

type Series = { readonly name: string; readonly make: MakeContestant; readonly concurrentMax: number }

/** With ten at once most of a large panel queues; with all at once nobody does. */
const SERIES: readonly Series[] = [
  { name: 'Stagecraft, 10 critics at once', make: stagecraft, concurrentMax: 10 },
  { name: 'Stagecraft, all at once', make: stagecraft, concurrentMax: 300 },
  { name: 'p-queue + cockatiel, 10 at once', make: pQueueCockatiel, concurrentMax: 10 },
]

const keyOf = (series: Series, critics: number) => `${series.name}, ${critics}`

export async function measureScaling(options: PairedOptions): Promise<readonly ScalingRow[]> {
  const subjects = SERIES.flatMap((series) =>
    SIZES.map((critics) => {
      const { concurrentMax } = series
      const { review } = series.make(workload({ critics, evaluate: trivial, concurrentMax }))
      return { name: keyOf(series, critics), units: critics, run: review }
    }),
  )
  const costs = await pairedCosts(subjects, options)
  return SERIES.map((series) => ({
    name: series.name,
    microsPerCritic: SIZES.map((critics) => ({
      critics,
      micros: spreadOf(costsOf(costs, keyOf(series, critics))),
    })),
    growth: spreadOf(pairedRatios(costs, keyOf(series, 300), keyOf(series, 10))),
  }))
}
