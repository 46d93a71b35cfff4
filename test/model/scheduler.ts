/**
 * A panel without machines: a scheduler that drives the pure gate with scripted critics, in any order of settling,
 * and an oracle that says how each critic must end straight from the words of the design, with no scheduler at all.
 */

import type { CriticResult } from '../../src/model/critic-result.ts'
import { changesGates, decideStart, findingsLookedAt, lookAt, outlookOf } from '../../src/model/gate.ts'
import { makePlan, type CriticPlan, type Plan } from '../../src/model/plan.ts'
import type { RiskTier } from '../../src/model/review-input.ts'
import { stageOrder } from '../../src/model/stages.ts'
import type { PanelCritic } from './arbitraries.ts'
import { resultOf, settingsOf } from './samples.ts'

export type Run = {
  /** Which of the running critics settles next, as positions; used over and over. */
  readonly choices: readonly number[]
  readonly permitsMax: number
  readonly riskTier: RiskTier | undefined
  readonly gating: boolean
  /** True: after a change, decide only those that the change can concern, as a stage does. */
  readonly sparing: boolean
}

export type Panel = readonly PanelCritic[]

export function planOfPanel(panel: Panel): Plan {
  return makePlan(
    panel.map(({ name, stage, priority, policy, dependsOn, required }) =>
      settingsOf(name, {
        stage,
        priority,
        policy: policy === 'CONDITION' ? { when: () => true } : policy,
        dependsOn: [...dependsOn],
        required,
      }),
    ),
  )
}

/** Runs a panel to its end. Throws when a critic of a stage can never be decided: that is a deadlock. */
export function runPanel(panel: Panel, run: Run): ReadonlyMap<string, CriticResult> {
  const plan = planOfPanel(panel)
  const scripts = new Map(panel.map((critic) => [critic.name, critic]))
  const settled: (CriticResult | undefined)[] = plan.critics.map(() => undefined)
  let turn = 0
  const pick = (count: number) => (run.choices[turn++ % run.choices.length] ?? 0) % count

  for (const stage of plan.stages) {
    let outlook = outlookOf(plan, stage.critics, settled)
    const pending = new Set(stage.critics)
    const queue: number[] = []
    const running: number[] = []
    const todo: number[] = [...stage.critics]

    const settle = (critic: CriticPlan, result: CriticResult) => {
      settled[critic.index] = result
      const before = outlook
      if (critic.watched) outlook = lookAt(outlook, result)
      const all = !run.sparing || changesGates(before, outlook)
      todo.push(...(all ? pending : critic.dependents))
    }

    const decide = (critic: CriticPlan) => {
      const start = decideStart(critic, { settled, outlook, riskTier: run.riskTier, gating: run.gating })
      if (start.do === 'wait') return
      pending.delete(critic.index)
      if (start.do === 'start') queue.push(critic.index)
      else if (start.do === 'shut') settle(critic, shut(critic.name, start.reason))
      else if (start.do === 'skip') settle(critic, skipped(critic.name, start.dependency, start.trouble))
      else {
        const looked = Object.keys(findingsLookedAt(critic, plan, settled)).length
        const reason = conditionReason(scripts.get(critic.name), looked)
        if (reason === undefined) queue.push(critic.index)
        else settle(critic, shut(critic.name, reason))
      }
    }

    for (;;) {
      for (let index = todo.shift(); index !== undefined; index = todo.shift()) {
        const critic = plan.critics[index]
        if (critic && pending.has(index)) decide(critic)
      }
      queue.sort((a, b) => a - b)
      while (queue.length > 0 && running.length < run.permitsMax) running.push(queue.shift() ?? -1)
      if (running.length === 0) break
      const [index = -1] = running.splice(pick(running.length), 1)
      const critic = plan.critics[index]
      if (critic) settle(critic, ranAs(scripts.get(critic.name)))
    }
    if (pending.size > 0)
      throw new Error(
        `deadlock: ${[...pending].map((index) => plan.critics[index]?.name).join(', ')} never decided`,
      )
  }
  return new Map(
    plan.critics.map((critic) => [critic.name, settled[critic.index] ?? resultOf(critic.name, 'cancelled')]),
  )
}

const troubled = ({ status, skipping, gating }: CriticResult) =>
  ['error', 'timeout', 'invalid', 'rejected'].includes(status) ||
  (status === 'skipped' && skipping?.trouble === true) ||
  (status === 'gated' && gating?.reason.startsWith('policy_evaluation_error') === true)

/** How every critic must end, by the words of the design alone. */
export function expectedEnds(panel: Panel, run: Run): ReadonlyMap<string, CriticResult> {
  const byName = new Map(panel.map((critic) => [critic.name, critic]))
  const ends = new Map<string, CriticResult>()
  const critic = (name: string): PanelCritic => byName.get(name) ?? panic(name)

  const isWatched = ({ policy, stage, dependsOn }: PanelCritic): boolean =>
    policy === 'ALWAYS' && dependsOn.map(critic).every((other) => other.stage !== stage || isWatched(other))

  const looksAt = (own: PanelCritic): CriticResult[] =>
    panel
      .filter(
        (other) =>
          stageOrder[other.stage] < stageOrder[own.stage] ||
          own.dependsOn.includes(other.name) ||
          (other.stage === own.stage && other.name !== own.name && isWatched(other)),
      )
      .map((other) => endOf(other.name))

  const whyShut = (own: PanelCritic): string | undefined => {
    if (!run.gating || own.policy === 'ALWAYS') return undefined
    if (own.policy === 'ON_HIGH_RISK')
      return run.riskTier === 'high' || run.riskTier === 'critical' ? undefined : 'risk_tier_not_high'
    const looked = looksAt(own)
    if (own.policy === 'CONDITION')
      return conditionReason(own, looked.filter((result) => result.finding !== undefined).length)
    if (looked.some(troubled)) return undefined
    const findings = looked.flatMap((result) => result.finding ?? [])
    if (own.policy === 'ON_UNCERTAINTY')
      return findings.some((finding) => (finding.uncertainty ?? 0) > 0.7) ? undefined : 'no_high_uncertainty'
    return findings.some((finding) => (finding.violations ?? []).length > 0 || (finding.severity ?? 0) >= 2)
      ? undefined
      : 'no_prior_violations'
  }

  const computed = (name: string): CriticResult => {
    const own = critic(name)
    const silent = own.dependsOn.map(endOf).filter((result) => result.finding === undefined)
    const [first] = silent
    if (first) return skipped(name, first.critic, silent.some(troubled))
    const reason = whyShut(own)
    return reason === undefined ? ranAs(own) : shut(name, reason)
  }

  const endOf = (name: string): CriticResult => {
    const known = ends.get(name) ?? computed(name)
    ends.set(name, known)
    return known
  }

  return new Map(panel.map(({ name }) => [name, endOf(name)]))
}

function panic(name: string): never {
  throw new Error(`the panel has no critic "${name}"`)
}

/** Why the condition of a critic holds it back; undefined when it opens. `counts` opens on an even number of findings. */
function conditionReason(critic: PanelCritic | undefined, looked: number): string | undefined {
  switch (critic?.script.condition) {
    case 'throws':
      return 'policy_evaluation_error: Error: scripted'
    case 'shut':
      return 'conditional_policy_not_met'
    case 'counts':
      return looked % 2 === 0 ? undefined : 'conditional_policy_not_met'
    default:
      return undefined
  }
}

function ranAs(critic: PanelCritic | undefined): CriticResult {
  if (!critic) return panic('unscripted')
  const { ends, finding } = critic.script
  if (ends === 'success') return resultOf(critic.name, 'success', { finding })
  if (ends === 'degraded') return resultOf(critic.name, 'error', { finding, degraded: true })
  return resultOf(critic.name, ends)
}

const shut = (critic: string, reason: string): CriticResult =>
  resultOf(critic, 'gated', { gating: { reason, looked: [], saved: { cost: 1, ms: 0 } } })

const skipped = (critic: string, dependency: string, trouble: boolean): CriticResult =>
  resultOf(critic, 'skipped', { skipping: { reason: 'dependency_without_finding', dependency, trouble } })
