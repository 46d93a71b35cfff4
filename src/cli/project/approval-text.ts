/** Draws an approval that waits for people: what is asked, of whom, until when, and how to answer. */

import type { ApprovalView, ProjectView } from '../../runtime/projects/project-view.ts'
import type { UndoSubject } from '../../model/saga.ts'
import { printable } from '../printable.ts'
import { counted } from './counted.ts'
import type { Place } from './place.ts'
import type { Paint } from './paint.ts'
import { relative, stamp } from './time-text.ts'

/** Outputs that are shown; the rest is counted. */
const OUTPUTS_MAX = 10

export type ApprovalTextOptions = {
  readonly paint: Paint
  /** Milliseconds since 1970. */
  readonly now: number
  readonly command: Place['command']
}

export function approvalLines(
  { id, author }: Pick<ProjectView, 'id' | 'author'>,
  approval: ApprovalView,
  { paint, now, command }: ApprovalTextOptions,
): readonly string[] {
  const { version, phase, deadlineAt, decisions } = approval
  const lines = [
    ...outputsOf(approval),
    ...notUndoneOf(approval),
    `needs     ${requirementOf(approval, author)}`,
    deadlineAt > now
      ? `deadline  ${relative(deadlineAt, now)}, ${stamp(deadlineAt)}`
      : `deadline  passed ${relative(deadlineAt, now)}: nobody can decide any more`,
    ...decisions.map(({ by, roles, decision, comment, at }) => {
      const as = roles.length > 0 ? ` as ${roles.join(', ')}` : ''
      return `decided   ${decision} by ${by}${as}, ${relative(at, now)}${comment === null ? '' : `: ${comment}`}`
    }),
    `to agree  ${command('approve', id, '--approval', approval.id, '--version', String(version), ...roleOf(approval))}`,
  ]
  return [
    paint('waiting', `┌ ${printable(`${approval.id} version ${version}, on ${phase}`)}`),
    ...lines.map((line) => `${paint('waiting', '│')} ${printable(line)}`),
    paint('waiting', '└'),
  ]
}

function outputsOf({ subject }: ApprovalView): readonly string[] {
  // Made by `subjectOf`: the outputs of the phase by task.
  const outputs = Object.entries((subject as { readonly outputs?: object } | null)?.outputs ?? {})
  const shown = outputs.slice(0, OUTPUTS_MAX).map(([task, output]: [string, unknown]) => {
    const text = typeof output === 'string' ? output : JSON.stringify(output)
    return `output    ${task}: ${text}`
  })
  const more = outputs.length - shown.length
  return more > 0 ? [...shown, `output    and ${more} more, with --json`] : shown
}

/** What people are asked where something could not be undone. */
function notUndoneOf({ subject }: ApprovalView): readonly string[] {
  // Made by `undoSubjectOf`.
  const { question, failed } = Object(subject) as Partial<UndoSubject>
  if (failed === undefined) return []
  const steps = failed.map(({ phase, task, message }) => {
    const step = task === undefined ? phase : `${phase} ${task}`
    return `not undone  ${step}: ${typeof message === 'string' ? message : JSON.stringify(message)}`
  })
  return [...steps, `question  ${question}`]
}

function requirementOf({ requires, decisions }: ApprovalView, author: string | null): string {
  const { quorum, approvers, roles, separation } = requires
  const approved = decisions.filter(({ decision }) => decision === 'APPROVED').length
  return [
    `${counted(quorum, 'approval')}, ${approved} so far`,
    ...(approvers ? [`only ${approvers.join(', ')} may decide`] : []),
    ...(roles ? [`in the role of ${roles.join(' or ')}`] : []),
    ...(separation && author !== null ? [`not by the author ${author}`] : []),
  ].join('; ')
}

const roleOf = ({ requires: { roles } }: ApprovalView): readonly string[] =>
  roles?.[0] === undefined ? [] : ['--role', roles[0]]
