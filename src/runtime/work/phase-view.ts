/** What tasks, conditions and gates see of their project: the record in plain words, contents in place of references. */

import type { PhaseContext } from '../../machines/phase.ts'
import type { ProjectContext } from '../../model/project.ts'
import type { TaskStates } from '../../model/phase.ts'
import type { TaskPlan } from '../../model/lifecycle.ts'
import { ROOT } from '../engine/charts.ts'
import { chartsOf, rootContext } from '../engine/journal-step.ts'
import type { Outputs, PhaseView } from '../projects/lifecycle.ts'
import type { JournalRecord } from '../store/store.ts'
import { ContentReader } from './contents.ts'
import { changesBy, openIsa, tasksBefore, type IsaParts } from './isa-view.ts'
import type { WorkShop } from './work-shop.ts'

/** The project's own chart, in the record of a project. */
export const projectOf = (record: JournalRecord): ProjectContext => rootContext(record) as ProjectContext

/** The chart of the phase under way. */
export const phaseOf = (record: JournalRecord): PhaseContext | undefined =>
  (chartsOf(record).charts[`${ROOT}/phase`]?.snapshot as { context: PhaseContext } | undefined)?.context

/** Outputs by task, as far as there are any. */
export function outputsOf(tasks: TaskStates, contents: ContentReader): Outputs {
  const entries = Object.entries(tasks).flatMap(([name, state]) =>
    state.status === 'succeeded' && 'output' in state ? [[name, contents.read(state.output)] as const] : [],
  )
  return Object.fromEntries(entries)
}

/** A task sees what it depends on, directly or not: the same after a crash as before it. */
export function visibleTo(task: string, plan: readonly TaskPlan[], states: TaskStates): TaskStates {
  const seen = tasksBefore(task, plan)
  return Object.fromEntries(Object.entries(states).filter(([name]) => seen.includes(name)))
}

/** The shop as far as looking needs it. */
export type ViewShop = Pick<WorkShop, 'store' | 'lifecycleOf' | 'unitsOf'>

/** Where the ISA of a view comes from: what is merged already, or what the tasks that are seen have set. */
export function isaPartsOf(shop: ViewShop, record: JournalRecord, tasks: TaskStates): IsaParts {
  const running = phaseOf(record)
  if (!running) return { base: projectOf(record).isa, by: [] }
  if (running.isa) return { base: running.isa, by: [] }
  const { plan } = shop.lifecycleOf(record)
  const own = plan.phases.find(({ name }) => name === running.plan.name)?.tasks ?? []
  return { base: running.base, by: changesBy(own, tasks) }
}

export async function viewOf(
  shop: ViewShop,
  record: JournalRecord,
  tasks: TaskStates,
): Promise<{ readonly view: PhaseView; readonly contents: ContentReader }> {
  const context = projectOf(record)
  const { intent, author, params, results, feedback } = context
  const contents = await ContentReader.of(
    shop.store,
    record.id,
    intent,
    author,
    params,
    results,
    feedback,
    tasks,
  )
  const view: PhaseView = {
    project: {
      id: context.id,
      lifecycle: context.lifecycle,
      mode: context.mode,
      intent: contents.text(intent) ?? '',
      author: contents.text(author),
      params: contents.read(params),
    },
    phase: context.phase,
    run: context.phasesRun,
    iteration: context.iterations,
    results: Object.fromEntries(
      Object.entries(results).map(([name, result]) => [name, outputsOf(result.tasks, contents)]),
    ),
    tasks: outputsOf(tasks, contents),
    feedback: feedback && {
      from: feedback.from,
      because: feedback.because,
      comment: contents.text(feedback.comment),
      by: contents.text(feedback.by),
      previous: outputsOf(feedback.previous.tasks, contents),
    },
    isa: () => openIsa(shop, record, isaPartsOf(shop, record, tasks)),
  }
  return { view, contents }
}
