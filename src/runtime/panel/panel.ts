/** createPanel: the front of the house. Reads the critics, plans them, and runs reviews. */

// `await using` needs these types, and the program that embeds us may not have asked for them.
/// <reference lib="esnext.disposable" preserve="true" />

import type { ActorRefFrom } from 'xstate'
import { createActor } from '../../compile/create-actor.ts'
import { Account } from '../../actors/limits/account.ts'
import { workOf } from '../../actors/define-critic.ts'
import type { Worker } from '../../actors/work.ts'
import { outputOf, type ReviewOptions } from '../../machines/review.ts'
import type { Critic } from '../../model/critic.ts'
import type { CriticResult } from '../../model/critic-result.ts'
import { StagecraftError } from '../../model/errors.ts'
import type { Finding } from '../../model/finding.ts'
import { makePlan, type Plan } from '../../model/plan.ts'
import type { Cut, Review } from '../../model/review.ts'
import { readReviewInput, type CriticInput, type ReviewInput } from '../../model/review-input.ts'
import { composeReview } from './compose-review.ts'
import { Desk, type DeskFloor } from './desk.ts'
import { Metrics, type PanelMetrics } from './metrics.ts'
import { readPanelOptions, type PanelOptions, type ReadPanelOptions } from './panel-options.ts'
import { harmless } from '../../model/harmless.ts'
import { reasonOf, runOf, type Run, type RunOptions } from './run.ts'
import { wireReview, type ReviewMachine } from '../wiring.ts'

/** A critic as a plain function: every setting has its default. */
export type PlainCritic = (
  input: CriticInput,
  context: { readonly signal: AbortSignal; readonly attempt: number; readonly key: string },
) => Finding | Promise<Finding>

export type Panel<
  Results extends Readonly<Record<string, CriticResult>> = Readonly<Record<string, CriticResult>>,
> = AsyncDisposable & {
  /** Puts an answer before the panel. Throws `input.invalid` and `panel.disposed`; nothing else. */
  review(input: ReviewInput, options?: RunOptions): Promise<Review<Results>>
  /** The same, with the run in hand. */
  start(input: ReviewInput, options?: RunOptions): Run<Review<Results>>
  readonly plan: Plan
  metrics(): PanelMetrics
}

export class RunningPanel implements Panel {
  readonly plan: Plan
  readonly #options: ReadPanelOptions
  readonly #floor: DeskFloor
  readonly #machine: ReviewMachine
  readonly #reviewOptions: ReviewOptions
  readonly #metrics = new Metrics()
  readonly #running = new Map<number, Running>()
  #isDisposed = false

  constructor(critics: readonly Critic[], given: PanelOptions) {
    const options = readPanelOptions(given)
    this.#options = options
    this.plan = makePlan(
      critics.map((critic) => critic.settings),
      { classify: options.classify },
    )
    const workers = workersOf(this.plan, critics)
    this.#floor = {
      workers,
      lanes: this.plan.critics.map((critic) => options.limits.laneOf(critic)),
      cache: options.cache,
      noteRateLimited: () => this.#metrics.noteRateLimited(),
    }
    this.#reviewOptions = reviewOptionsOf(options)
    this.#machine = wireReview({
      now: () => options.clock.now(),
      random: options.random,
      interpreter: options.interpreter,
      clock: options.clock,
      validation: options.validation,
      hookMs: options.timeouts.hookMs,
      hooks: options.hooks,
      cache: options.cache,
      limits: options.limits,
      deskOf: (run) => this.#deskOf(run),
      onEnd: (run, result) => this.#criticEnded(run, result),
    })
  }

  review(input: ReviewInput, options: RunOptions = {}): Promise<Review> {
    try {
      const run = this.#prepare(input, options)
      run.actor.start()
      return run.result
    } catch (error) {
      return Promise.reject(error)
    }
  }

  start(input: ReviewInput, options: RunOptions = {}): Run {
    const run = this.#prepare(input, options)
    queueMicrotask(() => run.actor.start())
    return run
  }

  metrics(): PanelMetrics {
    return this.#metrics.snapshot(this.#options.limits.usage)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    const runs = [...this.#running.values()].map(({ run }) => run)
    for (const run of runs) run.cancel('the panel was disposed')
    await Promise.allSettled(runs.map((run) => run.result))
  }

  #prepare(given: ReviewInput, { signal, inspect }: RunOptions): Run {
    if (this.#isDisposed)
      throw new StagecraftError(
        'panel.disposed',
        'This panel was disposed and takes no reviews any more. Make a new one.',
      )
    const input = readReviewInput(given, () => crypto.randomUUID())
    const { limits } = this.#options
    const number = nextRun++
    const isIn = limits.enterReview()
    const desk = new Desk(input.id, this.#account(), this.#floor)
    const refused: Cut | undefined = isIn ? refusedBy(signal) : { as: 'rejected', reason: 'reviews_full' }
    const actor = createActor(this.#machine, {
      input: {
        plan: this.plan,
        run: number,
        input,
        options: this.#reviewOptions,
        ...(refused && { refused }),
      },
      clock: this.#options.clock,
      ...(inspect && { inspect: harmless(inspect) }),
    })
    const run = runOf(actor, {
      id: input.id,
      signal,
      now: () => this.#options.clock.now(),
      conclude: () => {
        if (isIn) limits.leaveReview()
        desk.close()
        this.#running.delete(number)
        return this.#compose(input, actor)
      },
    })
    this.#running.set(number, { run, desk })
    return run
  }

  #deskOf(run: number): Desk {
    const running = this.#running.get(run)
    if (!running) throw new Error(`Run ${run} is over.`)
    return running.desk
  }

  #account(): Account {
    const { budget, retriesTotalMax } = this.#options
    return new Account({ costMax: budget.costMax, retriesTotalMax })
  }

  #criticEnded(run: number, result: CriticResult): void {
    this.#metrics.criticEnded(result)
    this.#running.get(run)?.desk.settle(this.plan.positions[result.critic] ?? -1, result)
    const { afterCritic } = this.#options.hooks
    const { critic, status, finding, durationMs } = result
    if (afterCritic && status === 'success' && finding)
      tellHook(() => afterCritic(critic, finding, durationMs))
  }

  #compose(input: CriticInput, actor: ActorRefFrom<ReviewMachine>): Review {
    const output = outputOf(actor.getSnapshot(), this.#options.clock.now())
    const results = output.results.map((result) => withTimeSaved(result, this.#metrics))
    const review = composeReview(this.plan, input, { ...output, results }, this.#options.verdict)
    this.#metrics.reviewEnded(review)
    return review
  }
}

/** A run, and what its actors need of the house. */
type Running = { readonly run: Run; readonly desk: Desk }

let nextRun = 1

/** What the charts need of the options. */
function reviewOptionsOf({
  timeouts,
  gating,
  retries,
  shortCircuit,
  verdict,
  hooks,
  cache,
}: ReadPanelOptions): ReviewOptions {
  return {
    reviewMs: timeouts.reviewMs,
    shortCircuit,
    rules: verdict,
    stage: {
      gating,
      perStageMs: timeouts.perStageMs,
      // A stage without a bound of its own ends with its review, whose timer must be the first to fire.
      reviewMs: timeouts.reviewMs + 1,
      critic: {
        queueMs: timeouts.queueMs,
        hookMs: timeouts.hookMs,
        retries,
        consults: hooks.beforeCritic !== undefined,
        recalls: cache !== undefined,
        recovers: hooks.onCriticFailure !== undefined,
      },
    },
  }
}

function workersOf(plan: Plan, critics: readonly Critic[]): readonly Worker[] {
  const byName = new Map(critics.map((critic) => [critic.name, critic]))
  return plan.critics.map((criticPlan) => {
    const critic = byName.get(criticPlan.name)
    const evaluate = critic && workOf(critic)
    if (!critic || !evaluate)
      throw new StagecraftError(
        'critic.invalid',
        `Critic "${criticPlan.name}" was not made by defineCritic. Wrap it: defineCritic({ name, evaluate }).`,
      )
    return { plan: criticPlan, settings: critic.settings, evaluate }
  })
}

function refusedBy(signal: AbortSignal | undefined): Cut | undefined {
  return signal?.aborted ? { as: 'cancelled', reason: reasonOf(signal) } : undefined
}

function withTimeSaved(result: CriticResult, metrics: Metrics): CriticResult {
  const { gating } = result
  if (!gating) return result
  return {
    ...result,
    gating: { ...gating, saved: { ...gating.saved, ms: metrics.averageMsOf(result.critic) } },
  }
}

/** Nobody waits for the hook, and nothing it does reaches the review. */
function tellHook(hook: () => void | Promise<void>): void {
  try {
    Promise.resolve(hook()).catch(() => {})
  } catch {
    // A synchronous failure is no different.
  }
}
