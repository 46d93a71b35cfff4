/** Where agents are called: the places they share, the charts of the calls under way, and what became of them. */

import { toPromise, type ActorRefFrom, type InspectionEvent, type SnapshotFrom } from 'xstate'
import { createActor } from '../../compile/create-actor.ts'
import { within } from '../../actors/within.ts'
import type { AgentMachine } from '../../machines/agent.ts'
import type { Agent, AgentEnd } from '../../model/agent.ts'
import type { Json } from '../../model/canonical.ts'
import type { Clock } from '../../model/clock.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Bulkhead } from '../resilience/bulkhead.ts'
import { AgentCall, type Order } from './agent-call.ts'
import { guardOf, steadyClock } from './guard.ts'
import { Tally, type Counts, type UnderWay } from './tally.ts'

export type AgentPoolOptions = {
  readonly machine: AgentMachine
  /** Places of all agents together. */
  readonly overall: Bulkhead
  readonly clock: Clock
  readonly inspect: ((event: InspectionEvent) => void) | undefined
}

export type CallOrder = Order & {
  readonly retriesMax: number
  /** Whether it outlasts an open breaker, within its retries. */
  readonly isPatient: boolean
  readonly signal: AbortSignal | undefined
  /** Hears of every state of the chart. */
  readonly onState?: (snapshot: AgentSnapshot) => void
}

export type AgentSnapshot = SnapshotFrom<AgentMachine>

export type CallEnd<Output = Json> = AgentEnd<Output> & {
  /** Milliseconds from the first place to the end. */
  readonly durationMs: number
}

export type AgentSummary = Counts & {
  /** Null for an agent without. */
  readonly breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN' | null
}

export type AgentsSummary = Counts & { readonly agents: Readonly<Record<string, AgentSummary>> }

type UnderWayCall = {
  readonly agent: Agent
  readonly call: AgentCall
  readonly actor: ActorRefFrom<AgentMachine>
}

export class AgentPool {
  readonly #options: AgentPoolOptions
  readonly #tallies = new Map<string, { agent: Agent; tally: Tally }>()
  /** Of agents that are not told of one by one any more. */
  readonly #rest = new Tally()
  readonly #underWay = new Set<UnderWayCall>()
  #isClosed = false

  constructor(options: AgentPoolOptions) {
    this.#options = options
  }

  /** Lists an agent before its first call. */
  know(agent: Agent): void {
    if (this.#tallies.has(agent.name)) return
    this.#tallies.set(agent.name, { agent, tally: new Tally() })
    const [oldest] = this.#tallies
    if (this.#tallies.size <= LIMITS.agentsTold || !oldest) return
    this.#tallies.delete(oldest[0])
    this.#rest.add(oldest[1].tally)
  }

  /** Runs the agent's chart to its end. Never rejects. */
  async call(order: CallOrder): Promise<CallEnd> {
    const { agent, signal } = order
    this.know(agent)
    const call = this.#callOf(order)
    const actor = this.#actorOf(order, call)
    const underWay = { agent, call, actor }
    const cancel = () => stop(actor)
    this.#underWay.add(underWay)
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      // Heard before anything else, so that nothing is begun.
      if (signal?.aborted) cancel()
      actor.start()
      const end = await toPromise(actor)
      const tally = this.#tallies.get(agent.name)?.tally ?? this.#rest
      tally.end(end, call.durationMs)
      return { ...end, durationMs: call.durationMs ?? 0 }
    } finally {
      this.#underWay.delete(underWay)
      signal?.removeEventListener('abort', cancel)
    }
  }

  #callOf(order: CallOrder): AgentCall {
    const { clock, overall } = this.#options
    const guard = guardOf(order.agent, clock)
    return new AgentCall({ guard, overall, clock: steadyClock(clock), isClosed: () => this.#isClosed }, order)
  }

  #actorOf({ agent, given, timeoutMs, retriesMax, isPatient, onState }: CallOrder, work: AgentCall) {
    const { machine, clock, inspect } = this.#options
    const { backoff } = agent.settings.retry
    const actor = createActor(machine, {
      input: { timeoutMs, retriesMax, backoff, prepares: 'prepare' in given, isPatient, work },
      clock,
      systemId: agent.name,
      ...(inspect && { inspect }),
    })
    if (onState) actor.subscribe(onState)
    return actor
  }

  /** Nobody gets a place any more: who waits for one is cancelled, who has one keeps it. */
  close(): void {
    this.#isClosed = true
    for (const { call } of this.#underWay) call.turnAway()
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Closes, waits at most this long for what runs, and cancels the rest. */
  async stop(drainMs: number): Promise<void> {
    this.close()
    const { clock } = this.#options
    const ended = () => Promise.all([...this.#underWay].map(({ actor }) => toPromise(actor)))
    if (this.#underWay.size > 0) await within(clock, drainMs, ended)
    for (const { actor } of this.#underWay) stop(actor)
  }

  summary(): AgentsSummary {
    const now = new Map([...this.#tallies].map(([name, { tally }]) => [name, copyOf(tally)]))
    const all = copyOf(this.#rest)
    for (const { agent, actor } of this.#underWay)
      (now.get(agent.name) ?? all).see(whereIs(actor.getSnapshot()))
    for (const tally of now.values()) all.add(tally)
    const agents = [...now].map(([name, tally]) => {
      const { agent } = this.#tallies.get(name) as { agent: Agent }
      const { breaker } = guardOf(agent, this.#options.clock)
      return [name, { ...tally.counts, breaker: breaker?.state ?? null }] as const
    })
    return { ...all.counts, agents: Object.fromEntries(agents) }
  }
}

/** XState warns of events for an actor that has ended, which a call has a moment before its end is heard of. */
function stop(actor: ActorRefFrom<AgentMachine>): void {
  if (actor.getSnapshot().status === 'active') actor.send({ type: 'CANCEL' })
}

function copyOf(tally: Tally): Tally {
  const copy = new Tally()
  copy.add(tally)
  return copy
}

function whereIs({ value }: AgentSnapshot): UnderWay {
  if (value === 'retrying') return 'retrying'
  // An ended chart is not under way.
  return (value as { trying?: string }).trying === 'queued' ? 'queued' : 'running'
}
