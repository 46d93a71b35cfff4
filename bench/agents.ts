/** Agents under fire, in real time: what healthy ones keep of their throughput while a third of a hundred is sick. */

import { setTimeout as pause } from 'node:timers/promises'
import { createAgents, defineAgent } from '../dist/runtime/index.js'
import { spreadOf, type Spread } from './measure.ts'

export type AgentsOptions = { readonly rounds: number; readonly warmUpMs: number; readonly spanMs: number }

export type AgentsFire = {
  /** Successful calls of healthy agents per second: alone, and beside the sick ones. */
  readonly alone: Spread
  readonly together: Spread
  /** The second divided by the first. */
  readonly kept: Spread
  /** At once, in the worst round: of all agents, and of one. */
  readonly peakOfAll: number
  readonly peakOfOne: number
  /** Calls that were made, and those of them that have not ended exactly once. */
  readonly calls: number
  readonly unaccounted: number
}

const AGENTS = 100
/** Calls that each agent always has under way. */
const WANTED = 2
const WORK_MS = 20
const SLOW_MS = 150
const TIMEOUT_MS = 200

const SICKNESSES = ['fails', 'is slow', 'hangs'] as const
const isSick = (index: number) => index % 3 === 0

type Round = {
  readonly perSecond: number
  readonly peakOfAll: number
  readonly peakOfOne: number
  readonly calls: number
  readonly ends: number
}

export async function measureAgents({ rounds, ...span }: AgentsOptions): Promise<AgentsFire> {
  const alone: Round[] = []
  const together: Round[] = []
  for (let round = 0; round < rounds; round += 1) {
    alone.push(await underFire({ ...span, withSick: false }))
    together.push(await underFire({ ...span, withSick: true }))
  }
  const all = [...alone, ...together]
  const sum = (of: (round: Round) => number) => all.reduce((total, round) => total + of(round), 0)
  return {
    alone: spreadOf(alone.map(({ perSecond }) => perSecond)),
    together: spreadOf(together.map(({ perSecond }) => perSecond)),
    kept: spreadOf(together.map(({ perSecond }, round) => perSecond / (alone[round]?.perSecond ?? NaN))),
    peakOfAll: Math.max(...all.map(({ peakOfAll }) => peakOfAll)),
    peakOfOne: Math.max(...all.map(({ peakOfOne }) => peakOfOne)),
    calls: sum(({ calls }) => calls),
    unaccounted: sum(({ calls, ends }) => Math.abs(calls - ends)),
  }
}

type Span = { readonly warmUpMs: number; readonly spanMs: number; readonly withSick: boolean }

async function underFire({ warmUpMs, spanMs, withSick }: Span): Promise<Round> {
  const running = Array.from({ length: AGENTS }, () => 0)
  const seen = { all: 0, peakOfAll: 0, peakOfOne: 0, calls: 0, ends: 0, counted: 0 }
  const agents = createAgents({ limits: { callsConcurrentMax: 20 } })
  const cut = new AbortController()
  let isWarm = false

  const enter = (index: number) => {
    let isIn = true
    const count = (by: number) => {
      running[index] = (running[index] ?? 0) + by
      seen.all += by
    }
    count(1)
    seen.peakOfAll = Math.max(seen.peakOfAll, seen.all)
    seen.peakOfOne = Math.max(seen.peakOfOne, running[index] ?? 0)
    return () => {
      if (isIn) count(-1)
      isIn = false
    }
  }
  const team = running.map((_none, index) =>
    defineAgent({
      name: `agent-${index}`,
      timeoutMs: TIMEOUT_MS,
      retry: { retriesMax: 0 },
      run: async (_: unknown, { signal }) => {
        const how = isSick(index) ? SICKNESSES[Math.floor(Math.random() * 3)] : 'works'
        const leave = enter(index)
        // A place is given back when its signal aborts, and not only when the work has noticed.
        signal.addEventListener('abort', leave, { once: true })
        try {
          await pause(how === 'hangs' ? 3_600_000 : how === 'is slow' ? SLOW_MS : WORK_MS, undefined, {
            signal,
          })
          if (how === 'fails') throw new Error('sick')
        } finally {
          leave()
        }
      },
    }),
  )
  const ask = async (index: number) => {
    // One for each index.
    const agent = team[index] as (typeof team)[number]
    while (!cut.signal.aborted) {
      seen.calls += 1
      const { status } = await agents.call(agent, null, { signal: cut.signal })
      seen.ends += 1
      if (status === 'succeeded' && !isSick(index) && isWarm) seen.counted += 1
      // Who is refused at once asks again in a while.
      if (status === 'circuit_open') await pause(WORK_MS)
    }
  }
  const asking = team.flatMap((_, index) =>
    withSick || !isSick(index) ? Array.from({ length: WANTED }, () => ask(index)) : [],
  )
  await pause(warmUpMs)
  isWarm = true
  const startedAt = performance.now()
  await pause(spanMs)
  const seconds = (performance.now() - startedAt) / 1_000
  isWarm = false
  cut.abort()
  await Promise.all(asking)
  await agents.stop()
  return { ...seen, perSecond: seen.counted / seconds }
}
