/** How a project's context changes when it moves: on, back, again, or nowhere. Pure, and all in one place. */

import type { Json } from './canonical.ts'
import type { IsaRevision } from './isa/revision.ts'
import { nextPhase, type LifecyclePlan, type PhasePlan } from './lifecycle.ts'
import { endedTasks, type PhaseResult } from './phase.ts'
import type { ApprovalOutcome, Feedback, Progress, ProjectContext, Undoing, UndoGoal } from './project.ts'
import { actedAfter, without, type SagaOutcome, type Step, type StepName, undoneBy } from './saga.ts'

type Change = Partial<ProjectContext>

/** A phase run is about to begin. */
const run = ({ phasesRun }: ProjectContext): Change => ({
  phasesRun: phasesRun + 1,
  halted: null,
  pending: null,
  lastResult: null,
  reason: null,
})

/** The first run of a phase. */
const firstRun = (context: ProjectContext): Change => ({ ...run(context), iterations: 1 })

export const begin = (context: ProjectContext): Change => firstRun(context)

/** What a checkpoint taken now saves. */
export const progressOf = ({ phase, results, feedback }: ProjectContext): Progress => ({
  phase,
  results,
  feedback,
})

function resultsBefore(
  plan: LifecyclePlan,
  { results }: ProjectContext,
  phase: string,
): ProjectContext['results'] {
  const names = plan.phases.map(({ name }) => name)
  const kept = names.slice(0, names.indexOf(phase))
  return Object.fromEntries(Object.entries(results).filter(([name]) => kept.includes(name)))
}

function passed(plan: LifecyclePlan, context: ProjectContext, result: PhaseResult): Change {
  const next = nextPhase(plan, context.phase)
  const results = { ...context.results, [result.phase]: result }
  return next === undefined
    ? { results, pending: null, halted: null, feedback: null, reason: null }
    : { ...firstRun(context), phase: next, results, feedback: null }
}

/** After a phase that is done when no run is left for the next one. */
export const keepResult = ({ results }: ProjectContext, result: PhaseResult): Change => ({
  results: { ...results, [result.phase]: result },
  pending: null,
  halted: null,
})

/** A phase that is to be done again once something is undone: its run begins, and counts, only then. */
export const turnBack = (context: ProjectContext, change: Change): Change => ({
  ...change,
  phasesRun: context.phasesRun,
  ...undoFor({ at: 'phase', isFresh: change.phase !== undefined }),
})

/** It begins now. */
export const again = ({ phasesRun }: ProjectContext): Change => ({ phasesRun: phasesRun + 1, reason: null })

/** After a phase that passed, asks to be repeated, or goes back. */
export function afterPhase(plan: LifecyclePlan, context: ProjectContext, result: PhaseResult): Change {
  const feedback = (because: Feedback['because']): Feedback => ({
    from: result.phase,
    because,
    comment: result.reason,
    by: null,
    previous: result,
  })
  if (result.outcome === 'RETRY')
    return { ...run(context), iterations: context.iterations + 1, feedback: feedback('RETRY') }
  if (result.outcome !== 'LOOPBACK' || result.loopbackTo === null) return passed(plan, context, result)
  return {
    ...firstRun(context),
    phase: result.loopbackTo,
    results: resultsBefore(plan, context, result.loopbackTo),
    feedback: feedback('LOOPBACK'),
  }
}

/** After an approval. Rejected, the phase is repeated from where it began, with what was said about it. */
export function afterApproval(
  plan: LifecyclePlan,
  context: ProjectContext,
  { end, by, comment }: ApprovalOutcome,
): Change {
  const { pending } = context
  if (!pending) return {}
  if (end === 'approved') return passed(plan, context, pending)
  if (end === 'plan_only') return { results: { ...context.results, [pending.phase]: pending }, pending: null }
  return {
    ...firstRun(context),
    feedback: { from: pending.phase, because: 'REJECTED', comment, by, previous: pending },
  }
}

export const halt = (_: ProjectContext, result: PhaseResult): Change => ({
  halted: { ...result, tasks: endedTasks(result.tasks) },
})

/** A halted run goes on under its own number; anything else is a new one. */
export const resumeAt = (context: ProjectContext): Change =>
  context.halted ? { reason: null } : firstRun(context)

export const restore = (_: ProjectContext, progress: Progress): Change => ({
  ...progress,
  iterations: 0,
  halted: null,
  pending: null,
  lastResult: null,
  undoing: null,
})

/** A phase that can be undone has ended a run, in whatever way. */
export const haveActed = ({ acted }: ProjectContext, plan: PhasePlan, result: PhaseResult): Change => ({
  acted: actedAfter(acted, plan, result),
})

/** A project turns to where it has to undo something first. */
export const undoFor = (goal: UndoGoal): { readonly undoing: Undoing } => ({
  undoing: { goal, lost: [], failed: [] },
})

/** What is still to be undone, the latest first. */
export const toUndo = ({ acted, results, undoing }: ProjectContext): readonly Step[] =>
  undoneBy(acted, undoing?.goal.at === 'checkpoint' ? undoing.goal.progress.results : results)

/** What a saga has undone, or people by hand, is so no more. */
function gone({ acted, undone, undoing }: ProjectContext, steps: readonly StepName[]): Change {
  if (!undoing) return {}
  const runs = steps.map(({ run: number }) => number)
  const and = (known: readonly number[]) => [...new Set([...known, ...runs])]
  return {
    acted: without(acted, steps),
    undone: and(undone),
    undoing: { ...undoing, lost: and(undoing.lost), failed: [] },
  }
}

export const afterSaga = (context: ProjectContext, { undone }: SagaOutcome): Change => gone(context, undone)

/** People are asked about what could not be undone. */
export const askForHelp = ({ undoing, approvalsAsked }: ProjectContext, { failed }: SagaOutcome): Change => ({
  undoing: undoing && { ...undoing, failed },
  approvalsAsked: approvalsAsked + 1,
  approvalVersion: 1,
})

/** Approved: it is undone by hand. Rejected: what failed is tried again. */
export const afterHelp = (context: ProjectContext, { end }: ApprovalOutcome): Change => ({
  ...gone(context, end === 'approved' ? (context.undoing?.failed ?? []) : []),
  reason: null,
})

/**
 * Where a rollback ends that had to stop at a step which cannot be undone: at the first phase that has lost something of
 * what it had done. Null where none has: then the project is where it was.
 */
export function landing(plan: LifecyclePlan, context: ProjectContext): Progress | null {
  const { undoing, results, phase, feedback } = context
  if (undoing?.goal.at !== 'checkpoint' || undoing.lost.length === 0) return null
  const first = plan.phases.find(({ name }) => undoing.lost.includes(results[name]?.run ?? 0))?.name
  if (first === undefined) return { phase, results, feedback }
  return { phase: first, results: resultsBefore(plan, context, first), feedback: null }
}

/** What an approval is about: outputs by their references, so that its hash binds them. */
export function subjectOf(result: PhaseResult): Json {
  const { phase, run: number, tasks, review, conflicts, isa, reason } = result
  const outputs = Object.entries(tasks).flatMap(([name, end]) =>
    'output' in end && end.output !== undefined ? [[name, end.output] as const] : [],
  )
  return {
    phase,
    run: number,
    outputs: Object.fromEntries(outputs),
    review: review && { verdict: review.verdict, auditHash: review.auditHash },
    conflicts: conflicts.map(({ id }) => id),
    ...(isa && { isa: { revision: isa.revision, stateHash: isa.stateHash } }),
    reason,
  }
}

/** The revision of the ISA that results leave: of the latest phase that made one. */
export function isaOf({ phases }: LifecyclePlan, results: ProjectContext['results']): IsaRevision | null {
  return phases.map(({ name }) => results[name]?.isa).findLast((isa) => isa) ?? null
}

/** The revision that holds once a phase has ended: its own counts when it passes or is put before people. */
export function isaAfter(
  plan: LifecyclePlan,
  context: ProjectContext,
  result: PhaseResult,
): IsaRevision | null {
  const { outcome, loopbackTo, isa } = result
  if (outcome === 'PASS' || outcome === 'APPROVAL_NEEDED') return isa ?? context.isa
  // Where no run is left, the project fails where it stands, and keeps what it has.
  if (outcome === 'LOOPBACK' && loopbackTo !== null && context.phasesRun < plan.phasesMax)
    return isaOf(plan, resultsBefore(plan, context, loopbackTo))
  return context.isa
}
