/** Effect: one program per review, with concurrency, timeout and retries from the library itself. */

import { Effect, Schedule } from 'effect'
import type { BenchCritic, Workload } from '../workload.ts'
import { expectHarmless, worstOf, type Contestant } from './contestant.ts'

export function effect(work: Workload): Contestant {
  const schedule = Schedule.exponential(work.backoffMs)
  const attempt = ({ evaluate }: BenchCritic) =>
    Effect.tryPromise((signal) => evaluate(work.input, signal)).pipe(
      Effect.timeout(work.timeoutMs),
      Effect.retry({ times: work.retriesMax, schedule }),
    )
  return {
    name: 'Effect',
    critics: work.critics.length,
    review: async () => {
      const program = Effect.all(work.critics.map(attempt), { concurrency: work.concurrentMax })
      expectHarmless(worstOf(await Effect.runPromise(program)))
    },
  }
}
