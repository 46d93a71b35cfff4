/** One simulated world of reviews: a random panel, random faults, cuts at random moments, and what must hold after. */

import { createCache } from '../../src/actors/cache.ts'
import { defineCritic } from '../../src/actors/define-critic.ts'
import { createLimits } from '../../src/actors/limits/limits.ts'
import type { Hooks } from '../../src/actors/hooks.ts'
import { END_STATUSES, inTrouble, type CriticResult } from '../../src/model/critic-result.ts'
import type { Review } from '../../src/model/review.ts'
import { createPanel } from '../../src/runtime/panel/create-panel.ts'
import type { Run } from '../../src/runtime/panel/run.ts'
import { steppingClock, type SeededRandom, type SteppingClock } from '../../src/testing/index.ts'
import { randomCritics, randomOptions, type RandomCritic } from './random-panel.ts'
import { createWorld, type World } from './world.ts'

type Options = ReturnType<typeof randomOptions>

/** What the simulated worlds came to, by kind: a simulation that never meets a fault proves nothing. */
export type Tally = Map<string, number>

export async function reviewScenario(
  random: SeededRandom,
  tally: Tally = new Map(),
): Promise<readonly string[]> {
  const clock = steppingClock()
  const critics = randomCritics(random)
  const { limits: bounds, ...options } = randomOptions(random)
  const world = createWorld(random, clock, bounds)
  const limits = createLimits({ ...bounds, clock })
  const cache = randomCache(random)
  const panel = createPanel({
    ...options,
    limits,
    clock,
    random: random.next,
    hooks: randomHooks(random),
    ...(cache && { cache }),
    critics: critics.map((critic) => {
      const { policyName: _, ...settings } = critic
      return defineCritic({ ...settings, evaluate: world.work(critic) })
    }),
  })
  const runs: Run[] = []
  const stopped = new Set<string>()
  for (let index = random.between(1, 4); index > 0; index--) {
    const run = panel.start({
      id: `r${index}`,
      prompt: 'q',
      response: random.pick(['a', 'b']),
      context: { riskTier: random.pick(['low', 'medium', 'high', 'critical'] as const) },
    })
    runs.push(run)
    cutByChance(random, clock, run, stopped)
  }
  const reviews = await clock.run(Promise.all(runs.map((run) => run.result)))
  await clock.settle()
  const callsAtEnd = world.calls.length
  for (const review of reviews) count(tally, review)
  await clock.advanceAsync(100_000)
  return [
    ...world.breaches,
    ...reviews.flatMap((review) =>
      problemsOf(review, {
        critics,
        options,
        world,
        cached: cache !== undefined,
        stopped: stopped.has(review.id),
        bounds,
      }),
    ),
    ...(world.calls.length > callsAtEnd ? ['work began after every review had ended'] : []),
    ...leaksOf(limits.usage, clock, world),
  ]
}

function count(tally: Tally, review: Review): void {
  const note = (kind: string) => tally.set(kind, (tally.get(kind) ?? 0) + 1)
  note(`verdict ${review.verdict}`)
  for (const { status, error, degraded, fromCache, retryCount } of Object.values(review.critics)) {
    note(error?.code ?? status)
    if (degraded) note('degraded')
    if (fromCache) note('from cache')
    if (retryCount > 0) note('retried')
  }
}

function cutByChance(random: SeededRandom, clock: SteppingClock, run: Run, stopped: Set<string>): void {
  if (random.chance(0.15)) clock.setTimeout(() => run.cancel('by chance'), random.between(0, 2_000))
  if (!random.chance(0.1)) return
  clock.setTimeout(
    () => {
      if (run.actor.getSnapshot().status === 'active') stopped.add(run.id)
      run.actor.stop()
    },
    random.between(0, 2_000),
  )
}

function randomCache(random: SeededRandom) {
  const broken = {
    get: () => {
      throw new Error('the cache is down')
    },
    set: () => Promise.reject(new Error('the cache is down')),
  }
  const hanging = { get: () => new Promise<undefined>(() => {}), set: () => {} }
  return random.pick([undefined, undefined, createCache(), broken, hanging])
}

function randomHooks(random: SeededRandom): Hooks {
  const fails = () => {
    throw new Error('the hook is broken')
  }
  const hangs = () => new Promise<undefined>(() => {})
  return {
    ...(random.chance(0.2) && {
      beforeCritic: random.pick([fails, hangs, () => undefined, () => ({ severity: 1 })]),
    }),
    ...(random.chance(0.2) && { afterCritic: random.pick([fails, hangs, () => {}]) }),
    ...(random.chance(0.3) && {
      onCriticFailure: random.pick([fails, hangs, () => undefined, () => ({ severity: 0 })]),
    }),
  }
}

type Judged = {
  readonly critics: readonly RandomCritic[]
  readonly options: Omit<Options, 'limits'>
  readonly bounds: Options['limits']
  readonly world: World
  readonly cached: boolean
  readonly stopped: boolean
}

function problemsOf(review: Review, judged: Judged): readonly string[] {
  const { critics, options, stopped } = judged
  const problems: string[] = []
  const must = (holds: boolean, sentence: string) => {
    if (!holds) problems.push(`${review.id}: ${sentence}`)
  }
  must(
    JSON.stringify(Object.keys(review.critics).toSorted()) ===
      JSON.stringify(critics.map(({ name }) => name).toSorted()),
    'does not have exactly one result per critic',
  )
  const results = Object.values(review.critics)
  const retries = results.reduce((sum, result) => sum + result.retryCount, 0)
  must(retries <= (options.retries ? options.retriesTotalMax : 0), `made ${retries} retries`)
  must(review.cost.spent <= (options.budget.costMax ?? Infinity), `spent ${review.cost.spent}`)
  for (const critic of critics) {
    const result = review.critics[critic.name]
    if (!result) continue
    for (const problem of resultProblems(review, critic, result, judged))
      must(false, `${critic.name} ${problem}`)
    if (critic.required && inTrouble(result) && !stopped)
      must(
        ['escalate', 'deny'].includes(review.verdict),
        `is ${review.verdict} although ${critic.name} is missing`,
      )
  }
  const worst = Math.max(0, ...results.map((result) => result.finding?.severity ?? 0))
  must(
    worst < 2.5 || review.verdict === 'deny',
    `is ${review.verdict} although a finding has severity ${worst}`,
  )
  must(/^[0-9a-f]{64}$/.test(review.auditHash), 'has no audit hash')
  return problems
}

function resultProblems(
  review: Review,
  critic: RandomCritic,
  result: CriticResult,
  judged: Judged,
): readonly string[] {
  const { options, world, cached, stopped } = judged
  const problems: string[] = []
  const must = (holds: boolean, sentence: string) => {
    if (!holds) problems.push(sentence)
  }
  const { status, attempts, retryCount, finding, queueMs, executionMs, durationMs } = result
  const calls = world.calls.filter((call) => call.critic.name === critic.name && call.review === review.id)
  must(END_STATUSES.includes(status), `ended as ${status}`)
  must(attempts <= 1 + critic.retry.retriesMax, `made ${attempts} attempts`)
  if (!stopped && !cached)
    must(calls.length === attempts, `reports ${attempts} attempts and made ${calls.length}`)
  if (cached)
    must(calls.length <= attempts || stopped, `reports ${attempts} attempts and made ${calls.length}`)
  must(retryCount === Math.max(0, attempts - 1), `reports ${retryCount} retries of ${attempts} attempts`)
  must(
    (status === 'success') === (finding !== undefined && !result.degraded),
    `is ${status} with finding ${JSON.stringify(finding)}`,
  )
  must(Math.min(queueMs, executionMs, durationMs) >= 0, 'reports a negative time')
  must(queueMs + executionMs <= durationMs + 1e-6 || stopped, 'reports more time in parts than in all')
  must(executionMs <= attempts * critic.timeoutMs + 1e-6, `ran ${executionMs} ms in ${attempts} attempts`)
  if (status === 'gated')
    must(options.gating && critic.policyName !== 'ALWAYS', `was gated although it is ${critic.policyName}`)
  if (status === 'gated') must(attempts === 0, 'was gated and ran')
  if (status === 'skipped' && result.skipping?.reason === 'dependency_without_finding')
    must(
      critic.dependsOn.some((name) => review.critics[name]?.finding === undefined),
      'was skipped although its dependencies all have findings',
    )
  if (attempts > 0)
    must(
      critic.dependsOn.every((name) => review.critics[name]?.finding !== undefined) || stopped,
      'ran although a dependency has no finding',
    )
  return problems
}

function leaksOf(
  usage: { running: number; waiting: number; reviews: number },
  clock: SteppingClock,
  world: World,
): readonly string[] {
  const { running, waiting, reviews } = usage
  return [
    ...(running > 0 ? [`${running} permits did not come back`] : []),
    ...(waiting > 0 ? [`${waiting} critics still wait for a permit`] : []),
    ...(reviews > 0 ? [`${reviews} reviews are still counted as under way`] : []),
    ...(clock.armed.length > world.ownTimers()
      ? [`${clock.armed.length - world.ownTimers()} timers are left`]
      : []),
  ]
}
