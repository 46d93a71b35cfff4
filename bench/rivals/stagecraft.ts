/** Stagecraft as users get it: the built package, with every feature of a review switched on. */

import { createPanel, defineCritic } from '../../dist/index.js'
import type { BenchCritic, Workload } from '../workload.ts'
import type { Contestant } from './contestant.ts'

export const stagecraft = (work: Workload): Contestant => contestant(work, 'compiled')

/** The same charts under XState's own interpreter. */
export const stagecraftInterpreted = (work: Workload): Contestant => contestant(work, 'xstate')

function contestant(work: Workload, interpreter: 'compiled' | 'xstate'): Contestant {
  const panel = createPanel({
    critics: work.critics.map((critic) => definitionOf(critic, work)),
    limits: {
      concurrentMax: work.concurrentMax,
      perStage: { CORE_ANALYSIS: work.concurrentMax },
      queueMax: 10_000,
    },
    timeouts: { reviewMs: 60_000, perStageMs: { CORE_ANALYSIS: 30_000 }, queueMs: 30_000 },
    gating: true,
    retries: true,
    validation: 'report',
    interpreter,
  })
  return {
    name: interpreter === 'compiled' ? 'Stagecraft' : 'Stagecraft, interpreted',
    critics: work.critics.length,
    review: async () => {
      const { verdict, reasons } = await panel.review(work.input)
      if (work.expects === 'anything') return
      if (verdict !== 'allow' || reasons.length !== work.critics.length)
        throw new Error(`The panel said ${verdict} for ${reasons.length} reasons.`)
    },
    close: async () => {
      await panel[Symbol.asyncDispose]()
    },
  }
}

function definitionOf(
  { name, stage, priority, policy, concurrentMax, dependsOn, evaluate }: BenchCritic,
  { timeoutMs, retriesMax, backoffMs }: Workload,
) {
  return defineCritic<string, string>({
    name,
    stage,
    priority,
    policy,
    dependsOn: dependsOn === undefined ? [] : [dependsOn],
    timeoutMs,
    retry: { retriesMax, backoff: { baseMs: backoffMs } },
    limits: concurrentMax === undefined ? {} : { concurrentMax },
    // A critic that has no use for the signal is called without it: our context makes one only when it is read.
    evaluate:
      evaluate.length < 2 ? (input) => evaluate(input) : (input, { signal }) => evaluate(input, signal),
  })
}
