/** p-queue and cockatiel holding the same limits as our panel: stages in order, a bound on a stage, on critics, on the review. */

import { timeout, TimeoutStrategy } from 'cockatiel'
import PQueue from 'p-queue'
import type { BenchCritic, Workload } from '../workload.ts'
import { expectHarmless, worstOf, type Contestant } from './contestant.ts'
import { policyOf } from './p-queue-cockatiel.ts'

export function pQueueCockatielStaged(work: Workload): Contestant {
  const { critics, concurrentMax, input } = work
  const all = new PQueue({ concurrency: concurrentMax })
  const core = new PQueue({ concurrency: concurrentMax })
  const review = timeout(60_000, TimeoutStrategy.Cooperative)
  const stages = Map.groupBy(
    critics.map((critic) => ({ critic, run: limited(critic, work, core) })),
    ({ critic }) => critic.stage,
  )
  return {
    name: 'p-queue + cockatiel, same limits',
    critics: critics.length,
    review: () =>
      review.execute(async () => {
        let worst = 0
        for (const stage of stages.values()) {
          const findings = await Promise.all(
            stage.map(({ critic, run }) => all.add(() => run(input), { priority: -critic.priority })),
          )
          worst = Math.max(worst, worstOf(findings))
        }
        expectHarmless(worst)
      }),
    close: async () => {
      await Promise.all([all.onIdle(), core.onIdle()])
    },
  }
}

/** A critic behind its policies, its own queue if it has a limit, and its stage's queue if that has one. */
function limited({ evaluate, stage, priority, concurrentMax }: BenchCritic, work: Workload, core: PQueue) {
  const policy = policyOf(work)
  const attempt = (input: Workload['input']) => policy.execute(({ signal }) => evaluate(input, signal))
  const own = concurrentMax === undefined ? undefined : new PQueue({ concurrency: concurrentMax })
  const byCritic = own ? (input: Workload['input']) => own.add(() => attempt(input)) : attempt
  return stage === 'CORE_ANALYSIS'
    ? (input: Workload['input']) => core.add(() => byCritic(input), { priority: -priority })
    : byCritic
}
