/** The key of an explored project: equal for two that can only go the same ways, so that each is explored once. */

import { ENDS, type LifecyclePlan } from '../../model/lifecycle.ts'
import type { PhaseResult } from '../../model/phase.ts'
import type { Progress } from '../../model/project.ts'
import { ROOT, type Charts } from '../../runtime/charts.ts'
import { snapshotOf, type Explored } from './explored.ts'
import { isApproved, needsApproval, runName, type Ledger } from './ledger.ts'

/**
 * Whether a rollback has something to undo is not told apart where all else is equal: it goes to the same place, only
 * through ROLLING_BACK or straight.
 */
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
    checkpoints.map(({ saved }) => progressKey(plan, ledger, saved)).toSorted(),
  ])
}

/** Keeps one checkpoint of each kind, the newest: going back to either is going back to the same. */
export function withoutTwins(plan: LifecyclePlan, explored: Explored): Explored {
  const { ledger, checkpoints } = explored
  const kinds = new Map(checkpoints.map((one) => [progressKey(plan, ledger, one.saved), one]))
  return { ...explored, checkpoints: [...kinds.values()] }
}

/** All of a project's context, but of what it carries along only as much as could ever decide where it goes. */
function projectKey(plan: LifecyclePlan, explored: Explored): unknown {
  const { context } = snapshotOf(explored)
  const { results, pending, restoring, feedback, lastApproval, lastResult: _, halted: __, ...rest } = context
  return [
    JSON.stringify(rest, withoutCarried),
    resultsKey(plan, explored.ledger, results),
    pending && isFine(plan, explored.ledger, pending),
    restoring && [restoring.from, progressKey(plan, explored.ledger, restoring.progress)],
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
