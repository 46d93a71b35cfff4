/** Moves: everything that may happen to a project next. */

import type { ApprovalDecision, Proposed, Requirement } from '../../model/approval.ts'
import type { Json } from '../../model/canonical.ts'
import type { Cause } from '../../model/fact.ts'
import type { LifecyclePlan } from '../../model/lifecycle.ts'
import { ROOT } from '../../runtime/engine/charts.ts'
import type { Command } from '../../runtime/store/store.ts'
import { VERDICTS } from '../../model/verdict.ts'
import type { Explored } from './explored.ts'
import { requirementOf, runName, type Question } from './ledger.ts'

export type Move = {
  /** For people who read a path. */
  readonly label: string
  readonly cause: Cause
  /** Who agrees by it, and may. */
  readonly agrees?: string
  /** The run whose gate or panel asks for people by it. */
  readonly asks?: string
  /** True when a phase may begin by it, so that limits count. */
  readonly mayBegin: boolean
}

/** What may come of work, by source; each is tried. */
export type WorkEnds = Readonly<Record<string, readonly Json[]>>

export const AUTHOR = 'author'

const APPROVAL = `${ROOT}/approval`

/** Whatever may happen: people wish and decide, work ends, time is up. */
export function movesIn(plan: LifecyclePlan, explored: Explored, ends: WorkEnds): readonly Move[] {
  const { charts, open, checkpoints, ledger } = explored
  const asked = APPROVAL in charts.charts ? ledger.question : null
  return [
    ...['START', 'PAUSE', 'CANCEL'].map((type) => wish(type, { type })),
    { ...wish('RESUME', { type: 'RESUME' }), mayBegin: true },
    ...checkpoints.map(({ id, phase, saved }) =>
      wish(`ROLLBACK to where ${phase} began`, {
        type: 'ROLLBACK',
        checkpoint: id,
        // A checkpoint saves plain data.
        progress: saved as unknown as Json,
      }),
    ),
    ...oneTask(open).flatMap((command) => workMoves(plan, command, ends)),
    ...open.filter(isTimer).map(timeIsUp),
    ...(asked ? decisions(asked, requirementOf(plan, asked.phase), ledger.agreed) : []),
  ]
}

const wish = (label: string, event: { readonly [key: string]: Json }): Move => ({
  label,
  cause: { to: ROOT, event, settles: null },
  mayBegin: false,
})

type Work = Extract<Command, { kind: 'work' }>
type Timer = Extract<Command, { kind: 'timer' }>
const isTimer = (command: Command): command is Timer => command.kind === 'timer'

/** All open work, but of the tasks only the oldest: those that run at once do not hear of each other. */
function oneTask(open: readonly Command[]): readonly Work[] {
  const work = open.filter((command): command is Work => command.kind === 'work')
  const [oldest] = work.filter(({ source }) => source === 'task')
  return work.filter((command) => command.source !== 'task' || command === oldest)
}

function workMoves(plan: LifecyclePlan, command: Work, ends: WorkEnds): readonly Move[] {
  const { address, id, source, input } = command
  const { phase = '', run = 0 } = Object(input) as { phase?: string; run?: number }
  return (ends[source] ?? usualEnds(plan, source, phase)).map((output) => ({
    label: `${id}${phase && ` of ${phase}`} ends: ${wordFor(output)}`,
    cause: { to: address, event: { type: `xstate.done.actor.${id}`, output, actorId: id }, settles: id },
    ...(asksForPeople(output) && { asks: runName(phase, run) }),
    mayBegin: true,
  }))
}

/** What an end may say of itself, whatever it is the end of. */
type Said = {
  readonly answer?: { readonly result: string; readonly loopbackTo?: string }
  readonly verdict?: string
  readonly status?: string
}

const asksForPeople = (output: Json): boolean => {
  const { answer, verdict } = Object(output) as Said
  return answer?.result === 'APPROVAL_NEEDED' || verdict === 'escalate'
}

function wordFor(output: Json): string {
  const { answer, verdict, status } = Object(output) as Said
  const to = answer?.loopbackTo === undefined ? '' : ` to ${answer.loopbackTo}`
  return answer ? `${answer.result}${to}` : (verdict ?? status ?? JSON.stringify(output))
}

const answer = (result: string, to?: string): Json => ({
  answer: { result, reason: null, conflicts: [], ...(to !== undefined && { loopbackTo: to }) },
})

/** Every answer of a gate, every verdict of a panel; a task, and what undoes a phase, succeeds or fails. */
function usualEnds({ phases }: LifecyclePlan, source: string, phase: string): readonly Json[] {
  const { loopbackTo = [] } = phases.find(({ name }) => name === phase) ?? {}
  switch (source) {
    case 'task':
      return ['succeeded', 'failed'].map((status) => ({ status, attempts: 1, durationMs: 0 }))
    case 'review':
      return VERDICTS.map((verdict) => ({ verdict, auditHash: `of ${verdict}`, review: 'ref:review' }))
    case 'gate':
      return [
        ...['PASS', 'FAIL', 'RETRY', 'APPROVAL_NEEDED', 'LOOPBACK'].map((result) => answer(result)),
        ...loopbackTo.map((to) => answer('LOOPBACK', to)),
        { failure: 'ref:failure' },
      ]
    case 'compensate':
      return [{ failure: null }, { failure: 'ref:failure' }]
    default:
      return []
  }
}

const timeIsUp = ({ address, id, event }: Timer): Move => ({
  label: `time is up: ${id}`,
  cause: { to: address, event, settles: id },
  mayBegin: true,
})

type Person = Pick<Proposed, 'by' | 'roles' | 'named'>

const eligible = ({ roles = [], approvers }: Requirement, by: string): Person => ({
  by,
  roles: roles.slice(0, 1),
  named: approvers !== undefined,
})

/** One for each rule, who breaks that rule alone. */
function ineligible(requires: Requirement): readonly Person[] {
  return [
    ...(requires.separation ? [eligible(requires, AUTHOR)] : []),
    ...(requires.roles ? [{ ...eligible(requires, 'somebody-without-a-role'), roles: [] }] : []),
    ...(requires.approvers ? [{ ...eligible(requires, 'somebody-not-named'), named: false }] : []),
  ]
}

/** People are all alike, so they come one by one; who has agreed may say so again, or say something else. */
function decisions(question: Question, requires: Requirement, agreed: readonly string[]): readonly Move[] {
  const { approval, version, deadlineAt } = question
  const next = eligible(requires, `person-${agreed.length + 1}`)
  const decide = (who: Person, decision: ApprovalDecision, how = '', over: Partial<Proposed> = {}): Move => ({
    label: `${who.by} decides ${decision}${how}`,
    cause: {
      to: APPROVAL,
      event: { type: 'DECIDE', proposed: proposal(question, who, decision, over) },
      settles: null,
    },
    mayBegin: true,
  })
  return [
    { ...decide(next, 'APPROVED'), agrees: next.by },
    decide(next, 'REJECTED'),
    decide(next, 'PLAN_ONLY'),
    ...agreed.slice(0, 1).flatMap((by) => {
      const again = eligible(requires, by)
      return [decide(again, 'APPROVED', ' again'), decide(again, 'REJECTED', ' after all')]
    }),
    ...ineligible(requires).map((who) => decide(who, 'APPROVED', ', and may not')),
    decide(next, 'APPROVED', ` for version ${version - 1}, not ${version}`, { version: version - 1 }),
    decide(next, 'APPROVED', ` for another than ${approval}`, { approval: 'approval-0' }),
    decide(next, 'APPROVED', ' for another subject', { subjectHash: 'of another subject' }),
    decide(next, 'APPROVED', ' at the deadline', { at: deadlineAt }),
  ]
}

const proposal = (
  { approval, version, subjectHash }: Question,
  who: Person,
  decision: ApprovalDecision,
  over: Partial<Proposed>,
): Json => {
  const proposed: Proposed = {
    approval,
    version,
    subjectHash,
    ...who,
    decision,
    comment: null,
    at: 0,
    ...over,
  }
  // No property of it is undefined.
  return proposed as unknown as Json
}
