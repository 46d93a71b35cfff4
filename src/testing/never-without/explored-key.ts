/** The key of an explored project: equal for two that can only go the same ways, so that each is explored once. */

import { ENDS, type LifecyclePlan } from '../../model/lifecycle.ts'
import type { PhaseResult } from '../../model/phase.ts'
import type { Progress, ProjectContext } from '../../model/project.ts'
import { undoneBy } from '../../model/saga.ts'
import { ROOT, type Charts } from '../../runtime/engine/charts.ts'
import { snapshotOf, type Explored } from './explored.ts'
import { isApproved, needsApproval, runName, type Ledger } from './ledger.ts'

export function keyOf(plan: LifecyclePlan, explored: Explored, memory: unknown): string {
  const { value, context } = snapshotOf(explored)
  const { ledger, checkpoints, charts } = explored
  // Nothing leads out of an end but a rollback, and that forgets where the project was.
  const isOver = ENDS.some((end) => end === value)
  return JSON.stringify([
    memory,
    value,
    isOver || [
      projectKey(plan, explored),
      // Once a run goes on, what was done of it before a pause matters no more.
      value === 'PAUSED' && Object.keys(context.halted?.tasks ?? {}),
      value === context.phase && ledger.asked.includes(runName(context.phase, context.phasesRun)),
      'root/approval' in charts.charts && ledger.agreed.length,
      childrenKey(charts),
    ],
    checkpoints.map(({ saved }) => checkpointKey(plan, explored, saved)).toSorted(),
  ])
}

/** Keeps one checkpoint of each kind, the newest: going back to either is going back to the same. */
export function withoutTwins(plan: LifecyclePlan, explored: Explored): Explored {
  const { checkpoints } = explored
  const kinds = new Map(checkpoints.map((one) => [checkpointKey(plan, explored, one.saved), one]))
  return { ...explored, checkpoints: [...kinds.values()] }
}

/** All of a project's context, but of what it carries along only as much as could ever decide where it goes. */
function projectKey(plan: LifecyclePlan, explored: Explored): unknown {
  const { context } = snapshotOf(explored)
  const {
    results,
    pending,
    undoing,
    acted,
    feedback,
    lastApproval,
    lastResult: _,
    halted: __,
    // Whoever wishes for a rollback looks at it; here every rollback is tried.
    undone: ___,
    ...rest
  } = context
  return [
    JSON.stringify(rest, withoutCarried),
    resultsKey(plan, explored.ledger, results),
    pending && isFine(plan, explored.ledger, pending),
    stepsKey(acted, results),
    undoing && undoingKey(plan, explored, undoing),
    feedback && [feedback.from, feedback.because],
    lastApproval?.end === 'approved',
  ]
}

/** Of a result only this decides where a project may go: whether people are still to be asked about it. */
const isFine = (plan: LifecyclePlan, ledger: Ledger, result: PhaseResult) =>
  !needsApproval(plan, ledger, result) || isApproved(ledger, result)

const resultsKey = (plan: LifecyclePlan, ledger: Ledger, results: Progress['results']) =>
  Object.entries(results).map(([name, result]) => `${name} ${isFine(plan, ledger, result)}`)

const progressKey = (plan: LifecyclePlan, ledger: Ledger, { phase, results }: Progress) =>
  JSON.stringify([phase, resultsKey(plan, ledger, results)])

/** Two checkpoints of one place are another matter where other steps are undone on the way back to them. */
const checkpointKey = (plan: LifecyclePlan, explored: Explored, saved: Progress) =>
  `${progressKey(plan, explored.ledger, saved)} ${stepsKey(snapshotOf(explored).context.acted, saved.results)}`

/**
 * What is undone on the way to these results. Where all of it can be, that makes no difference: it leads to the same
 * place, only through ROLLING_BACK or straight. Each step is told once, however often it was left behind.
 */
function stepsKey(acted: ProjectContext['acted'], stays: Progress['results']): string {
  if (!acted.some(({ isPivot }) => isPivot)) return ''
  const undone = undoneBy(acted, stays)
  if (!undone.some(({ isPivot }) => isPivot)) return ''
  const steps = undone.map(({ phase, task, isPivot }) => [phase, task, isPivot].join(' '))
  return [...new Set(steps)].join(', ')
}

type Undoing = NonNullable<ProjectContext['undoing']>

function undoingKey(plan: LifecyclePlan, explored: Explored, { goal, lost, failed }: Undoing): unknown {
  const { results, acted } = snapshotOf(explored).context
  const mayLand = acted.some(({ isPivot }) => isPivot)
  return [
    goal.at === 'checkpoint' ? [goal.from, checkpointKey(plan, explored, goal.progress)] : goal,
    mayLand && [lost.length > 0, plan.phases.map(({ name }) => lost.includes(results[name]?.run ?? 0))],
    failed.map(({ phase, task }) => [phase, task]),
  ]
}

/** Other charts are compared by all they hold, but for what only grows, is only carried along, or is of the plan. */
const childrenKey = ({ charts }: Charts): unknown =>
  Object.entries(charts)
    .filter(([address]) => address !== ROOT)
    .map(([address, { source, snapshot }]) => [address, source, JSON.stringify(snapshot, withoutCarried)])

const CARRIED = new Set(
  [
    ['lifecycle', 'mode', 'intent', 'author', 'params', 'plan', 'requires', 'subject', 'subjectHash'],
    ['id', 'run', 'iteration', 'version', 'phasesRun', 'iterations', 'approvalsAsked', 'approvalVersion'],
    ['at', 'deadlineAt', 'comment', 'auditHash', 'children', 'kept'],
  ].flat(),
)

/** How a task ended makes no difference once it has: a critical failure ends its phase at once. */
function withoutCarried(name: string, value: unknown): unknown {
  if (CARRIED.has(name)) return undefined
  const isTaskEnd = typeof value === 'object' && value !== null && 'status' in value && 'attempts' in value
  return isTaskEnd ? 'ended' : value
}
