/** Everything that can happen to the chart of a small lifecycle, and the lifecycle. */

import type { LifecyclePlan } from '../../src/model/lifecycle.ts'
import type { PhaseOutcome } from '../../src/model/phase.ts'
import { undoneBy } from '../../src/model/progress.ts'
import type { ApprovalOutcome, Progress, ProjectContext, ProjectInput } from '../../src/model/project.ts'
import type { ProjectMachine } from '../../src/machines/project.ts'
import { doneEvent, type PathEvent } from '../../src/testing/index.ts'
import { always, lifecyclePlan, phasePlan, phaseResult } from './plans.ts'

export type ProjectPathEvent = PathEvent<ProjectMachine>
type Snapshot = ReturnType<ProjectMachine['getInitialSnapshot']>

export const input: ProjectInput = {
  id: 'drone-001',
  lifecycle: 'demo',
  version: 1,
  mode: 'execute',
  intent: 'ref:intent',
  author: 'ref:eva',
  params: null,
}

/** Short enough for all of its graph; each way on and back is there once. */
export const plan: LifecyclePlan = lifecyclePlan(
  [
    phasePlan('DRAFT', { loopbackTo: ['DRAFT'], compensates: true }),
    phasePlan('PLAN', { loopbackTo: ['DRAFT', 'PLAN'], approval: always(), compensates: true }),
    phasePlan('BUILD', { loopbackTo: ['PLAN'] }),
  ],
  4,
)

const OUTCOMES: readonly PhaseOutcome[] = ['PASS', 'FAIL', 'RETRY', 'APPROVAL_NEEDED', 'HALTED']

function phaseEnds({ phase, phasesRun }: ProjectContext): readonly ProjectPathEvent[] {
  const loopbackTo = plan.phases.find(({ name }) => name === phase)?.loopbackTo ?? []
  return [
    ...OUTCOMES.map((outcome) => doneEvent('phase', phaseResult(phase, phasesRun, outcome))),
    ...loopbackTo.map((to) =>
      doneEvent('phase', phaseResult(phase, phasesRun, 'LOOPBACK', { loopbackTo: to })),
    ),
  ]
}

const APPROVAL_ENDS = ['approved', 'rejected', 'plan_only', 'refused'] as const

const approvalEnds = ({ approvalVersion }: ProjectContext): readonly ProjectPathEvent[] =>
  APPROVAL_ENDS.map((end) => {
    const isRefused = end === 'refused'
    const outcome: ApprovalOutcome = {
      end,
      version: approvalVersion,
      by: isRefused ? null : 'ref:ana',
      comment: isRefused ? null : 'ref:more',
      decisions: [],
    }
    return doneEvent('approval', outcome)
  })

/** To before each phase that the project has come to. */
function progressesIn({ phase: present, results }: ProjectContext): readonly Progress[] {
  const names = plan.phases.map(({ name }) => name)
  return names.slice(0, names.indexOf(present) + 1).map((phase, index) => {
    const before = Object.entries(results).filter(([name]) => names.slice(0, index).includes(name))
    return { phase, results: Object.fromEntries(before), feedback: null }
  })
}

function compensateEnds({ context }: Snapshot): readonly ProjectPathEvent[] {
  const to = context.restoring?.progress
  const [first] = to ? undoneBy(plan, context, to) : []
  return [
    doneEvent('compensate', { failures: [] }),
    ...(first ? [doneEvent('compensate', { failures: [{ phase: first.phase, message: 'ref:stuck' }] })] : []),
  ]
}

/** Also what a chart must take no notice of; but a rollback only to where the project has been. */
export function eventsIn(snapshot: Snapshot): readonly ProjectPathEvent[] {
  const { value, context } = snapshot
  const wishes: readonly ProjectPathEvent[] = (['START', 'PAUSE', 'RESUME', 'CANCEL'] as const).map(
    (type) => ({ type, at: 1 }),
  )
  const rollbacks: readonly ProjectPathEvent[] =
    value === 'CREATED'
      ? []
      : progressesIn(context).map((progress) => ({
          type: 'ROLLBACK',
          checkpoint: `${progress.phase}-x`,
          progress,
        }))
  if (value === 'AWAITING_APPROVAL') return [...wishes, ...rollbacks, ...approvalEnds(context)]
  if (value === 'ROLLING_BACK') return [...wishes, ...rollbacks, ...compensateEnds(snapshot)]
  if (value === context.phase) return [...wishes, ...rollbacks, ...phaseEnds(context)]
  return [...wishes, ...rollbacks]
}

/** What decides where a project can go. Texts, numbers of runs and how often was asked do not. */
export const seen = (context: ProjectContext) => ({
  phase: context.phase,
  results: Object.keys(context.results),
  phasesRun: context.phasesRun,
  iterations: context.iterations,
  isHalted: context.halted !== null,
  isPending: context.pending !== null,
  acted: Object.keys(context.acted),
  restoring: context.restoring && [context.restoring.progress.phase, context.restoring.from],
})
