/** What an experienced team would put together: p-queue for concurrency and priority, cockatiel for resilience. */

import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel'
import PQueue from 'p-queue'
import type { Workload } from '../workload.ts'
import { expectHarmless, worstOf, type Contestant } from './contestant.ts'

export function pQueueCockatiel(work: Workload): Contestant {
  const { critics, input } = work
  const queue = new PQueue({ concurrency: work.concurrentMax })
  // Policies are made once per critic, so that its breaker remembers.
  const guarded = critics.map(({ evaluate, priority }) => {
    const policy = policyOf(work)
    const attempt = ({ signal }: { signal: AbortSignal }) => evaluate(input, signal)
    // Ours says 1 goes first, p-queue says the larger number does.
    return { run: () => policy.execute(attempt), options: { priority: -priority } }
  })
  return {
    name: 'p-queue + cockatiel',
    critics: critics.length,
    review: async () => {
      const findings = guarded.map(({ run, options }) => queue.add(run, options))
      if (work.expects === 'anything') await Promise.allSettled(findings)
      else expectHarmless(worstOf(await Promise.all(findings)))
    },
    close: () => queue.onIdle(),
  }
}

/** As in cockatiel's readme: retries outside, then the breaker, and a timeout for each attempt. */
export function policyOf({ retriesMax, backoffMs, timeoutMs }: Workload) {
  return wrap(
    retry(handleAll, {
      maxAttempts: retriesMax,
      backoff: new ExponentialBackoff({ initialDelay: backoffMs }),
    }),
    circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }),
    timeout(timeoutMs, TimeoutStrategy.Cooperative),
  )
}
