/** The verdict: a join over contributions on allow < constrained_allow < escalate < deny. */

import { DOMAINS } from './critic.ts'
import { inTrouble, type CriticResult, type EndStatus } from './critic-result.ts'
import { inOrder } from './in-order.ts'
import { statedSeverity, type Escalation, type Finding, type Violation } from './finding.ts'

export const VERDICTS = ['allow', 'constrained_allow', 'escalate', 'deny'] as const
export type Verdict = (typeof VERDICTS)[number]

const rank: Readonly<Record<Verdict, number>> = { allow: 0, constrained_allow: 1, escalate: 2, deny: 3 }

/** Positive when a is stricter than b. */
export const compareVerdicts = (a: Verdict, b: Verdict): number => rank[a] - rank[b]

/** The stricter of two verdicts: the join of the lattice. */
export const stricter = (a: Verdict, b: Verdict): Verdict => (rank[a] >= rank[b] ? a : b)

/** Where severity (0–3, adjusted) and uncertainty (0–1) turn into a verdict. */
export type VerdictRules = {
  /** Adjusted severity from which the answer is denied; default 2.5. */
  readonly denyAt: number
  /** Adjusted severity from which it is constrained; default 1.0. */
  readonly constrainAt: number
  /** Uncertainty from which a constrained answer is escalated; default 0.6. */
  readonly uncertainAt: number
  /** What a critic gated by its rule means: nothing, or a person must look. Default 'ignore'. */
  readonly onGated: 'ignore' | 'escalate'
}

export const DEFAULT_RULES: VerdictRules = {
  denyAt: 2.5,
  constrainAt: 1,
  uncertainAt: 0.6,
  onGated: 'ignore',
}

/** What enters the verdict: a finding, or the fact that a required critic could not be heard. */
export type Contribution =
  | {
      readonly kind: 'finding'
      readonly critic: string
      readonly domain: string
      readonly finding: Finding
      readonly degraded: boolean
    }
  | {
      readonly kind: 'unknown'
      readonly critic: string
      readonly domain: string
      readonly status: EndStatus
      readonly because: string
    }

/** One contribution and what it means on its own; `reasons` of a review lists every one. */
export type Reason = {
  readonly critic: string
  readonly domain: string
  readonly kind: 'finding' | 'unknown'
  /** What this contribution alone would decide. */
  readonly verdict: Verdict
  /** Stated, and adjusted by precedent and uncertainty; 0–3. */
  readonly severity: number
  readonly adjustedSeverity: number
  readonly uncertainty: number
  readonly violations: readonly Violation[]
  readonly justification?: string
  readonly mitigation?: string
  readonly escalation?: Escalation
  readonly degraded?: boolean
  /** For `unknown`: why the critic could not be heard. */
  readonly because?: string
}

/** One side of a disagreement, word for word. */
export type Voice = { readonly critic: string; readonly verdict: Verdict; readonly says: string }

export type Dissent = {
  /** True when at least one finding escalates and at least one does not. */
  readonly present: boolean
  readonly escalating: readonly Voice[]
  readonly opposing: readonly Voice[]
}

export type EscalationGate = {
  /** The highest tier signalled. */
  readonly tier?: Escalation['tier']
  /** What a person has to do before the answer is used. */
  readonly requires: 'NOTHING' | 'HUMAN_ACK' | 'HUMAN_DETERMINATION'
  /** Every signal as `critic:clause`. */
  readonly signals: readonly string[]
  readonly reason: string
}

export type Decision = {
  readonly verdict: Verdict
  readonly reasons: readonly Reason[]
  readonly dissent: Dissent
  readonly escalation: EscalationGate
}

const clamp = (value: number) => Math.min(3, Math.max(0, value))

/**
 * Severity after precedent and uncertainty, 0–3. For alignment a: x(1+|a|) when a < 0, else x(1-0.3a), clamped;
 * then x(1+0.5u) for uncertainty u, clamped. Source: the ELEANOR V8 aggregator.
 */
export function adjustSeverity(severity: number, precedentAlignment: number, uncertainty: number): number {
  const byPrecedent = clamp(
    precedentAlignment < 0
      ? severity * (1 + Math.abs(precedentAlignment))
      : severity * (1 - 0.3 * precedentAlignment),
  )
  return clamp(byPrecedent * (1 + 0.5 * uncertainty))
}

/** What one contribution means on its own. */
export function reasonOf(contribution: Contribution, rules: VerdictRules = DEFAULT_RULES): Reason {
  const { critic, domain, kind } = contribution
  if (kind === 'unknown')
    return {
      critic,
      domain,
      kind,
      verdict: 'escalate',
      severity: 0,
      adjustedSeverity: 0,
      uncertainty: 1,
      violations: [],
      because: contribution.because,
    }
  const { finding, degraded } = contribution
  const severity = statedSeverity(finding)
  const uncertainty = finding.uncertainty ?? 0
  const adjustedSeverity = adjustSeverity(severity, finding.precedentAlignment ?? 0, uncertainty)
  const reason: { -readonly [Key in keyof Reason]: Reason[Key] } = {
    critic,
    domain,
    kind,
    verdict: verdictOf(adjustedSeverity, uncertainty, finding.escalation !== undefined, rules),
    severity,
    adjustedSeverity,
    uncertainty,
    violations: finding.violations ?? [],
  }
  if (finding.justification !== undefined) reason.justification = finding.justification
  if (finding.mitigation !== undefined) reason.mitigation = finding.mitigation
  if (finding.escalation !== undefined) reason.escalation = finding.escalation
  if (degraded) reason.degraded = degraded
  return reason
}

function verdictOf(severity: number, uncertainty: number, signalled: boolean, rules: VerdictRules): Verdict {
  if (severity >= rules.denyAt) return 'deny'
  if (signalled) return 'escalate'
  if (severity < rules.constrainAt) return 'allow'
  return uncertainty >= rules.uncertainAt ? 'escalate' : 'constrained_allow'
}

/**
 * Joins contributions into one decision. Order does not matter; adding a contribution, or raising a severity or an
 * uncertainty, never relaxes the verdict. A review in which nobody was heard contributes `nobodyHeard`.
 */
export function decide(
  contributions: readonly Contribution[],
  rules: VerdictRules = DEFAULT_RULES,
): Decision {
  const reasons = inOrder(
    contributions.map((contribution) => reasonOf(contribution, rules)),
    byDomainThenName,
  )
  const verdict = reasons.reduce<Verdict>((joined, reason) => stricter(joined, reason.verdict), 'allow')
  return {
    verdict,
    reasons,
    dissent: dissentOf(reasons),
    escalation: escalationOf(reasons),
  }
}

const domainRank = new Map<string, number>(DOMAINS.map((domain, index) => [domain, index]))

/** Code-unit order, so that it is the same in every locale. */
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function byDomainThenName(a: Reason, b: Reason): number {
  const byRank = (domainRank.get(a.domain) ?? DOMAINS.length) - (domainRank.get(b.domain) ?? DOMAINS.length)
  return (
    byRank ||
    compareText(a.domain, b.domain) ||
    compareText(a.critic, b.critic) ||
    compareText(a.kind, b.kind)
  )
}

function dissentOf(reasons: readonly Reason[]): Dissent {
  if (!reasons.some(escalates)) return { present: false, escalating: [], opposing: [] }
  const heard = reasons.filter(({ kind }) => kind === 'finding')
  const escalating = heard.filter((reason) => escalates(reason))
  const opposing = heard.filter((reason) => !escalates(reason))
  const present = escalating.length > 0 && opposing.length > 0
  return {
    present,
    escalating: present ? escalating.map(voiceOf) : [],
    opposing: present ? opposing.map(voiceOf) : [],
  }
}

const escalates = (reason: Reason): boolean =>
  reason.escalation !== undefined || reason.verdict === 'escalate'

const voiceOf = ({ critic, verdict, justification, escalation }: Reason): Voice => ({
  critic,
  verdict,
  says: justification ?? escalation?.reason ?? '',
})

function escalationOf(reasons: readonly Reason[]): EscalationGate {
  const signals: string[] = []
  let tier: Escalation['tier'] | undefined
  for (const { critic, escalation } of reasons) {
    if (!escalation) continue
    signals.push(`${critic}:${escalation.clause}`)
    tier = tier === 'TIER_3' ? tier : escalation.tier
  }
  if (!tier) return { requires: 'NOTHING', signals, reason: 'No escalation triggered.' }
  const requires = tier === 'TIER_3' ? 'HUMAN_DETERMINATION' : 'HUMAN_ACK'
  return { tier, requires, signals, reason: `${tier} escalation by ${signals.join(', ')}.` }
}

/** What the verdict needs to know of a critic beside its result. */
export type Standing = { readonly domain: string; readonly required: boolean }

/** The contribution of one settled critic, or none (gated by its rule, or not required and not heard). */
export function contributionOf(
  result: CriticResult,
  standing: Standing,
  rules: VerdictRules = DEFAULT_RULES,
): readonly Contribution[] {
  const contributions: Contribution[] = []
  contribute(contributions, result, standing, rules)
  return contributions
}

function contribute(
  contributions: Contribution[],
  result: CriticResult,
  { domain, required }: Standing,
  rules: VerdictRules,
): void {
  const { critic, status, finding, degraded = false } = result
  if (finding !== undefined) contributions.push({ kind: 'finding', critic, domain, finding, degraded })
  const because =
    required && isMissing(result)
      ? becauseOf(result)
      : status === 'gated' && rules.onGated === 'escalate'
        ? `gated: ${result.gating?.reason ?? ''}`
        : undefined
  if (because !== undefined) contributions.push({ kind: 'unknown', critic, domain, status, because })
}

/**
 * Everything that enters the verdict of a review. Where not one critic was heard, that is a contribution of its own:
 * silence is not consent.
 */
export function contributionsOf(
  results: readonly CriticResult[],
  standingOf: (critic: string) => Standing,
  rules: VerdictRules = DEFAULT_RULES,
): readonly Contribution[] {
  const contributions: Contribution[] = []
  for (const result of results) contribute(contributions, result, standingOf(result.critic), rules)
  return contributions.length > 0 ? contributions : [nobodyHeard]
}

const nobodyHeard: Contribution = {
  kind: 'unknown',
  critic: '(panel)',
  domain: 'risk',
  status: 'skipped',
  because: 'no critic was heard',
}

/** Missing: nobody knows what it would have said. A substitute (`degraded`) contributes but does not make it heard. */
function isMissing(result: CriticResult): boolean {
  return result.status === 'cancelled' || inTrouble(result)
}

function becauseOf(result: CriticResult): string {
  const { status, error, gating, skipping } = result
  return (
    gating?.reason ??
    error?.code ??
    (skipping ? `${status}: ${skipping.dependency ?? skipping.reason}` : status)
  )
}
