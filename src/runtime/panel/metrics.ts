/** What a panel has done so far, in numbers. */

import { END_STATUSES, type CriticResult, type EndStatus } from '../../model/critic-result.ts'
import type { Review, StageSummary } from '../../model/review.ts'
import type { Stage } from '../../model/stages.ts'
import { VERDICTS, type Verdict } from '../../model/verdict.ts'

export type StageMetrics = {
  /** Stages that ran, critics that ended in them, critics that were evaluated. */
  readonly runs: number
  readonly critics: number
  readonly evaluated: number
  readonly totalMs: number
  readonly averageMs: number
}

export type PanelMetrics = {
  readonly reviews: {
    readonly total: number
    readonly running: number
    readonly byVerdict: Readonly<Record<Verdict, number>>
    readonly averageMs: number
  }
  /** Critics that ended, and how. */
  readonly critics: { readonly total: number; readonly byStatus: Readonly<Record<EndStatus, number>> }
  readonly stages: Readonly<Partial<Record<Stage, StageMetrics>>>
  /** Averages over critics that were evaluated, in milliseconds. */
  readonly averageQueueMs: number
  readonly averageExecutionMs: number
  readonly concurrency: { readonly running: number; readonly peak: number; readonly waiting: number }
  readonly rateLimited: number
  /** Retries made, and critics that needed any. */
  readonly retries: number
  readonly retried: number
  readonly gated: number
  readonly cached: number
  readonly degraded: number
  readonly cost: {
    readonly spent: number
    readonly saved: number
    readonly money: number
    readonly tokens: number
  }
}

type StageCount = { runs: number; critics: number; evaluated: number; totalMs: number }

const zeros = <Key extends string>(keys: readonly Key[]) =>
  // One zero for every key of the list.
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>

const ratio = (sum: number, count: number) => (count === 0 ? 0 : sum / count)

export class Metrics {
  readonly #byStatus = zeros(END_STATUSES)
  readonly #byVerdict = zeros(VERDICTS)
  readonly #stages = new Map<Stage, StageCount>()
  readonly #perCritic = new Map<string, { evaluated: number; executionMs: number }>()
  #critics = 0
  #evaluated = 0
  #queueMs = 0
  #executionMs = 0
  #rateLimited = 0
  #retries = 0
  #retried = 0
  #cached = 0
  #degraded = 0
  #spent = 0
  #saved = 0
  #money = 0
  #tokens = 0
  #reviews = 0
  #reviewMs = 0

  noteRateLimited(): void {
    this.#rateLimited += 1
  }

  criticEnded(result: CriticResult): void {
    this.#critics += 1
    this.#byStatus[result.status] += 1
    this.#spent += result.cost.spent
    this.#saved += result.cost.saved
    if (result.fromCache) this.#cached += 1
    if (result.degraded) this.#degraded += 1
    if (result.retryCount > 0) this.#retried += 1
    this.#retries += result.retryCount
    const stage = this.#stage(result.stage)
    stage.critics += 1
    if (result.attempts === 0) return
    this.#evaluated += 1
    stage.evaluated += 1
    this.#queueMs += result.queueMs
    this.#executionMs += result.executionMs
    this.#money += result.finding?.spent?.money ?? 0
    this.#tokens += result.finding?.spent?.tokens ?? 0
    const own = this.#perCritic.get(result.critic)
    if (own) {
      own.evaluated += 1
      own.executionMs += result.executionMs
    } else this.#perCritic.set(result.critic, { evaluated: 1, executionMs: result.executionMs })
  }

  reviewEnded({ verdict, stages, durationMs }: Pick<Review, 'verdict' | 'stages' | 'durationMs'>): void {
    this.#reviews += 1
    this.#byVerdict[verdict] += 1
    this.#reviewMs += durationMs
    for (const summary of stages) this.#stageEnded(summary)
  }

  /** Average time a critic takes when it is evaluated, in milliseconds; 0 before its first time. */
  averageMsOf(critic: string): number {
    const own = this.#perCritic.get(critic)
    return own ? ratio(own.executionMs, own.evaluated) : 0
  }

  snapshot(live: { running: number; peak: number; waiting: number; reviews: number }): PanelMetrics {
    return {
      reviews: {
        total: this.#reviews,
        running: live.reviews,
        byVerdict: { ...this.#byVerdict },
        averageMs: ratio(this.#reviewMs, this.#reviews),
      },
      critics: { total: this.#critics, byStatus: { ...this.#byStatus } },
      stages: Object.fromEntries(
        [...this.#stages].map(([stage, count]) => [
          stage,
          { ...count, averageMs: ratio(count.totalMs, count.runs) },
        ]),
      ),
      averageQueueMs: ratio(this.#queueMs, this.#evaluated),
      averageExecutionMs: ratio(this.#executionMs, this.#evaluated),
      concurrency: { running: live.running, peak: live.peak, waiting: live.waiting },
      rateLimited: this.#rateLimited,
      retries: this.#retries,
      retried: this.#retried,
      gated: this.#byStatus.gated,
      cached: this.#cached,
      degraded: this.#degraded,
      cost: { spent: this.#spent, saved: this.#saved, money: this.#money, tokens: this.#tokens },
    }
  }

  #stageEnded({ stage, durationMs }: StageSummary): void {
    const count = this.#stage(stage)
    count.runs += 1
    count.totalMs += durationMs
  }

  #stage(stage: Stage): StageCount {
    const known = this.#stages.get(stage)
    if (known) return known
    const fresh = { runs: 0, critics: 0, evaluated: 0, totalMs: 0 }
    this.#stages.set(stage, fresh)
    return fresh
  }
}
