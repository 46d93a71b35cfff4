/** Everything that can happen to the chart of a small lifecycle, and the lifecycle. */

import type { LifecyclePlan } from '../../src/model/lifecycle.ts'
import type { PhaseOutcome } from '../../src/model/phase.ts'
import { toUndo } from '../../src/model/progress.ts'
import type { ApprovalOutcome, Progress, ProjectContext, ProjectInput } from '../../src/model/project.ts'
import { nameOf, type SagaOutcome, type Step } from '../../src/model/saga.ts'
import type { ProjectMachine } from '../../src/machines/project.ts'
import { doneEvent, type PathEvent } from '../../src/testing/index.ts'
import { always, lifecyclePlan, phasePlan, phaseResult, taskPlan } from './plans.ts'

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

/** Three phases for walks by chance: the first two have something to undo, one of them by itself. */
export const plan: LifecyclePlan = lifecyclePlan(
  [
    phasePlan('DRAFT', { loopbackTo: ['DRAFT'], compensates: true }),
    phasePlan('PLAN', {
      loopbackTo: ['DRAFT', 'PLAN'],
      approval: always(),
      tasks: [taskPlan('work', { compensates: true })],
    }),
    phasePlan('BUILD', { loopbackTo: ['PLAN'] }),
  ],
  4,
)

/** The same with nothing to undo. */
export const freePlan: LifecyclePlan = {
  ...plan,
  phases: plan.phases.map((phase) => ({ ...phase, tasks: [], compensates: false })),
}

/** Short enough for all of its graph: each way on and back is there once, with and without something to undo. */
export const shortPlan: LifecyclePlan = lifecyclePlan(
  [
    phasePlan('DRAFT', { loopbackTo: ['DRAFT'], tasks: [taskPlan('work', { compensates: true })] }),
    phasePlan('PLAN', { loopbackTo: ['DRAFT', 'PLAN'], approval: always() }),
  ],
  3,
)

const OUTCOMES: readonly PhaseOutcome[] = ['PASS', 'FAIL', 'RETRY', 'APPROVAL_NEEDED', 'HALTED']

function phaseEnds(
  { phases }: LifecyclePlan,
  { phase, phasesRun }: ProjectContext,
): readonly ProjectPathEvent[] {
  const { loopbackTo = [], tasks = [] } = phases.find(({ name }) => name === phase) ?? {}
  // As the chart of a phase ends: it says which tasks have done something.
  const begun = tasks.length > 0 && { begun: ['work'] }
  return [
    ...OUTCOMES.map((outcome) => doneEvent('phase', phaseResult(phase, phasesRun, outcome, { ...begun }))),
    ...loopbackTo.map((to) =>
      doneEvent('phase', phaseResult(phase, phasesRun, 'LOOPBACK', { loopbackTo: to, ...begun })),
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
function progressesIn(
  { phases }: LifecyclePlan,
  { phase: present, results }: ProjectContext,
): readonly Progress[] {
  const names = phases.map(({ name }) => name)
  return names.slice(0, names.indexOf(present) + 1).map((phase, index) => {
    const before = Object.entries(results).filter(([name]) => names.slice(0, index).includes(name))
    return { phase, results: Object.fromEntries(before), feedback: null }
  })
}

/** All is undone; or the latest step is not; or undoing has to stop before it, or before the one after it. */
function sagaEnds({ context }: Snapshot): readonly ProjectPathEvent[] {
  const steps = toUndo(context)
  const [first, second] = steps
  const ended = (end: SagaOutcome['end'], undone: readonly Step[], over: Partial<SagaOutcome> = {}) =>
    doneEvent('saga', { end, undone: undone.map(nameOf), failed: [], irreversible: null, ...over })
  return [
    ended('COMPENSATED', steps),
    ...(first
      ? [
          ended('COMPENSATION_FAILED', steps.slice(1), {
            failed: [{ ...nameOf(first), message: 'ref:stuck' }],
          }),
          ended('IRREVERSIBLE', [], { irreversible: nameOf(first) }),
        ]
      : []),
    ...(first && second ? [ended('IRREVERSIBLE', [first], { irreversible: nameOf(second) })] : []),
  ]
}

type Wish = 'START' | 'PAUSE' | 'RESUME' | 'CANCEL'

/** Also some that a chart must take no notice of. */
function wishesAt(value: string): readonly Wish[] {
  if (value === 'CREATED') return ['START', 'PAUSE', 'CANCEL']
  return value === 'PAUSED' ? ['START', 'RESUME', 'CANCEL'] : ['PAUSE', 'CANCEL']
}

/** Also what a chart must take no notice of; but a rollback only to where the project has been. */
export const eventsOf =
  (of: LifecyclePlan) =>
  (snapshot: Snapshot): readonly ProjectPathEvent[] => {
    const { value, context } = snapshot
    const wishes = wishesAt(value).map((type): ProjectPathEvent => ({ type, at: 1 }))
    const rollbacks: readonly ProjectPathEvent[] =
      value === 'CREATED'
        ? []
        : progressesIn(of, context).map((progress) => ({
            type: 'ROLLBACK',
            checkpoint: `${progress.phase}-x`,
            progress,
          }))
    if (value === 'AWAITING_APPROVAL') return [...wishes, ...rollbacks, ...approvalEnds(context)]
    if (value === 'ROLLING_BACK') return [...wishes, ...rollbacks.slice(0, 1), ...sagaEnds(snapshot)]
    if (value === context.phase) return [...wishes, ...rollbacks, ...phaseEnds(of, context)]
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
  acted: [...new Set(context.acted.map(({ phase }) => phase))],
  undoing: context.undoing && [
    context.undoing.goal.at,
    context.undoing.goal.at === 'checkpoint' && context.undoing.goal.from,
    context.undoing.failed.length,
  ],
})
