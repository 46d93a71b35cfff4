/** The instruments: CPU time in paired rounds, heap after collection, and the statistics of both. */

import { cpuUsage, memoryUsage, threadCpuUsage } from 'node:process'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** One thing to measure, as often as asked. */
export type Subject = {
  readonly name: string
  /** What one call does, so that costs can be told per unit. */
  readonly units: number
  readonly run: () => Promise<void>
}

export type PairedOptions = {
  readonly rounds: number
  /** CPU time each subject gets in one round. */
  readonly slotMs: number
  /** CPU time each subject gets at most before the first round, so that it is compiled. */
  readonly warmUpMs: number
}

/** Microseconds per unit, one figure a round; figures of the same round belong together. */
export type Costs = ReadonlyMap<string, readonly number[]>

/** CPU time of the main thread for so many runs; what helper threads do meanwhile is not in it. */
export async function cpuMicros(run: () => Promise<void>, times: number): Promise<number> {
  const before = threadMicros()
  for (let time = 0; time < times; time += 1) await run()
  // What a call leaves to be done behind its back is part of its cost.
  await nextTurn()
  return threadMicros() - before
}

/** Linux brings a thread's account up to date once per tick (4 ms), unless the whole process is asked about first. */
function threadMicros(): number {
  cpuUsage()
  const { user, system } = threadCpuUsage()
  return user + system
}

/** Alternating rounds, in a new random order each time: what disturbs one subject disturbs its neighbours as well. */
export async function pairedCosts(subjects: readonly Subject[], options: PairedOptions): Promise<Costs> {
  const entries: { subject: Subject; times: number; costs: number[] }[] = []
  for (const subject of subjects) {
    const micros = await warmUp(subject, options.warmUpMs)
    entries.push({ subject, times: Math.max(1, Math.round((options.slotMs * 1_000) / micros)), costs: [] })
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { subject, times, costs } of shuffled(entries)) {
      // Nobody pays for another's garbage. Only the young: a full collection makes V8 forget code it has compiled.
      collectGarbage('minor')
      costs.push((await cpuMicros(() => subject.run(), times)) / (times * subject.units))
    }
  }
  return new Map(entries.map(({ subject, costs }) => [subject.name, costs]))
}

/** What a server is like after a minute: V8 comes back to code that stays hot, several times, and the more code the later. */
const WARM_UP_UNITS = 150_000

/** Runs until compiled; says what one call costs by then. */
async function warmUp({ run, units }: Subject, warmUpMs: number): Promise<number> {
  let times = 1
  let done = 0
  let spent = 0
  let micros = 0
  do {
    const batch = await cpuMicros(run, times)
    micros = batch / times
    done += times * units
    spent += batch
    // Batches grow, so that reading the clock costs nothing, but only to the length of a slot.
    if (batch < 50_000) times *= 2
  } while (done < WARM_UP_UNITS && spent < warmUpMs * 1_000)
  return micros
}

/** The figures of one subject. Throws for a subject that was not measured. */
export function costsOf(costs: Costs, name: string): readonly number[] {
  const figures = costs.get(name)
  if (!figures) throw new Error(`"${name}" was not measured.`)
  return figures
}

/** One ratio a round, so that a slow moment of the machine cancels out. */
export function pairedRatios(costs: Costs, name: string, against: string): readonly number[] {
  const others = costsOf(costs, against)
  return costsOf(costs, name).map((cost, round) => cost / (others[round] ?? NaN))
}

export type Spread = { readonly median: number; readonly low: number; readonly high: number }

/** The median, and the quartiles around it. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) }
}

export const medianOf = (figures: readonly number[]) => spreadOf(figures).median

/** Linear between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)] ?? NaN
  const above = sorted[Math.ceil(at)] ?? NaN
  return below + (above - below) * (at - Math.floor(at))
}

/** A new order, each as likely as the others (Fisher and Yates). */
export function shuffled<Item>(items: readonly Item[]): Item[] {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1))
    const [a, b] = [order[last], order[other]]
    if (a !== undefined && b !== undefined) [order[last], order[other]] = [b, a]
  }
  return order
}

/** Throws when node was started without --expose-gc. */
export function collectGarbage(type: 'minor' | 'major'): void {
  if (!globalThis.gc) throw new Error('Start the benchmark with `npm run bench`: it needs node --expose-gc.')
  globalThis.gc({ type, execution: 'sync' })
}

/** Bytes that one run allocates: the growth of the heap while nothing is collected. */
export async function allocatedBytes(run: () => Promise<void>): Promise<number> {
  for (let time = 0; time < 3_000; time += 1) await run()
  const samples: number[] = []
  for (let sample = 0; sample < 40; sample += 1) {
    collectGarbage('minor')
    const before = memoryUsage().heapUsed
    // Few enough to fit into the young generation.
    for (let time = 0; time < 4; time += 1) await run()
    samples.push((memoryUsage().heapUsed - before) / 4)
  }
  return medianOf(samples)
}

/** Bytes that are really held: turns pass, so that what waits to be let go is, and what is unreachable is collected. */
export async function heapBytes(): Promise<number> {
  for (let time = 0; time < 4; time += 1) {
    await nextTurn()
    collectGarbage('major')
  }
  return memoryUsage().heapUsed
}
