/** What one critic costs on top of its own work: ours against the rivals', paired. */

import { costsOf, pairedCosts, pairedRatios, spreadOf, type PairedOptions, type Spread } from './measure.ts'
import { CONTESTANTS } from './rivals/all.ts'
import type { Contestant } from './rivals/contestant.ts'
import { stagecraft } from './rivals/stagecraft.ts'
import { takesSignal, trivial, workload } from './workload.ts'

export type OverheadRow = {
  readonly name: string
  readonly microsPerCritic: Spread
  /** Ours divided by theirs. */
  readonly ratio: Spread
}

const OURS = 'Stagecraft'
const CRITICS = 10

export async function measureOverhead(options: PairedOptions): Promise<readonly OverheadRow[]> {
  const work = workload({ critics: CRITICS, evaluate: trivial })
  const contestants: Contestant[] = CONTESTANTS.map((make) => make(work))
  // The rivals make a signal whether it is taken or not; ours does so only when it is.
  const signalled = stagecraft(workload({ critics: CRITICS, evaluate: takesSignal }))
  contestants.splice(1, 0, { ...signalled, name: 'Stagecraft, signals taken' })
  const costs = await pairedCosts(
    contestants.map(({ name, critics, review }) => ({ name, units: critics, run: review })),
    options,
  )
  for (const contestant of contestants) await contestant.close?.()
  return contestants.map(({ name }) => ({
    name,
    microsPerCritic: spreadOf(costsOf(costs, name)),
    ratio: spreadOf(pairedRatios(costs, OURS, name)),
  }))
}

/** The paired ratio of ours to one rival. */
export function ratioTo(rows: readonly OverheadRow[], rival: string): number {
  return rows.find(({ name }) => name === rival)?.ratio.median ?? NaN
}
