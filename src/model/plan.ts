/** The plan of a panel: who runs in which stage, after whom, looking at whom; all errors are found here. */

import { classifyCritic } from './classification.ts'
import type { Backoff } from './backoff.ts'
import { DOMAINS, type CriticLimits, type CriticSettings, type PolicyName } from './critic.ts'
import type { CriticError, CriticResult, EndStatus } from './critic-result.ts'
import { StagecraftError } from './errors.ts'
import { deepFreeze } from './frozen-copy.ts'
import { LIMITS } from './limits.ts'
import { asPropertyName } from './name.ts'
import { STAGES, stageOrder, type Stage } from './stages.ts'

/** Where a setting came from. */
export type SettingSource = 'definition' | 'classification' | 'default'

/** One critic as the plan sees it: plain data, shared by every review. Numbers are positions in `plan.critics`. */
export type CriticPlan = {
  readonly index: number
  readonly name: string
  readonly stage: Stage
  readonly priority: number
  /** `CONDITION` for a policy of the user's own. */
  readonly policy: PolicyName | 'CONDITION'
  readonly required: boolean
  readonly domain: string
  readonly dependsOn: readonly string[]
  readonly dependencies: readonly number[]
  /** Critics of the same stage that wait for this one. */
  readonly dependents: readonly number[]
  /** True for an ALWAYS critic whose same-stage dependencies are, transitively, all ALWAYS: gates of its stage look at it. */
  readonly watched: boolean
  readonly timeoutMs: number
  readonly retriesMax: number
  readonly retryOnTimeout: boolean
  readonly backoff: Backoff
  readonly limits: CriticLimits
  readonly cost: number
  readonly tags: readonly string[]
  readonly version: string
  /** Why stage, priority, policy and domain are what they are. */
  readonly sources: Readonly<Record<'stage' | 'priority' | 'policy' | 'domain', SettingSource>>
}

export type StagePlan = {
  readonly stage: Stage
  /** Positions in `plan.critics`, in the order in which they start when all are ready. */
  readonly critics: readonly number[]
}

export type Plan = {
  /** By stage, then priority, then as given. */
  readonly critics: readonly CriticPlan[]
  /** Position in `critics` by name. */
  readonly positions: Readonly<Record<string, number>>
  /** Only stages that have critics. */
  readonly stages: readonly StagePlan[]
  /** For each critic that does not always run: the critics whose results its gate looks at. */
  readonly looksAt: Readonly<Record<string, readonly string[]>>
}

type Draft = Omit<CriticPlan, 'index' | 'dependencies' | 'dependents' | 'watched'>

/** Computes the plan of a panel. Throws StagecraftError for everything that could only go wrong later. */
export function makePlan(settings: readonly CriticSettings[], options: { classify?: boolean } = {}): Plan {
  refuseEmptyOrHuge(settings)
  const drafts = settings.map((critic) => draftOf(critic, options.classify ?? false))
  refuseDuplicates(drafts)
  const ordered = drafts.toSorted(
    (a, b) => stageOrder[a.stage] - stageOrder[b.stage] || a.priority - b.priority,
  )
  const indexOf = new Map(ordered.map((draft, index) => [draft.name, index]))
  refuseWrongDependencies(ordered, indexOf)
  refuseCycles(ordered, indexOf)
  const critics = link(ordered, indexOf)
  // Reviews run by it: a plan that could be changed would be a way around a critic.
  return deepFreeze({
    critics,
    positions: Object.fromEntries(indexOf),
    stages: STAGES.map((stage) => ({
      stage,
      critics: critics.filter((critic) => critic.stage === stage).map((critic) => critic.index),
    })).filter((stage) => stage.critics.length > 0),
    looksAt: looksAtOf(critics),
  })
}

/**
 * What each gate looks at: all earlier stages, the watched critics of its own stage, and its own dependencies. Gates of
 * one stage look at mostly the same critics, so that list is made once a stage and shared.
 */
function looksAtOf(critics: readonly CriticPlan[]): Plan['looksAt'] {
  const shared = new Map<Stage, readonly string[]>()
  const looksAt: Record<string, readonly string[]> = {}
  for (const critic of critics) {
    if (critic.policy === 'ALWAYS' || critic.policy === 'ON_HIGH_RISK') continue
    const names = shared.get(critic.stage) ?? lookedAtByAll(critic.stage, critics)
    shared.set(critic.stage, names)
    const own = critic.dependencies.flatMap((index) => critics[index] ?? [])
    const more = own.filter((other) => other.stage === critic.stage && !other.watched)
    looksAt[critic.name] = more.length === 0 ? names : [...names, ...more.map((other) => other.name)]
  }
  return looksAt
}

function lookedAtByAll(stage: Stage, critics: readonly CriticPlan[]): readonly string[] {
  return critics
    .filter(
      (other) => stageOrder[other.stage] < stageOrder[stage] || (other.stage === stage && other.watched),
    )
    .map((other) => other.name)
}

function refuseEmptyOrHuge(settings: readonly CriticSettings[]): void {
  if (settings.length === 0)
    throw new StagecraftError(
      'panel.empty',
      'A panel needs at least one critic: an empty panel would allow everything.',
    )
  if (settings.length > LIMITS.criticsMax)
    throw new StagecraftError(
      'panel.invalid',
      `A panel has at most ${LIMITS.criticsMax} critics, this one ${settings.length}.`,
    )
}

function refuseDuplicates(drafts: readonly Draft[]): void {
  const seen = new Set<string>()
  for (const { name } of drafts) {
    if (seen.has(name))
      throw new StagecraftError(
        'panel.duplicate_critic',
        `Two critics are named "${name}". Give each its own name.`,
      )
    seen.add(name)
  }
}

function draftOf(critic: CriticSettings, classify: boolean): Draft {
  const proposed = classify ? classifyCritic(critic.name) : {}
  const ownPolicy = typeof critic.policy === 'object' ? 'CONDITION' : critic.policy
  const [stage, stageSource] = pick<Stage>(critic.stage, proposed.stage, 'CORE_ANALYSIS')
  const [priority, prioritySource] = pick(critic.priority, proposed.priority, LIMITS.priority.default)
  const [policy, policySource] = pick<CriticPlan['policy']>(ownPolicy, proposed.policy, 'ALWAYS')
  return {
    name: asPropertyName(critic.name),
    stage,
    priority,
    policy,
    required: critic.required,
    domain: critic.domain ?? critic.name,
    dependsOn: [...new Set(critic.dependsOn)],
    timeoutMs: critic.timeoutMs,
    retriesMax: critic.retry.retriesMax,
    retryOnTimeout: critic.retry.onTimeout,
    backoff: critic.retry.backoff,
    limits: critic.limits,
    cost: critic.cost,
    tags: critic.tags,
    version: critic.version,
    sources: {
      stage: stageSource,
      priority: prioritySource,
      policy: policySource,
      domain: critic.domain !== undefined || isDomain(critic.name) ? 'definition' : 'default',
    },
  }
}

/** The definition's own setting, else what its name proposes, else the default; and which of these it was. */
function pick<T>(own: T | undefined, classified: T | undefined, fallback: T): [T, SettingSource] {
  if (own !== undefined) return [own, 'definition']
  return classified === undefined ? [fallback, 'default'] : [classified, 'classification']
}

const isDomain = (name: string): boolean => DOMAINS.some((domain) => domain === name)

function refuseWrongDependencies(drafts: readonly Draft[], indexOf: ReadonlyMap<string, number>): void {
  for (const draft of drafts) {
    for (const name of draft.dependsOn) {
      const dependency = drafts[indexOf.get(name) ?? -1]
      if (!dependency)
        throw new StagecraftError(
          'panel.unknown_dependency',
          `Critic "${draft.name}" depends on "${name}", but the panel has no critic of that name. It has: ${drafts
            .slice(0, 20)
            .map((other) => other.name)
            .join(', ')}.`,
        )
      if (stageOrder[dependency.stage] > stageOrder[draft.stage])
        throw new StagecraftError(
          'panel.later_stage_dependency',
          `Critic "${draft.name}" (${draft.stage}) depends on "${name}", which runs later (${dependency.stage}). Move one of them.`,
        )
    }
  }
}

/** Depth-first with an explicit stack: a chain of ten thousand critics is fine. */
function refuseCycles(drafts: readonly Draft[], indexOf: ReadonlyMap<string, number>): void {
  const done = new Set<string>()
  for (const { name: root } of drafts) {
    const path: { name: string; rest: string[] }[] = []
    const onPath = new Set<string>()
    const enter = (name: string) => {
      onPath.add(name)
      path.push({ name, rest: [...(drafts[indexOf.get(name) ?? -1]?.dependsOn ?? [])] })
    }
    if (!done.has(root)) enter(root)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest.shift()
      if (next === undefined) {
        onPath.delete(top.name)
        done.add(top.name)
        path.pop()
      } else if (onPath.has(next)) {
        const names = path.map((step) => step.name)
        const cycle = [...names.slice(names.indexOf(next)), next].join(' -> ')
        throw new StagecraftError(
          'panel.circular_dependency',
          `Circular dependency: ${cycle}. Remove one of these.`,
        )
      } else if (!done.has(next)) enter(next)
    }
  }
}

function link(drafts: readonly Draft[], indexOf: ReadonlyMap<string, number>): readonly CriticPlan[] {
  const watched = watchedCritics(drafts, indexOf)
  const dependents = drafts.map((): number[] => [])
  const dependencies = drafts.map((draft, index) =>
    draft.dependsOn.map((name) => {
      const dependency = indexOf.get(name) ?? -1
      if (drafts[dependency]?.stage === draft.stage) dependents[dependency]?.push(index)
      return dependency
    }),
  )
  return drafts.map((draft, index) => ({
    ...draft,
    index,
    dependencies: dependencies[index] ?? [],
    dependents: dependents[index] ?? [],
    watched: watched.has(draft.name),
  }))
}

/** ALWAYS critics whose same-stage dependencies are all watched, found by widening from those that have none. */
function watchedCritics(drafts: readonly Draft[], indexOf: ReadonlyMap<string, number>): ReadonlySet<string> {
  const unwatched = new Set(drafts.filter((draft) => draft.policy !== 'ALWAYS').map((draft) => draft.name))
  const dependentsOf = new Map<string, string[]>(drafts.map((draft) => [draft.name, []]))
  for (const draft of drafts)
    for (const name of draft.dependsOn)
      if (drafts[indexOf.get(name) ?? -1]?.stage === draft.stage) dependentsOf.get(name)?.push(draft.name)
  for (const name of unwatched) for (const dependent of dependentsOf.get(name) ?? []) unwatched.add(dependent)
  return new Set(drafts.map((draft) => draft.name).filter((name) => !unwatched.has(name)))
}

/** The result of a critic whose chart did not come to report one itself. */
export function resultWithoutRun(critic: CriticPlan, status: EndStatus, error: CriticError): CriticResult {
  return deepFreeze({
    critic: critic.name,
    stage: critic.stage,
    priority: critic.priority,
    status,
    error,
    attempts: 0,
    retryCount: 0,
    queueMs: 0,
    executionMs: 0,
    durationMs: 0,
    cost: { weight: critic.cost, spent: 0, saved: 0 },
  })
}
