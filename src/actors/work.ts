/** The work of a critic's chart: evaluating, asking its condition, its hooks and the cache. */

import type { Clock } from '../model/clock.ts'
import type { Condition, CriticSettings, Evaluate, EvaluateContext } from '../model/critic.ts'
import { readFinding, type Finding } from '../model/finding.ts'
import type {
  ConditionOutcome,
  ConditionWork,
  FailedWork,
  Outcome,
  Recalled,
  Recovered,
  Work,
} from '../model/outcome.ts'
import type { CriticPlan } from '../model/plan.ts'
import { cacheKey, sharedWorkOf, type FindingCache } from './cache.ts'
import { checkFinding, recheckFinding, type Validation } from './check-finding.ts'
import { describeError, errorOutcome } from './describe-error.ts'
import type { Hooks } from './hooks.ts'
import type { Permit } from './permit.ts'
import type { Member } from './shared-work.ts'
import { channel, isPromiseLike, task, type TaskLogic, type TaskScope } from './task.ts'
import { within } from './within.ts'

/** A critic of a panel, with its work. */
export type Worker = {
  readonly plan: CriticPlan
  readonly settings: CriticSettings
  readonly evaluate: Evaluate
}

/** What the work needs of the run it is done for. */
export type WorkDesk = {
  readonly id: string
  worker(critic: number): Worker
  permit(critic: number): Permit | undefined
  member(critic: number): Member | undefined
  join(critic: number, member: Member): void
}

export type WorkOptions = {
  readonly clock: Clock
  readonly validation: Validation
  readonly hookMs: number
  readonly hooks: Hooks
  readonly cache: FindingCache | undefined
  readonly deskOf: (run: number) => WorkDesk
}

/** What `evaluate` sees beside the input. Signal and key are made when they are read. */
class AttemptContext implements EvaluateContext {
  readonly prior: Readonly<Record<string, Finding>>
  readonly attempt: number
  readonly #review: string
  readonly #worker: Worker
  readonly #scope: { readonly signal: AbortSignal }

  constructor(work: Work, review: string, scope: { readonly signal: AbortSignal }, worker: Worker) {
    this.prior = work.prior
    this.attempt = work.attempt
    this.#review = review
    this.#worker = worker
    this.#scope = scope
  }

  get key(): string {
    return `${this.#review}:${this.#worker.plan.name}`
  }

  get signal(): AbortSignal {
    return this.#scope.signal
  }
}

/** Who is told of the end of an attempt. */
type Ending = { end(outcome: Outcome): void }

/** One attempt, to its checked end, which is told once. Never throws. */
function attempt(
  { evaluate, settings }: Worker,
  work: Work,
  context: EvaluateContext,
  validation: Validation,
  ending: Ending,
): void {
  try {
    const returned = evaluate(work.input, context)
    if (isPromiseLike(returned)) awaitFinding(returned, settings, validation, ending)
    else endWith(checkFinding(returned, settings, validation), ending)
  } catch (error) {
    ending.end(errorOutcome(error))
  }
}

function awaitFinding(
  promise: PromiseLike<unknown>,
  settings: CriticSettings,
  validation: Validation,
  ending: Ending,
): void {
  Promise.resolve(promise).then(
    (raw) => endWith(checkFinding(raw, settings, validation), ending),
    (error: unknown) => ending.end(errorOutcome(error)),
  )
}

function endWith(outcome: Outcome | Promise<Outcome>, ending: Ending): void {
  if (isPromiseLike(outcome)) endLater(outcome, ending)
  else ending.end(outcome)
}

const endLater = (outcome: PromiseLike<Outcome>, ending: Ending) => void outcome.then((it) => ending.end(it))

/** Node's timers may fire up to this much before the clock says so. */
const TIMER_EARLY_MS = 1

/** Logic of `evaluate`: one attempt of a critic's work, shared with identical ones where there is a cache. */
export function evaluateLogic({ clock, deskOf, validation }: WorkOptions): TaskLogic<Work, Outcome> {
  return channel((work: Work, scope: TaskScope<Outcome>) => {
    const desk = deskOf(work.run)
    const worker = desk.worker(work.critic)
    const member = desk.member(work.critic)
    if (member?.leads) lead(member, worker, work, desk, scope)
    else attempt(worker, work, new AttemptContext(work, desk.id, scope, worker), validation, scope)
  })

  /** Works for everybody who waits for the same. */
  function lead(member: Member, worker: Worker, work: Work, desk: WorkDesk, scope: TaskScope<Outcome>): void {
    const deadline = clock.now() + worker.plan.timeoutMs - TIMER_EARLY_MS
    scope.onStop(() => member.abandon(clock.now() >= deadline))
    const begin = (signal: AbortSignal) =>
      new Promise<Outcome>((end) =>
        attempt(worker, work, new AttemptContext(work, desk.id, { signal }, worker), validation, { end }),
      )
    endLater(member.work(begin, desk.permit(work.critic)), scope)
  }
}

/** Logic of `condition`: opens only on a plain true; what throws, rejects or is no boolean shuts with an error. */
export function conditionLogic({ deskOf }: WorkOptions): TaskLogic<ConditionWork, ConditionOutcome> {
  return task(async (work: ConditionWork): Promise<ConditionOutcome> => {
    const { policy } = deskOf(work.run).worker(work.critic).settings
    try {
      // The chart asks only critics whose policy is a condition.
      const answer: unknown = await (policy as Condition).when({
        context: work.input.context,
        findings: work.findings,
      })
      if (typeof answer === 'boolean') return { open: answer, reason: 'conditional_policy_not_met' }
      return {
        open: false,
        reason: `policy_evaluation_error: the condition returned ${typeof answer}, not a boolean`,
      }
    } catch (error) {
      return { open: false, reason: `policy_evaluation_error: ${describeError(error).message}` }
    }
  })
}

/** Logic of `consult`: the `beforeCritic` hook. What throws, or returns no finding, is passed over. */
export function consultLogic({ deskOf, hooks, validation }: WorkOptions): TaskLogic<Work, Recalled> {
  return task(async (work: Work): Promise<Recalled> => {
    const { plan, settings } = deskOf(work.run).worker(work.critic)
    try {
      const answer = await hooks.beforeCritic?.(plan.name, work.input)
      if (answer === undefined || answer === null) return { found: undefined }
      const outcome = await checkFinding(answer, settings, validation)
      // What fails the critic's own checks does not stand in for it.
      const stands = outcome.kind === 'finding' && outcome.validationErrors.length === 0
      return { found: stands ? outcome : undefined }
    } catch {
      return { found: undefined }
    }
  })
}

/** Logic of `recall`: a finding from the cache, or from an identical evaluation under way. */
export function recallLogic(options: WorkOptions): TaskLogic<Work, Recalled> {
  const { clock, deskOf, cache, hookMs, validation } = options
  return task(async (work: Work, scope: TaskScope): Promise<Recalled> => {
    if (!cache) return { found: undefined }
    const desk = deskOf(work.run)
    const { plan, settings } = desk.worker(work.critic)
    const key = cacheKey(plan, work.input, work.prior)
    if (key === undefined) return { found: undefined }
    const cached = await within(clock, hookMs, () => cache.get(key))
    if (cached !== undefined && cached !== null) {
      const outcome = recheckFinding(cached, settings, validation)
      if (outcome.kind === 'finding') return { found: outcome }
    }
    if (scope.isStopped) return { found: undefined }
    const member = sharedWorkOf(cache, validation).join(key)
    scope.onStop(() => member.end(undefined))
    const found = await member.outcome()
    if (!found && !scope.isStopped) desk.join(work.critic, member)
    return { found }
  })
}

/** Logic of `recover`: the failure hook. What throws, or returns no finding, gives no substitute. */
export function recoverLogic({ deskOf, hooks }: WorkOptions): TaskLogic<FailedWork, Recovered> {
  return task(async (work: FailedWork): Promise<Recovered> => {
    try {
      const { plan } = deskOf(work.run).worker(work.critic)
      const answer = await hooks.onCriticFailure?.(plan.name, { ...work.error }, work.durationMs)
      if (answer === undefined || answer === null) return { finding: undefined }
      const read = readFinding(answer)
      return { finding: read.ok ? read.finding : undefined }
    } catch {
      return { finding: undefined }
    }
  })
}
