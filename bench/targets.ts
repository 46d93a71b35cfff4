/** What was promised, and whether the figures keep it. */

import type { AgentsFire } from './agents.ts'
import { worstRatio, type CallRow } from './call.ts'
import type { Compiled } from './compiled.ts'
import type { Durable } from './durable.ts'
import { FEED_ALONE } from './feed.ts'
import { ratioTo, type OverheadRow } from './overhead.ts'
import type { ScalingRow } from './scaling.ts'
import type { ScenarioRow } from './scenario.ts'

export type Target = {
  readonly name: string
  readonly bound: 'at most' | 'at least'
  readonly limit: number
  readonly measured: number
  readonly met: boolean
}

type Measured = {
  readonly overhead: readonly OverheadRow[]
  readonly scaling: readonly ScalingRow[]
  readonly compiled: Compiled
  readonly scenario: readonly ScenarioRow[]
  readonly call: readonly CallRow[]
  readonly agents: AgentsFire
  readonly durable: Durable
}

export const targetsOf = (measured: Measured): readonly Target[] => [
  ...reviewTargets(measured),
  atMost('cost of a call through breaker and bulkhead / cockatiel', 1, worstRatio(measured.call)),
  ...agentTargets(measured),
  ...projectTargets(measured),
]

const agentTargets = ({ agents }: Measured): readonly Target[] => [
  atLeast('throughput of healthy agents beside sick ones / alone', 0.95, agents.kept.median),
  atMost('calls of a hundred agents at once', 20, agents.peakOfAll),
  atMost('calls of one agent at once', 5, agents.peakOfOne),
  atMost('calls without exactly one end', 0, agents.unaccounted),
]

function reviewTargets({ overhead, scaling, compiled, scenario }: Measured): readonly Target[] {
  const variant = (what: string) => compiled.variants.find((row) => row.what === what)?.ratio.median ?? NaN
  const allocated = compiled.allocated.find(({ name }) => name === 'Stagecraft')?.bytesPerCritic ?? NaN
  const growth = scaling.find(({ name }) => name.startsWith('Stagecraft'))?.growth.median ?? NaN
  const lowRisk = scenario.find(({ request, how }) => request === 'low risk' && how === 'gated')
  return [
    atMost('cost of a critic / p-queue + cockatiel', 1, ratioTo(overhead, 'p-queue + cockatiel')),
    atMost('cost of a critic / Effect', 1.5, ratioTo(overhead, 'Effect')),
    atMost('cost of a critic / LangGraph.js', 0.03, ratioTo(overhead, 'LangGraph.js')),
    atMost('cost of a critic, 1,000 critics / p-queue + cockatiel', 1.2, variant('1,000 critics')),
    atMost('cost of a critic, bare charts / p-queue + cockatiel', 0.5, variant('10 critics, bare charts')),
    atMost('KB allocated per critic', 12, allocated / 1_024),
    atLeast('one event on a live machine, interpreted / compiled', 10, compiled.event.faster.median),
    atMost('cost of a critic, 300 critics / 10', 1.5, growth),
    atMost('critics of ten that a low-risk request runs', 2, lowRisk?.ran ?? NaN),
  ]
}

function projectTargets({ durable }: Measured): readonly Target[] {
  const { projects, transitions, resumed, waiting, feed } = durable
  const alone = feed.find(({ how }) => how === FEED_ALONE)
  const together = Math.max(...transitions.rates.map(({ concurrent }) => concurrent))
  const rate = transitions.rates.find(({ concurrent }) => concurrent === together)
  const langGraph = projects.find(({ name }) => name === 'LangGraph.js, the same durability')
  return [
    atLeast(
      `durable transitions per second, ${together} projects at once`,
      2_000,
      rate?.perSecond.median ?? NaN,
    ),
    atMost(`seconds until ${resumed.projects} open projects are resumed`, 2, resumed.againMs.median / 1_000),
    atMost('bytes of memory that a waiting project keeps', 2_048, waiting.bytesPerProject),
    atLeast('facts per second in memory, ten listening', 200_000, alone?.factsPerSecond.median ?? NaN),
    atMost(`timers of ${waiting.projects} waiting projects`, 1, waiting.timers),
    ...(langGraph?.at ?? []).map(({ concurrent, ratio }) =>
      atMost(`time of a project / LangGraph.js, ${concurrent} at once`, 1, ratio.median),
    ),
  ]
}

/** Not a number meets nothing. */
const atMost = (name: string, limit: number, measured: number): Target => ({
  name,
  bound: 'at most',
  limit,
  measured,
  met: measured <= limit,
})

const atLeast = (name: string, limit: number, measured: number): Target => ({
  name,
  bound: 'at least',
  limit,
  measured,
  met: measured >= limit,
})
