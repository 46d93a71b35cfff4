/** Everything that can happen to the chart of a hardware design. */

import type { PhaseOutcome, PhaseResult } from '../../../src/model/phase.ts'
import { toUndo } from '../../../src/model/progress.ts'
import type { Progress, ProjectContext, ProjectInput } from '../../../src/model/project.ts'
import { nameOf } from '../../../src/model/saga.ts'
import type { ProjectMachine } from '../../../src/machines/project.ts'
import { doneEvent, type PathEvent } from '../../../src/testing/index.ts'

export type DesignEvent = PathEvent<ProjectMachine>
export type DesignSnapshot = ReturnType<ProjectMachine['getInitialSnapshot']>

/** As the behaviours list them; the chart is held against this. */
export const ORDER = [
  'FEASIBILITY',
  'PLANNING',
  'GEOMETRY_KERNEL',
  'MULTI_PHYSICS',
  'MANUFACTURING',
  'VALIDATION',
  'SOURCING',
  'DOCUMENTATION',
]

export const input: ProjectInput = {
  id: 'drone-001',
  lifecycle: 'hardware-design',
  version: 1,
  mode: 'plan',
  intent: 'ref:intent',
  author: null,
  params: null,
}

const OUTCOMES: readonly PhaseOutcome[] = ['PASS', 'FAIL', 'RETRY', 'APPROVAL_NEEDED', 'HALTED']
const ENDS = ['approved', 'rejected', 'plan_only', 'refused'] as const

function phaseEnd(phase: string, run: number, outcome: PhaseOutcome): DesignEvent {
  const result: PhaseResult = {
    phase,
    run,
    outcome,
    cause: outcome === 'HALTED' ? 'halted' : 'gate',
    loopbackTo: outcome === 'LOOPBACK' ? 'GEOMETRY_KERNEL' : null,
    reason: null,
    tasks: { work: { status: 'succeeded', attempts: 1, durationMs: 5, output: `ref:${phase}` } },
    review: null,
    conflicts: [],
    isa: null,
  }
  return doneEvent('phase', result)
}

const phaseEnds = ({ phase, phasesRun }: ProjectContext): readonly DesignEvent[] =>
  [...OUTCOMES, ...(phase === 'VALIDATION' ? (['LOOPBACK'] as const) : [])].map((outcome) =>
    phaseEnd(phase, phasesRun, outcome),
  )

const approvalEnds = ({ approvalVersion: version }: ProjectContext): readonly DesignEvent[] =>
  ENDS.map((end) => doneEvent('approval', { end, version, by: null, comment: null, decisions: [] }))

/** What the checkpoint of a phase has saved. */
const progressAt = (phase: string, { results }: ProjectContext): Progress => ({
  phase,
  results: Object.fromEntries(
    Object.entries(results).filter(([name]) => ORDER.indexOf(name) < ORDER.indexOf(phase)),
  ),
  feedback: null,
})

const rollback = (progress: Progress): DesignEvent => ({ type: 'ROLLBACK', checkpoint: 'x', progress })

/** Back to the very beginning, and to the beginning of the phase. */
const rollbacks = (context: ProjectContext): readonly DesignEvent[] => [
  rollback(progressAt('FEASIBILITY', context)),
  rollback(progressAt(context.phase, context)),
]

/** All is undone, or the one thing there is could not be, or never can be. */
function sagaEnds(context: ProjectContext): readonly DesignEvent[] {
  const steps = toUndo(context).map(nameOf)
  const ended = { undone: [], failed: [], irreversible: null }
  const [step] = steps
  return [
    doneEvent('saga', { ...ended, end: 'COMPENSATED', undone: steps }),
    ...(step
      ? [
          doneEvent('saga', {
            ...ended,
            end: 'COMPENSATION_FAILED',
            failed: [{ ...step, message: 'ref:stuck' }],
          }),
          doneEvent('saga', { ...ended, end: 'IRREVERSIBLE', irreversible: step }),
        ]
      : []),
  ]
}

/** What can happen where the project stands. A phase that is repeated ends once more; all else was tried before. */
export function eventsIn({ value, context }: DesignSnapshot): readonly DesignEvent[] {
  const { phase, phasesRun, iterations } = context
  if (value === phase && iterations > 1)
    return [phaseEnd(phase, phasesRun, 'PASS'), phaseEnd(phase, phasesRun, 'RETRY')]
  if (value === 'CREATED') return [{ type: 'START' }, { type: 'CANCEL' }]
  if (value === 'ROLLING_BACK') return sagaEnds(context)
  const wishes: readonly DesignEvent[] = [{ type: 'PAUSE' }, { type: 'CANCEL' }, ...rollbacks(context)]
  if (value === 'AWAITING_APPROVAL') return [...wishes, ...approvalEnds(context)]
  if (value === 'PAUSED') return [{ type: 'RESUME' }, ...wishes]
  return value === phase ? [...wishes, ...phaseEnds(context)] : rollbacks(context)
}

/** Straight on until no run is left; then everything that would take another one. */
export const eventsAtLimit =
  (phasesMax: number) =>
  ({ value, context }: DesignSnapshot): readonly DesignEvent[] => {
    const { phase, phasesRun } = context
    if (value === 'CREATED') return [{ type: 'START' }]
    if (value === 'ROLLING_BACK') return sagaEnds(context).slice(0, 1)
    if (phasesRun < phasesMax) return [phaseEnd(phase, phasesRun, 'PASS')]
    if (value === 'AWAITING_APPROVAL') return approvalEnds(context).slice(0, 2)
    if (value === 'PAUSED') return [{ type: 'RESUME' }]
    if (value !== phase) return []
    return [
      phaseEnd(phase, phasesRun, 'PASS'),
      phaseEnd(phase, phasesRun, 'RETRY'),
      phaseEnd(phase, phasesRun, 'APPROVAL_NEEDED'),
      rollback(progressAt(phase, context)),
    ]
  }

/** What decides where the project can go. The number of runs grows without bound, and is left out. */
export const seen = ({ phase, iterations, halted, pending, results, undoing }: ProjectContext) => ({
  phase,
  iterations,
  isHalted: halted !== null,
  isPending: pending !== null,
  passed: Object.keys(results).length,
  goal: undoing && [undoing.goal.at, undoing.goal.at === 'checkpoint' && undoing.goal.from],
  isAsked: (undoing?.failed.length ?? 0) > 0,
})
