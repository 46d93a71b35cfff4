/**
 * The gate: whether a critic of a running stage starts, waits, is shut out or skipped. Pure, and asked once per change.
 * Lists are walked by index: plans are frozen, and V8 makes an object for each step of an iterator over a frozen list.
 */

import { inTrouble, type CriticResult, type Looked } from './critic-result.ts'
import { hasViolation, statedSeverity, type Finding } from './finding.ts'
import type { CriticPlan, Plan } from './plan.ts'
import type { RiskTier } from './review-input.ts'

/** What the settled critics that every gate of a stage looks at amount to. */
export type Outlook = {
  /** Watched critics of this stage that have not settled. */
  readonly open: number
  readonly violation: boolean
  readonly uncertainty: boolean
}

/** Results by position in `plan.critics`; undefined while a critic has not settled. */
export type Settled = readonly (CriticResult | undefined)[]

export type Start =
  | { readonly do: 'wait' }
  | { readonly do: 'start' }
  | { readonly do: 'ask' }
  | { readonly do: 'shut'; readonly reason: string; readonly riskTier?: RiskTier | 'none' }
  | { readonly do: 'skip'; readonly dependency: string; readonly trouble: boolean }

const WAIT: Start = { do: 'wait' }
const START: Start = { do: 'start' }
const ASK: Start = { do: 'ask' }

/** Above this, an uncertainty opens ON_UNCERTAINTY; exactly this does not. */
const UNCERTAIN_ABOVE = 0.7

/** True when a result opens ON_VIOLATION: a violation, or trouble that may hide one. */
const opensOnViolation = (result: CriticResult) =>
  inTrouble(result) || (result.finding !== undefined && hasViolation(result.finding))

const opensOnUncertainty = (result: CriticResult) =>
  inTrouble(result) || (result.finding?.uncertainty ?? 0) > UNCERTAIN_ABOVE

/** The outlook of a stage as it starts: everything earlier has settled, nothing of its own has. */
export function outlookOf(plan: Plan, critics: readonly number[], settled: Settled): Outlook {
  let open = 0
  for (let at = 0; at < critics.length; at += 1) if (plan.critics[critics[at] as number]?.watched) open += 1
  return {
    open,
    violation: settled.some((result) => result && opensOnViolation(result)),
    uncertainty: settled.some((result) => result && opensOnUncertainty(result)),
  }
}

/** The outlook after one more watched critic of the stage has settled. */
export function lookAt(outlook: Outlook, result: CriticResult): Outlook {
  return {
    open: outlook.open - 1,
    violation: outlook.violation || opensOnViolation(result),
    uncertainty: outlook.uncertainty || opensOnUncertainty(result),
  }
}

/** True when a change of the outlook can open or shut a gate, so that waiting critics must be decided again. */
export function changesGates(before: Outlook, after: Outlook): boolean {
  return (
    before.violation !== after.violation ||
    before.uncertainty !== after.uncertainty ||
    (after.open === 0 && before.open !== 0)
  )
}

export type GateView = {
  readonly settled: Settled
  readonly outlook: Outlook
  readonly riskTier: RiskTier | undefined
  /** False: every critic runs and no condition is asked. */
  readonly gating: boolean
}

/** Decides one critic of a running stage that has not been started, shut out or skipped yet. */
export function decideStart(critic: CriticPlan, view: GateView): Start {
  const dependencies = dependenciesOf(critic, view.settled)
  if (!dependencies) return WAIT
  const unheard = dependencies.find((result) => result.finding === undefined)
  if (unheard) {
    const trouble = dependencies.some((result) => result.finding === undefined && inTrouble(result))
    return { do: 'skip', dependency: unheard.critic, trouble }
  }
  return view.gating ? decideGate(critic, view, dependencies) : START
}

const INDEPENDENT: readonly CriticResult[] = []

/** The results of its dependencies; undefined while one has not settled. */
function dependenciesOf(
  { dependencies: indexes }: CriticPlan,
  settled: Settled,
): readonly CriticResult[] | undefined {
  if (indexes.length === 0) return INDEPENDENT
  const dependencies: CriticResult[] = []
  for (let at = 0; at < indexes.length; at += 1) {
    const result = settled[indexes[at] as number]
    if (!result) return undefined
    dependencies.push(result)
  }
  return dependencies
}

function decideGate(critic: CriticPlan, view: GateView, dependencies: readonly CriticResult[]): Start {
  const { outlook, riskTier } = view
  const settledElse = (shut: Start): Start => (outlook.open === 0 ? shut : WAIT)
  switch (critic.policy) {
    case 'ALWAYS':
      return START
    case 'ON_HIGH_RISK':
      if (riskTier === 'high' || riskTier === 'critical') return START
      return { do: 'shut', reason: 'risk_tier_not_high', riskTier: riskTier ?? 'none' }
    case 'ON_VIOLATION':
      if (outlook.violation || dependencies.some(opensOnViolation)) return START
      return settledElse({ do: 'shut', reason: 'no_prior_violations' })
    case 'ON_UNCERTAINTY':
      if (outlook.uncertainty || dependencies.some(opensOnUncertainty)) return START
      return settledElse({ do: 'shut', reason: 'no_high_uncertainty' })
    case 'CONDITION':
      return settledElse(ASK)
  }
}

/** What was already gathered, by list of names: gates of one stage share their lists. */
export class LookedMemo {
  #byNames: Map<readonly string[], Gathered> | undefined

  of(names: readonly string[]): Gathered {
    this.#byNames ??= new Map()
    const known = this.#byNames.get(names)
    if (known) return known
    const gathered: Gathered = { looked: undefined, findings: undefined }
    this.#byNames.set(names, gathered)
    return gathered
  }
}

type Gathered = {
  looked: readonly Looked[] | undefined
  findings: Readonly<Record<string, Finding>> | undefined
}

/** What a gate looked at, for the record. */
export function lookedAt(
  critic: CriticPlan,
  plan: Plan,
  settled: Settled,
  memo: LookedMemo = new LookedMemo(),
): readonly Looked[] {
  const names = plan.looksAt[critic.name] ?? []
  const gathered = memo.of(names)
  return (gathered.looked ??= lookedAtNames(names, plan, settled))
}

function lookedAtNames(names: readonly string[], plan: Plan, settled: Settled): readonly Looked[] {
  const looked: Looked[] = []
  for (let at = 0; at < names.length; at += 1) {
    const result = settled[plan.positions[names[at] as string] ?? -1]
    if (result) looked.push(lookedOf(result))
  }
  return looked
}

function lookedOf({ critic, status, finding }: CriticResult): Looked {
  if (!finding) return { critic, status }
  return {
    critic,
    status,
    severity: statedSeverity(finding),
    violations: finding.violations?.length ?? 0,
    uncertainty: finding.uncertainty ?? 0,
  }
}

/** The findings a condition is asked with, by name. */
export function findingsLookedAt(
  critic: CriticPlan,
  plan: Plan,
  settled: Settled,
  memo: LookedMemo = new LookedMemo(),
): Readonly<Record<string, Finding>> {
  const names = plan.looksAt[critic.name] ?? []
  const gathered = memo.of(names)
  return (gathered.findings ??= findingsOf(
    names.map((name) => plan.positions[name] ?? -1),
    settled,
  ))
}

const NO_FINDINGS: Readonly<Record<string, Finding>> = Object.freeze({})

/** The findings of some critics, by name. */
export function findingsOf(indexes: readonly number[], settled: Settled): Readonly<Record<string, Finding>> {
  if (indexes.length === 0) return NO_FINDINGS
  const findings: Record<string, Finding> = {}
  for (let at = 0; at < indexes.length; at += 1) {
    const result = settled[indexes[at] as number]
    if (result?.finding) findings[result.critic] = result.finding
  }
  return Object.freeze(findings)
}
