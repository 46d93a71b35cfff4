/** What guards an agent, one for the whole process: whoever calls it, from wherever, meets the same breaker. */

import { systemClock } from '../../actors/system-clock.ts'
import { wallClock } from '../../actors/wall-clock.ts'
import type { Agent } from '../../model/agent.ts'
import type { Clock } from '../../model/clock.ts'
import { LIMITS } from '../../model/limits.ts'
import { isMade, type AgentBreaker } from '../../model/protection.ts'
import { TokenBucket } from '../../model/resilience/token-bucket.ts'
import { createBulkhead, type Bulkhead } from '../resilience/bulkhead.ts'
import { createCircuitBreaker, type CircuitBreakerOptions } from '../resilience/circuit-breaker.ts'
import { RateLine } from './rate-line.ts'
import { Standing } from './standing.ts'

export type Guard = {
  readonly breaker: AgentBreaker | undefined
  /** Whether the breaker measures by the clock of the calls: only then do they know when it lets somebody try. */
  readonly isOwnBreaker: boolean
  readonly bulkhead: Bulkhead
  readonly standing: Standing
  /** Where there is a rate. */
  readonly line: RateLine | undefined
}

/** By the clock they live by, the work they guard, and how: a clock of a test has guards of its own. */
const guards = new WeakMap<Clock, WeakMap<Agent['run'], Map<string, Guard>>>()

/** Time that does not jump: the host's clock may be set while a breaker is open. */
export const steadyClock = (clock: Clock): Clock => (clock === wallClock ? systemClock : clock)

/** The guard of everybody who calls this work with these settings by this clock. */
export function guardOf(agent: Agent, clock: Clock): Guard {
  const steady = steadyClock(clock)
  const ofClock = guards.get(steady) ?? new WeakMap<Agent['run'], Map<string, Guard>>()
  guards.set(steady, ofClock)
  const ofRun = ofClock.get(agent.run) ?? new Map<string, Guard>()
  ofClock.set(agent.run, ofRun)
  const key = keyOf(agent)
  const known = ofRun.get(key) ?? createGuard(agent, steady)
  ofRun.set(key, known)
  return known
}

function createGuard({ name, settings: { breaker, bulkhead, rate } }: Agent, clock: Clock): Guard {
  // Its queue has no bound of its own: whoever waits says how long, and among how many.
  const queue = { queueMax: LIMITS.resilience.callsMax, queueMs: Infinity }
  const own =
    'enter' in bulkhead
      ? bulkhead
      : createBulkhead({ concurrentMax: bulkhead.concurrentMax, ...queue, name, clock })
  const standing = standings.get(own) ?? new Standing()
  standings.set(own, standing)
  return {
    // Only a bulkhead of ours has what makes it one of these settings.
    bulkhead: own as Bulkhead,
    standing,
    breaker: breakerOf(breaker, name, clock),
    isOwnBreaker: !isMade(breaker),
    line: rate && new RateLine(new TokenBucket(rate.ratePerSecond, rate.burst, clock.now()), clock),
  }
}

function breakerOf(
  breaker: Agent['settings']['breaker'],
  name: string,
  clock: Clock,
): AgentBreaker | undefined {
  if (breaker === false) return undefined
  if ('enter' in breaker) return breaker
  // The schema that has read these settings reads them again; to it, undefined is the same as left out.
  return createCircuitBreaker({ ...(breaker as CircuitBreakerOptions), name, clock })
}

/** Agents that share a bulkhead stand together. */
const standings = new WeakMap<object, Standing>()

export const standingOf = (bulkhead: object): Standing | undefined => standings.get(bulkhead)

/** What was made elsewhere is told apart by who made it. */
const made = new WeakMap<object, number>()
let madeCount = 0

function keyOf({ settings: { breaker, bulkhead, rate } }: Agent): string {
  return JSON.stringify([breaker, bulkhead, rate], (_, value: unknown) => {
    if (!isMade(value)) return value === Infinity ? 'Infinity' : value
    const known = made.get(value as object) ?? (madeCount += 1)
    made.set(value as object, known)
    return `made ${known}`
  })
}
