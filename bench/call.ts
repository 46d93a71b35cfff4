/** What it costs to go through a closed breaker and a free bulkhead: ours against cockatiel's, paired. */

import {
  bulkhead as theirBulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  handleAll,
  SamplingBreaker,
  wrap,
  type IBreaker,
} from 'cockatiel'
import { combine, createBulkhead, createCircuitBreaker } from '../dist/runtime/resilience/index.js'
import { costsOf, pairedCosts, pairedRatios, spreadOf, type PairedOptions, type Spread } from './measure.ts'

export type CallRow = {
  readonly name: string
  readonly microsPerCall: Spread
  /** Ours, with the same way to count failures, divided by it. */
  readonly ratio: Spread
}

type Call = (work: () => Promise<number>) => Promise<number>
type Way = { readonly name: string; readonly ours: string; readonly call: Call }

const FEW = 'Stagecraft, failures within a window'
const SHARE = 'Stagecraft, share of failures'
const CALLS = 100
const ANSWER = 42

const WAYS: readonly Way[] = [
  { name: FEW, ours: FEW, call: ours({}) },
  { name: 'cockatiel, consecutive failures', ours: FEW, call: theirs(new ConsecutiveBreaker(5)) },
  { name: SHARE, ours: SHARE, call: ours({ failureRate: 0.5 }) },
  {
    name: 'cockatiel, share of failures',
    ours: SHARE,
    call: theirs(new SamplingBreaker({ threshold: 0.5, duration: 60_000 })),
  },
  { name: 'nothing around the call', ours: FEW, call: (work) => work() },
]

export async function measureCall(options: PairedOptions): Promise<readonly CallRow[]> {
  for (const { name, call } of WAYS) await checkCall(name, call)
  const costs = await pairedCosts(
    WAYS.map(({ name, call }) => ({ name, units: CALLS, run: () => callMany(call) })),
    options,
  )
  return WAYS.map(({ name, ours: own }) => ({
    name,
    microsPerCall: spreadOf(costsOf(costs, name)),
    ratio: spreadOf(pairedRatios(costs, own, name)),
  }))
}

/** The paired ratio of ours to cockatiel, where it is worst. */
export function worstRatio(rows: readonly CallRow[]): number {
  const theirRows = rows.filter(({ name }) => name.startsWith('cockatiel'))
  return theirRows.length === 0 ? NaN : Math.max(...theirRows.map(({ ratio }) => ratio.median))
}

function ours(options: { readonly failureRate?: number }): Call {
  const bulkhead = createBulkhead({ concurrentMax: 20, queueMax: 100 })
  const both = combine({ bulkhead, breaker: createCircuitBreaker(options) })
  return (work) => both.call(work)
}

function theirs(breaker: IBreaker): Call {
  const both = wrap(theirBulkhead(20, 100), circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker }))
  return (work) => both.execute(work)
}

async function callMany(call: Call): Promise<void> {
  for (let count = 0; count < CALLS; count += 1) await call(work)
}

const work = async () => ANSWER

/** Fails the run unless the work is done once, and what it says comes through. */
async function checkCall(name: string, call: Call): Promise<void> {
  let calls = 0
  const answer = await call(async () => {
    calls += 1
    return ANSWER
  })
  if (answer !== ANSWER || calls !== 1) throw new Error(`"${name}" made ${calls} calls and said ${answer}.`)
}
