/** The places of all agents together. */

import type { Clock } from '../../model/clock.ts'
import { LIMITS } from '../../model/limits.ts'
import { createSharedBulkhead, type Bulkhead } from '../resilience/bulkhead.ts'
import { FairShares } from './fair-shares.ts'
import { standingOf, steadyClock } from './guard.ts'

/** Of whoever calls agents outside an orchestrator, by the clock they live by. */
const known = new WeakMap<Clock, Bulkhead>()

export function overallOf(clock: Clock): Bulkhead {
  const steady = steadyClock(clock)
  const overall = known.get(steady) ?? placesFor(LIMITS.agent.callsConcurrentMax, clock)
  known.set(steady, overall)
  return overall
}

export function placesFor(concurrentMax: number, clock: Clock): Bulkhead {
  const steady = steadyClock(clock)
  const sharing = new FairShares(concurrentMax, steady, standingOf)
  return createSharedBulkhead({ name: 'agents', concurrentMax, clock: steady }, sharing)
}
