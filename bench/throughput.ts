/** Reviews per second of wall-clock time, alone and many at once. */

import { performance } from 'node:perf_hooks'
import { collectGarbage, shuffled, spreadOf, type Spread } from './measure.ts'
import { CONTESTANTS } from './rivals/all.ts'
import type { Contestant } from './rivals/contestant.ts'
import { trivial, workload } from './workload.ts'

const CONCURRENT = [1, 10, 100] as const

export type ThroughputRow = {
  readonly name: string
  readonly perSecond: readonly { readonly concurrent: number; readonly reviews: Spread }[]
}

export type ThroughputOptions = { readonly rounds: number; readonly slotMs: number }

export async function measureThroughput(options: ThroughputOptions): Promise<readonly ThroughputRow[]> {
  const work = workload({ critics: 10, evaluate: trivial })
  const contestants = CONTESTANTS.map((make) => make(work))
  const trials = contestants.flatMap((contestant) =>
    CONCURRENT.map((concurrent) => ({ contestant, concurrent, rates: [] as number[] })),
  )
  for (let round = 0; round < options.rounds; round += 1)
    for (const { contestant, concurrent, rates } of shuffled(trials)) {
      collectGarbage('minor')
      rates.push(await rateOf(contestant, { concurrent, slotMs: options.slotMs }))
    }
  for (const contestant of contestants) await contestant.close?.()
  return contestants.map((contestant) => ({
    name: contestant.name,
    perSecond: trials
      .filter((trial) => trial.contestant === contestant)
      .map(({ concurrent, rates }) => ({ concurrent, reviews: spreadOf(rates) })),
  }))
}

/** So many callers, each of which asks again as soon as it is answered. */
async function rateOf(
  contestant: Contestant,
  { concurrent, slotMs }: { concurrent: number; slotMs: number },
): Promise<number> {
  const startedAt = performance.now()
  let reviews = 0
  const caller = async () => {
    while (performance.now() - startedAt < slotMs) {
      await contestant.review()
      reviews += 1
    }
  }
  await Promise.all(Array.from({ length: concurrent }, caller))
  return (reviews * 1_000) / (performance.now() - startedAt)
}
