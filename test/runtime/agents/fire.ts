/** A hundred agents at once, a third of them sick: what each is asked, and what came of it. */

import { createAgents, defineAgent, type AgentsSummary } from 'stagecraft/runtime'
import { seededRandom, steppingClock, type SteppingClock } from 'stagecraft/testing'

const AGENTS = 100
/** Calls that each agent always has under way. */
const WANTED = 2
const WORK_MS = 100
const SLOW_MS = 600
const TIMEOUT_MS = 1_000

/** Failing, slow or hanging, one as likely as the other, call by call. */
const SICKNESSES = ['fails', 'is slow', 'hangs'] as const
const isSick = (index: number) => index % 3 === 0

export type Fire = {
  /** Calls of healthy agents that succeeded after the warm-up. */
  readonly healthy: number
  /** Calls that were made and ends that came back, over all. */
  readonly calls: number
  readonly ends: number
  /** At once: of the worst agent, and of all. */
  readonly peakOfOne: number
  readonly peakOfAll: number
  /** Attempts of sick agents, and of healthy ones. */
  readonly attempts: { readonly sick: number; readonly healthy: number }
  readonly summary: AgentsSummary
  readonly timersLeft: number
}

type Span = { readonly warmUpMs: number; readonly spanMs: number; readonly withSick: boolean }

export async function underFire({ warmUpMs, spanMs, withSick }: Span, seed: number): Promise<Fire> {
  const clock = steppingClock()
  const random = seededRandom(seed)
  const running = new Map<string, number>()
  const seen = { peakOfOne: 0, peakOfAll: 0, calls: 0, ends: 0, healthy: 0 }
  const attempts = { sick: 0, healthy: 0 }
  const agents = createAgents({ clock, random: () => random.next() })
  const cut = new AbortController()

  const enter = (name: string, by: number) => {
    running.set(name, (running.get(name) ?? 0) + by)
    const all = [...running.values()].reduce((sum, count) => sum + count, 0)
    seen.peakOfOne = Math.max(seen.peakOfOne, running.get(name) ?? 0)
    seen.peakOfAll = Math.max(seen.peakOfAll, all)
  }
  const team = Array.from({ length: AGENTS }, (_none, index) =>
    defineAgent({
      name: `agent-${index}`,
      timeoutMs: TIMEOUT_MS,
      retry: { retriesMax: 1 },
      run: async (_: unknown, { signal }) => {
        const how = isSick(index) ? random.pick(SICKNESSES) : 'works'
        attempts[isSick(index) ? 'sick' : 'healthy'] += 1
        enter(`agent-${index}`, 1)
        try {
          const workMs = WORK_MS * (0.5 + random.next())
          await pause(clock, how === 'hangs' ? Infinity : how === 'is slow' ? SLOW_MS : workMs, signal)
          if (how === 'fails') throw new Error('sick')
        } finally {
          enter(`agent-${index}`, -1)
        }
      },
    }),
  )

  const ask = async (index: number) => {
    while (!cut.signal.aborted) {
      seen.calls += 1
      const { status } = await agents.call(team[index] as (typeof team)[number], null, { signal: cut.signal })
      seen.ends += 1
      if (status === 'succeeded' && !isSick(index) && clock.now() > warmUpMs) seen.healthy += 1
      // Who is refused at once asks again in a while.
      if (status === 'circuit_open') await pause(clock, WORK_MS, cut.signal).catch(() => {})
    }
  }
  const asking = team.flatMap((_, index) =>
    withSick || !isSick(index) ? Array.from({ length: WANTED }, () => ask(index)) : [],
  )
  await clock.advanceAsync(warmUpMs + spanMs)
  cut.abort()
  await Promise.all(asking)
  return { ...seen, attempts, summary: agents.summary(), timersLeft: clock.armed.length }
}

function pause(clock: SteppingClock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clock.clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = clock.setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}
