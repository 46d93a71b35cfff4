/** Decisions on approvals: read, judged on the newest state, and either taken or refused with what to do. */

import {
  judge,
  Submission,
  type ApprovalDecision,
  type Decided,
  type Judgement,
  type OpenApproval,
  type Proposed,
  type Refusal,
} from '../../model/approval.ts'
import type { Json } from '../../model/canonical.ts'
import { refOf } from '../../model/content.ts'
import { StagecraftError } from '../../model/errors.ts'
import type { ProjectContext } from '../../model/project.ts'
import { problemsOf } from '../../model/problems.ts'
import { ROOT } from '../engine/charts.ts'
import type { Engine } from '../engine/engine.ts'
import { rootContext, type Proposal } from '../engine/journal-step.ts'
import { openApproval } from './project-view.ts'
import type { Answer, JournalRecord } from '../store/store.ts'
import { ContentWriter } from '../work/contents.ts'

/** Makes the answer to a request, so that it becomes durable together with what it answers. */
export type AnswerTo = (at: number) => Answer

/** Throws `input.invalid`. */
export function readSubmission(given: unknown): Submission & { readonly roles: string[] } {
  const read = Submission.safeParse(given)
  if (read.success) return read.data
  throw new StagecraftError(
    'input.invalid',
    `The decision is not valid: ${problemsOf(read.error, 'decision')}.`,
  )
}

/** What a decision does to a journal; undefined when it was taken before. Throws the refusals of `judge`. */
export function decideApproval(
  engine: Engine,
  record: JournalRecord,
  given: Submission,
  at: number,
  answer?: AnswerTo,
): Proposal | undefined {
  const submission = readSubmission(given)
  const answers = answer ? [answer(at)] : []
  const open = approvalFor(record, submission, at)
  if (!open) return answers.length > 0 ? { cause: null, answers } : undefined
  const writer = new ContentWriter(record.salt)
  const proposed = {
    ...proposedOf(record, open, submission, at),
    by: writer.refer(submission.by),
    comment: writer.referTo(submission.comment),
  }
  const event = JSON.parse(JSON.stringify({ type: 'DECIDE', proposed })) as Json
  const cause = { to: `${ROOT}/approval`, event, settles: null }
  return { ...engine.proposalOf(record, cause, at), contents: writer.contents, answers }
}

/**
 * The open approval that a decision taken now would count on; undefined when it was taken before.
 * Throws the refusals of `judge`, and `approval.unknown`.
 */
export function approvalFor(
  record: JournalRecord,
  submission: Submission,
  at: number,
): OpenApproval | undefined {
  const open = openApproval(record)
  const settled = judgeSettled(record, submission)
  // Whoever did not hear that a decision was taken sends it again, also when the next question is asked by then.
  if (settled === 'repeated') return undefined
  const judgement = open ? judge(open, proposedOf(record, open, submission, at)) : settled
  if (judgement === 'repeated') return undefined
  if (judgement !== 'accepted' || !open) throw refusal(judgement as Refusal, record, open, submission)
  return open
}

function proposedOf(record: JournalRecord, open: OpenApproval, submission: Submission, at: number): Proposed {
  const { approval, version, subjectHash, by, roles = [], decision } = submission
  return {
    approval,
    version,
    subjectHash,
    by: refOf(record.salt ?? '', by),
    roles,
    decision,
    comment: null,
    at,
    ...(open.requires.approvers && { named: open.requires.approvers.includes(by) }),
  }
}

/** No approval is open: the last one is remembered, so that a decision sent twice is known again. */
function judgeSettled(
  record: JournalRecord,
  { approval, version, by, decision }: Submission,
): Judgement | undefined {
  const last = (rootContext(record) as Partial<ProjectContext>).lastApproval
  if (!last || last.id !== approval) return undefined
  if (last.version !== version) return 'approval.outdated'
  const same = (one: Decided) => one.by === refOf(record.salt ?? '', by)
  return last.decisions.find(same)?.decision === decision ? 'repeated' : 'approval.settled'
}

function refusal(
  judgement: Refusal | undefined,
  { id, state }: JournalRecord,
  open: OpenApproval | undefined,
  { approval, version, by, decision }: Submission,
): StagecraftError {
  const asked = `${decision} by "${by}" on ${approval} version ${version} of "${id}" is refused`
  switch (judgement) {
    case 'approval.outdated':
      return new StagecraftError(
        judgement,
        open
          ? `${asked}: what is open is ${open.id} version ${open.version}, with another subject. Read the project again and decide on that.`
          : `${asked}: this version of the question is closed. Read the project again.`,
      )
    case 'approval.conflicting':
      return new StagecraftError(
        judgement,
        `${asked}: they have already decided otherwise, and a decision stands.`,
      )
    case 'approval.settled':
      return new StagecraftError(
        judgement,
        `${asked}: it was settled before, by somebody else or by its deadline. Read the project again: it is ${state}.`,
      )
    case 'approval.not_allowed':
      return new StagecraftError(judgement, `${asked}: ${rightsOf(open, decision)}.`)
    default:
      return new StagecraftError(
        'approval.unknown',
        `${asked}: no such approval is open. The project is ${state}.`,
      )
  }
}

function rightsOf(open: OpenApproval | undefined, decision: ApprovalDecision): string {
  const { offers } = open ?? {}
  if (offers && !offers.includes(decision))
    return `it is about what could not be undone. Decide ${offers.join(' (it is undone by hand) or ')} (try again)`
  const { approvers, roles, separation } = open?.requires ?? {}
  const rules = [
    ...(approvers ? [`only ${approvers.join(', ')} may decide`] : []),
    ...(roles ? [`who decides must hold one of the roles ${roles.join(', ')}`] : []),
    ...(separation ? ['the author may not decide'] : []),
  ]
  return rules.join('; ') || 'they may not decide'
}
