/** All measurements, one after the other, in one process. */

import { measureAgents, type AgentsFire, type AgentsOptions } from './agents.ts'
import { measureCall, type CallRow } from './call.ts'
import { checkContestants } from './check-contestants.ts'
import { measureCompiled, type Compiled, type CompiledOptions } from './compiled.ts'
import { measureDurable, type Durable, type DurableOptions } from './durable.ts'
import { describeMachine, type Machine } from './machine.ts'
import { collectGarbage, type PairedOptions } from './measure.ts'
import { measureMemory, type MemoryOptions, type MemoryRow } from './memory.ts'
import { measureOverhead, type OverheadRow } from './overhead.ts'
import { measureScaling, type ScalingRow } from './scaling.ts'
import { measureScenario, type ScenarioRow } from './scenario.ts'
import { targetsOf, type Target } from './targets.ts'
import { measureThroughput, type ThroughputOptions, type ThroughputRow } from './throughput.ts'

export type Results = {
  readonly machine: Machine
  readonly overhead: readonly OverheadRow[]
  readonly scaling: readonly ScalingRow[]
  readonly compiled: Compiled
  readonly throughput: readonly ThroughputRow[]
  readonly memory: readonly MemoryRow[]
  readonly scenario: readonly ScenarioRow[]
  readonly call: readonly CallRow[]
  readonly agents: AgentsFire
  readonly durable: Durable
  readonly targets: readonly Target[]
}

type Plan = {
  readonly overhead: PairedOptions
  readonly scaling: PairedOptions
  readonly compiled: CompiledOptions
  readonly throughput: ThroughputOptions
  readonly memory: MemoryOptions
  readonly scenario: { readonly times: number }
  readonly call: PairedOptions
  readonly agents: AgentsOptions
  readonly durable: DurableOptions
}

/** About forty seconds: enough to see a loss of speed, too few rounds to publish. */
const QUICK: Plan = {
  overhead: { rounds: 15, slotMs: 25, warmUpMs: 4_000 },
  scaling: { rounds: 7, slotMs: 25, warmUpMs: 150 },
  compiled: { rounds: 9, slotMs: 25, warmUpMs: 3_000, idleActors: 2_000 },
  throughput: { rounds: 2, slotMs: 40 },
  memory: { inFlight: 100, reviews: 1_000, reviewsOfLangGraph: 100 },
  scenario: { times: 5 },
  call: { rounds: 15, slotMs: 15, warmUpMs: 300 },
  agents: { rounds: 1, warmUpMs: 1_500, spanMs: 2_500 },
  durable: {
    projects: { rounds: 3, projects: [15, 100] },
    transitions: { rounds: 3, projects: 100, approvals: 50 },
    resumed: { projects: 1_000, rounds: 1 },
    waiting: { projects: 1_000 },
    feed: { rounds: 3, projects: 100 },
  },
}

const FULL: Plan = {
  overhead: { rounds: 60, slotMs: 60, warmUpMs: 2_500 },
  scaling: { rounds: 40, slotMs: 50, warmUpMs: 700 },
  compiled: { rounds: 30, slotMs: 50, warmUpMs: 2_000, idleActors: 10_000 },
  throughput: { rounds: 5, slotMs: 200 },
  memory: { inFlight: 200, reviews: 10_000, reviewsOfLangGraph: 1_000 },
  scenario: { times: 20 },
  call: { rounds: 60, slotMs: 30, warmUpMs: 500 },
  agents: { rounds: 3, warmUpMs: 2_000, spanMs: 5_000 },
  durable: {
    projects: { rounds: 15, projects: [30, 200] },
    transitions: { rounds: 15, projects: 200, approvals: 200 },
    resumed: { projects: 1_000, rounds: 5 },
    waiting: { projects: 2_000 },
    feed: { rounds: 10, projects: 400 },
  },
}

export type BenchOptions = {
  readonly quick: boolean
  /** Told what comes next. */
  readonly onStep: (step: string) => void
}

export async function runBench({ quick, onStep }: BenchOptions): Promise<Results> {
  const plan = quick ? QUICK : FULL
  // Better to learn now than in ten seconds that node has no --expose-gc.
  collectGarbage('major')
  const machine = describeMachine()
  onStep('checking that everyone does the same work')
  await checkContestants()
  onStep('cost of one critic')
  const overhead = await measureOverhead(plan.overhead)
  onStep('larger panels')
  const scaling = await measureScaling(plan.scaling)
  onStep('interpreted and compiled')
  const compiled = await measureCompiled(plan.compiled)
  onStep('reviews per second')
  const throughput = await measureThroughput(plan.throughput)
  onStep('memory')
  const memory = await measureMemory(plan.memory)
  onStep('what gating saves')
  const scenario = await measureScenario(plan.scenario)
  onStep('one call through a breaker and a bulkhead')
  const call = await measureCall(plan.call)
  onStep('a hundred agents, a third of them sick')
  const agents = await measureAgents(plan.agents)
  const durable = await measureDurable(plan.durable, onStep)
  const targets = targetsOf({ overhead, scaling, compiled, scenario, call, agents, durable })
  return {
    machine,
    overhead,
    scaling,
    compiled,
    throughput,
    memory,
    scenario,
    call,
    agents,
    durable,
    targets,
  }
}
