/** Approval safety from the facts alone: nothing that needs people goes on without enough of the right ones. */

import { DEFAULT_REQUIREMENT, type Requirement } from '../../src/model/approval.ts'
import { canonicalJson } from '../../src/model/canonical.ts'
import type { Sent } from './project-book.ts'
import type { Told } from './project-journal.ts'
import { mayDecide, PEOPLE, type LifecycleSpec } from './project-plan.ts'
import { OWN_WORDS } from './project-work.ts'

type Say = (sentence: string) => void
type Must = (holds: boolean, sentence: string) => void

type Asked = {
  readonly approval: string
  readonly version: number
  readonly phase: string
  readonly subjectHash: string
  readonly deadlineAt: number
  readonly requires: Requirement
}

type Answered = { readonly result: string; readonly failure?: string }

type Decision = Pick<Asked, 'approval' | 'version' | 'subjectHash'> & {
  readonly by: string
  readonly roles: readonly string[]
  readonly decision: 'APPROVED' | 'REJECTED' | 'PLAN_ONLY'
}

export class ApprovalOracle {
  readonly #spec: LifecycleSpec
  readonly #sent: readonly Sent[]
  readonly #say: Say
  /** Since the phase last started. */
  #gate: string | undefined
  #verdict: string | undefined
  #asked: Asked | undefined
  #decisions: readonly Decision[] = []
  /** Approvals and versions that were asked for. */
  readonly #versions = new Map<string, number>()

  constructor(spec: LifecycleSpec, sent: readonly Sent[], say: Say) {
    this.#spec = spec
    this.#sent = sent
    this.#say = say
  }

  /** `next` is what follows it in the journal. */
  hear(told: Told, next: Told | undefined): void {
    const must = (holds: boolean, sentence: string) => {
      if (!holds) this.#say(`${told.seq} ${told.type}: ${sentence}`)
    }
    const { type, payload } = told
    switch (type) {
      case 'PHASE_STARTED':
        this.#gate = this.#verdict = this.#asked = undefined
        this.#decisions = []
        return
      case 'GATE_ANSWERED':
        return this.#hearGate(payload as Answered, must)
      case 'REVIEW_RECORDED':
        this.#verdict = String(payload['verdict'])
        return
      case 'APPROVAL_REQUESTED':
        // The chart of an approval makes its facts of exactly these fields.
        return this.#hearAsked(payload as Asked, must)
      case 'APPROVAL_RECEIVED':
        return this.#hearDecision(payload as Decision, told.at, must)
      case 'APPROVAL_TIMEOUT':
        must(told.at >= (this.#asked?.deadlineAt ?? Infinity), 'came before the deadline')
        this.#asked = undefined
        return
      case 'APPROVAL_WITHDRAWN':
        must(this.#asked !== undefined, 'nothing was asked')
        this.#asked = undefined
        return
      case 'PHASE_COMPLETED':
        return this.#hearCompleted(String(payload['phase']), next, must)
      default:
    }
  }

  #hearGate({ result, failure }: Answered, must: Must): void {
    if (failure === undefined) this.#gate = result
    else must(isOwnFault(failure), `blames the gate for: ${failure}`)
  }

  #hearAsked(asked: Asked, must: Must): void {
    const newest = this.#versions.get(asked.approval) ?? 0
    must(asked.version === newest + 1, `asks version ${asked.version} after ${newest}`)
    must(
      canonicalJson(asked.requires) === canonicalJson(this.#requirementOf(asked.phase)),
      `asks for something else than ${asked.phase} does`,
    )
    this.#versions.set(asked.approval, asked.version)
    this.#asked = asked
    this.#decisions = []
  }

  #hearDecision(decision: Decision, at: number, must: Must): void {
    const { asked, by } = { asked: this.#asked, by: decision.by }
    must(asked !== undefined, 'nothing was asked')
    if (!asked) return
    must(isOn(asked, decision), 'is a decision on something else than what was asked')
    must(at < asked.deadlineAt, 'was taken after the deadline')
    must(!this.#decisions.some((other) => other.by === by), `${by} decided twice`)
    const person = PEOPLE.find(({ name }) => name === by)
    must(
      person !== undefined && mayDecide(asked.requires, { ...person, roles: decision.roles }),
      `${by} may not decide`,
    )
    const wasSent = this.#sent.some(
      ({ submission }) =>
        submission.approval === decision.approval &&
        submission.version === decision.version &&
        submission.by === by &&
        submission.decision === decision.decision,
    )
    must(wasSent, `${by} never said ${decision.decision}`)
    this.#decisions = [...this.#decisions, decision]
  }

  #hearCompleted(phase: string, next: Told | undefined, must: Must): void {
    const plan = this.#spec.phases.find(({ name }) => name === phase)
    must(this.#verdict !== 'deny', 'its review said deny')
    if (plan?.review) must(this.#verdict !== undefined, 'its review was not asked')
    if (plan?.hasGate)
      must(this.#gate === 'PASS' || this.#gate === 'APPROVAL_NEEDED', `its gate said ${this.#gate}`)
    const isNeeded =
      plan?.approval?.when === 'always' || this.#gate === 'APPROVAL_NEEDED' || this.#verdict === 'escalate'
    if (!isNeeded) return
    must(this.#asked?.phase === phase, 'nobody was asked')
    const isPlan = next?.type === 'PROJECT_PLANNED'
    const all = this.#decisions.map(({ decision }) => decision)
    const approved = all.filter((decision) => decision === 'APPROVED').length
    const { quorum } = this.#requirementOf(phase)
    if (isPlan) must(all.at(-1) === 'PLAN_ONLY', 'nobody wanted the plan only')
    else must(approved >= quorum && approved === all.length, `${approved} of ${quorum} have approved`)
    this.#asked = undefined
  }

  #requirementOf(phase: string): Requirement {
    return this.#spec.phases.find(({ name }) => name === phase)?.approval?.requires ?? DEFAULT_REQUIREMENT
  }
}

const isOn = (asked: Asked, { approval, version, subjectHash }: Decision) =>
  asked.approval === approval && asked.version === version && asked.subjectHash === subjectHash

/** What a gate that misbehaves is blamed for: its own words, or nonsense for an answer. */
const isOwnFault = (failure: string) =>
  failure.includes(OWN_WORDS) || /must answer one of|circular structure/.test(failure)

/** People a recorded review asks for when it escalates. */
export const REVIEW_QUORUM = 2

/**
 * A recorded review is released by its quorum alone, and its verdict never changes. `handedOut` are the audit hashes of
 * what people got.
 */
export function reviewProblems(journal: readonly Told[], handedOut: readonly string[]): readonly string[] {
  const [first] = journal
  const decisions = journal.flatMap(({ type, payload }) =>
    type === 'APPROVAL_RECEIVED' ? [payload as Decision] : [],
  )
  const approved = new Set(decisions.flatMap(({ decision, by }) => (decision === 'APPROVED' ? [by] : [])))
    .size
  const told = new Set(journal.map(({ type }) => type))
  const verdicts = new Set(journal.flatMap(({ payload }) => (payload as { verdict?: string }).verdict ?? []))
  return [
    ...(verdicts.size === 1 ? [] : [`its verdict is said to be ${[...verdicts].join(' and ')}`]),
    ...(first?.type === 'REVIEW_RECORDED' ? [] : ['does not begin with its record']),
    ...(handedOut.every((hash) => hash === first?.payload['auditHash'])
      ? []
      : ['another review was handed out']),
    ...(told.has('APPROVAL_REQUESTED') === verdicts.has('escalate')
      ? []
      : ['asks people where it need not, or not']),
    ...(told.has('REVIEW_RELEASED') && approved < REVIEW_QUORUM
      ? [`was released by ${approved} people`]
      : []),
    ...(told.has('REVIEW_RELEASED') && told.has('REVIEW_REFUSED') ? ['was released and refused'] : []),
  ]
}

/** Everybody who heard a yes finds their decision in the journal, once; who heard a no does not. */
export function decisionProblems(sent: readonly Sent[], journal: readonly Told[]): readonly string[] {
  const keyOf = (one: Pick<Decision, 'approval' | 'version' | 'by' | 'decision'>) =>
    [one.approval, one.version, one.by, one.decision].join(' ')
  const taken = journal.flatMap(({ type, payload }) =>
    type === 'APPROVAL_RECEIVED' ? [keyOf(payload as Decision)] : [],
  )
  const heard = Map.groupBy(sent, ({ submission }) => keyOf(submission))
  return [...heard].flatMap(([key, those]) => {
    const times = taken.filter((one) => one === key).length
    if (times > 1) return [`${key} is recorded ${times} times`]
    if (times === 0 && those.some((one) => one.heard === 'ok'))
      return [`${key} was taken, and is not recorded`]
    if (times === 1 && those.every((one) => one.heard === 'refused'))
      return [`${key} was refused, and is recorded`]
    return []
  })
}
