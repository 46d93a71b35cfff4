/** Draws a project: what it is for, where it stands, and what one could do next. */

import type { ProjectView } from '../../runtime/projects/project-view.ts'
import type { ProjectReason } from '../../model/project.ts'
import { printable } from '../printable.ts'
import { counted } from './counted.ts'
import { approvalLines, type ApprovalTextOptions } from './approval-text.ts'
import { phaseLines } from './phase-text.ts'
import { relative, stamp } from './time-text.ts'

const BECAUSE: Readonly<Record<ProjectReason, string>> = {
  by_request: 'as somebody asked',
  approval_timeout: 'nobody decided in time',
  rolled_back: 'after a rollback',
  phase_failed: 'a phase failed',
  iterations_max: 'a phase was repeated as often as it may be',
  phases_max: 'there were as many phase runs as there may be',
  compensation_failed: 'something could not be undone',
  irreversible: 'something cannot be undone, see its history',
}

export type ProjectTextOptions = ApprovalTextOptions & {
  /** False: the phases that are still to come are not known. */
  readonly knowsPhases: boolean
}

/** Ends with a newline. */
export function projectText(view: ProjectView, options: ProjectTextOptions): string {
  const { paint, now } = options
  const { id, lifecycle, version, mode, author, createdAt, updatedAt } = view
  const origin = `${lifecycle} version ${version}, mode ${mode}${author === null ? '' : `, by ${author}`}`
  const lines = [
    `${paint('strong', printable(id))}  ${standing(view)}`,
    printable(view.intent),
    paint('faint', printable(origin)),
    paint(
      'faint',
      `created ${stamp(createdAt)}, last changed ${relative(updatedAt, now)}, ${counted(view.seq, 'fact')}`,
    ),
    '',
    ...phaseLines(view, paint),
    ...(view.isa ? ['', isaLine(view.isa)] : []),
    ...(options.knowsPhases || view.ended
      ? []
      : [paint('faint', '  later phases are in its lifecycle: name its module with --lifecycles')]),
    ...(view.approval ? ['', ...approvalLines(view, view.approval, options)] : []),
    ...nextLines(view, options),
  ]
  return `${lines.join('\n')}\n`
}

const isaLine = ({ revision, nodes, stale, domains }: NonNullable<ProjectView['isa']>): string =>
  printable(
    `Values: ${counted(nodes, 'value')} of ${domains.join(', ')}, revision ${revision}${stale > 0 ? `, ${stale} stale` : ''}`,
  )

/** Its state, the phase it is in, and why it stands still. */
export function standing({ state, phase, ended, reason }: ProjectView): string {
  const where = ended || state === phase || state === 'CREATED' ? '' : ` in ${phase}`
  const why = reason === null || state === 'COMPLETED' ? '' : `: ${BECAUSE[reason]}`
  return printable(`${state}${where}${why}`)
}

function nextLines({ id, state, phase }: ProjectView, { command }: ProjectTextOptions): readonly string[] {
  const run = command('run', id)
  if (state === 'CREATED') return ['', `It has not begun: ${run}`]
  if (state === 'PAUSED') return ['', `To go on: ${run}`]
  if (state === 'FAILED' || state === 'CANCELLED')
    return ['', `To go back to where it was: ${command('checkpoints', id)}`]
  if (state === phase || state === 'ROLLING_BACK')
    return ['', `It goes on while an orchestrator has this store open. If none has: ${run}`]
  return []
}
