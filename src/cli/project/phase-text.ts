/** Draws the phases of a project, one line each, with what their tasks came to. */

import type { PhaseSummary, ProjectView, TaskView } from '../../runtime/projects/project-view.ts'
import { printable } from '../printable.ts'
import type { Paint, Style } from './paint.ts'
import { lasted } from './time-text.ts'

type Mark = readonly [mark: string, style: Style]

const DONE: Mark = ['✓', 'good']
const AT_WORK: Mark = ['▶', 'strong']
const STANDING: Mark = ['⏸', 'waiting']
const BROKEN: Mark = ['✗', 'bad']
const LEFT_OUT: Mark = ['–', 'faint']
const TO_COME: Mark = ['·', 'faint']

const PHASE_MARKS: Readonly<Record<PhaseSummary['status'], Mark>> = {
  PENDING: TO_COME,
  RUNNING: AT_WORK,
  RETRYING: AT_WORK,
  AWAITING_APPROVAL: STANDING,
  COMPLETED: DONE,
  FAILED: BROKEN,
  SKIPPED: LEFT_OUT,
}

const TASK_MARKS: Readonly<Record<TaskView['status'], Mark>> = {
  pending: TO_COME,
  running: AT_WORK,
  succeeded: DONE,
  failed: BROKEN,
  timed_out: BROKEN,
  circuit_open: BROKEN,
  rejected: BROKEN,
  skipped: LEFT_OUT,
  cancelled: LEFT_OUT,
}

const SKIPPED_BECAUSE: Readonly<Record<NonNullable<TaskView['because']>, string>> = {
  dependency: 'what it depends on failed',
  condition: 'its condition left it out',
  phase_ended: 'the phase ended before it',
}

export function phaseLines(view: ProjectView, paint: Paint): readonly string[] {
  const width = Math.max(...view.phases.map(({ name }) => name.length))
  return view.phases.flatMap((phase) => [
    phaseLine(view, phase, { width, paint }),
    ...inside(phase, paint).map((line) => `    ${line}`),
  ])
}

function phaseLine(
  view: ProjectView,
  phase: PhaseSummary,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string {
  const isHere = view.phase === phase.name && !view.ended
  const isPaused = isHere && view.state === 'PAUSED'
  const [mark, style] = isPaused ? STANDING : PHASE_MARKS[phase.status]
  const status = isPaused && phase.status === 'PENDING' ? 'PAUSED' : phase.status
  const run = phase.run === undefined ? '' : `, run ${phase.run}`
  const name = printable(phase.name).padEnd(width)
  return `${paint(style, mark)} ${isHere ? paint('strong', name) : name}  ${paint(style, status)}${run}`
}

function inside({ reason, verdict, conflicts = [], tasks }: PhaseSummary, paint: Paint): readonly string[] {
  const names = Object.keys(tasks).map((name) => printable(name))
  const width = Math.max(0, ...names.map((name) => name.length))
  return [
    ...Object.values(tasks).map((task, index) => taskLine((names[index] ?? '').padEnd(width), task, paint)),
    ...(verdict === undefined ? [] : [`panel: ${verdict}`]),
    ...conflicts.map(
      ({ id, between, message }) =>
        `${paint('waiting', 'conflict')} ${printable(`${id} between ${between.join(' and ')}: ${message}`)}`,
    ),
    ...(reason === undefined ? [] : [`gate: ${printable(reason)}`]),
  ]
}

function taskLine(name: string, task: TaskView, paint: Paint): string {
  const [mark, style] = TASK_MARKS[task.status]
  return `${paint(style, mark)} ${name}  ${printable(endOf(task))}`
}

function endOf({ status, attempts = 0, durationMs = 0, error, because }: TaskView): string {
  if (because) return `${status}: ${SKIPPED_BECAUSE[because]}`
  if (status === 'pending' || status === 'running' || status === 'cancelled') return status
  const tries = attempts > 1 ? `, ${attempts} attempts` : ''
  return `${status.replace('_', ' ')} in ${lasted(durationMs)}${tries}${error ? `: ${error.message}` : ''}`
}
