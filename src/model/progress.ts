/** How a project's context changes when it moves: on, back, again, or nowhere. Pure, and all in one place. */

import type { Json } from './canonical.ts'
import { nextPhase, type LifecyclePlan } from './lifecycle.ts'
import { endedTasks, type PhaseResult } from './phase.ts'
import type { Acted, ApprovalOutcome, Feedback, Progress, ProjectContext, Restoring } from './project.ts'

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

export const restore = ({ acted }: ProjectContext, { progress }: Pick<Restoring, 'progress'>): Change => ({
  ...progress,
  acted: Object.fromEntries(Object.entries(acted).filter(([name, one]) => isKept(name, one, progress))),
  iterations: 0,
  halted: null,
  pending: null,
  lastResult: null,
  restoring: null,
})

/** A phase that can be undone begins a run. */
export const act = ({ acted, phase }: ProjectContext): Change => ({
  acted: { ...acted, [phase]: { result: acted[phase]?.result ?? null, isUnderway: true } },
})

/** A phase that can be undone has ended a run, in whatever way. */
export const haveActed = ({ acted }: ProjectContext, result: PhaseResult): Change => ({
  acted: { ...acted, [result.phase]: { result, isUnderway: false } },
})

/** What a rollback undoes, the latest first. The result is null where no run of the phase came to one. */
export type Undo = { readonly phase: string; readonly result: PhaseResult | null }

/** What a checkpoint already counts on stays. */
const isKept = (name: string, { result, isUnderway }: Acted, to: Progress): boolean =>
  !isUnderway && to.results[name] !== undefined && to.results[name].run === result?.run

/** Phases that have done something since a checkpoint: passed or not, ended or not. */
export function undoneBy(plan: LifecyclePlan, { acted }: ProjectContext, to: Progress): readonly Undo[] {
  return plan.phases
    .flatMap(({ name }) => {
      const one = acted[name]
      return one && !isKept(name, one, to) ? [{ phase: name, result: one.result }] : []
    })
    .toReversed()
}

/** What an approval is about: outputs by their references, so that its hash binds them. */
export function subjectOf({ phase, run: number, tasks, review, conflicts, reason }: PhaseResult): Json {
  const outputs = Object.entries(tasks).flatMap(([name, end]) =>
    'output' in end && end.output !== undefined ? [[name, end.output] as const] : [],
  )
  return {
    phase,
    run: number,
    outputs: Object.fromEntries(outputs),
    review: review && { verdict: review.verdict, auditHash: review.auditHash },
    conflicts: conflicts.map(({ id }) => id),
    reason,
  }
}
