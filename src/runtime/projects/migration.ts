/** A project that moves to another version of its lifecycle: explicitly, at rest, and on record. */

import { hashOf, type Json } from '../../model/canonical.ts'
import { StagecraftError } from '../../model/errors.ts'
import type { Cause } from '../../model/fact.ts'
import type { LifecyclePlan } from '../../model/lifecycle.ts'
import type { ProjectContext } from '../../model/project.ts'
import type { Step } from '../../model/saga.ts'
import { ROOT, type Charts } from '../engine/charts.ts'
import { chartsOf, type Proposal } from '../engine/journal-step.ts'
import type { Lifecycles } from './lifecycles.ts'
import { refuseUnknownAuthor } from './separation.ts'
import type { JournalRecord } from '../store/store.ts'

/** Where a live project stands. Texts and outputs in the context are references. */
export type LiveState = { readonly state: string; readonly context: ProjectContext }

export type MigrateOptions = {
  /** A registered version of the same lifecycle. */
  readonly to: number
  /** Maps the old state to the new one; default it stays as it is. */
  readonly map?: (old: LiveState) => LiveState
}

type MigrationEvent = { readonly type: 'stagecraft.migrate'; readonly version: number; readonly charts: Json }

export const isMigration = (cause: Cause): cause is Cause & { readonly event: MigrationEvent } =>
  (cause.event as { type?: unknown }).type === 'stagecraft.migrate'

/** Throws `lifecycle.not_migratable` where a project is not at rest, or the new version has no such place. */
export function migration(
  lifecycles: Lifecycles,
  record: JournalRecord,
  { to, map = (old) => old }: MigrateOptions,
): Proposal | undefined {
  if (record.version === to) return undefined
  const lifecycle = lifecycles.of({ lifecycle: record.lifecycle, version: to })
  const { plan } = lifecycle
  if (record.state !== 'PAUSED' && record.state !== 'CREATED')
    throw refused(record, to, `it is ${record.state}. Pause it first: only what is at rest can move`)
  const root = chartsOf(record).charts[ROOT] as Charts['charts'][string]
  const snapshot = root.snapshot as { readonly value: string; readonly context: ProjectContext }
  const mapped = map({ state: snapshot.value, context: snapshot.context })
  const { state, context } = JSON.parse(JSON.stringify(mapped)) as LiveState
  if (state !== 'PAUSED' && state !== 'CREATED')
    throw refused(record, to, `the mapping leads to ${state}, and a project at rest stays PAUSED or CREATED`)
  refuseUnknownAuthor(lifecycle, context.author)
  if (context.undoing)
    throw refused(record, to, 'something could not be undone. Resume it and decide on its approval first')
  const phases = plan.phases.map(({ name }) => name)
  const strange = [context.phase, ...Object.keys(context.results)].filter((name) => !phases.includes(name))
  if (strange.length > 0)
    throw refused(
      record,
      to,
      `that version has no phase ${strange.join(', ')}. Map the old phases to new ones`,
    )
  const stuck = context.acted.filter((step) => !canUndo(plan, step)).map(nameOfStep)
  if (stuck.length > 0)
    throw refused(
      record,
      to,
      `that version cannot undo what was done in ${stuck.join(', ')}. Keep its compensate, or map the steps to those that undo them`,
    )
  const moved = { ...snapshot, value: state, context: { ...context, version: to, planHash: hashOf(plan) } }
  const charts: Charts = {
    charts: { [ROOT]: { source: root.source, snapshot: moved as unknown as Json } },
    open: {},
  }
  const event = { type: 'stagecraft.migrate', version: to, charts: charts as unknown as Json }
  return {
    cause: { to: ROOT, event, settles: null },
    sayings: [{ type: 'PROJECT_MIGRATED', payload: { from: record.version, to } }],
    stepped: { charts, sayings: [], checkpoints: [], opens: [], closes: [], state, ended: false },
    version: to,
  }
}

const nameOfStep = ({ phase, task }: Step): string => (task === null ? phase : `${phase}.${task}`)

/** Whether a lifecycle still says how a step is undone. One that cannot be undone needs nobody to say so. */
function canUndo({ phases }: LifecyclePlan, { phase, task, isPivot }: Step): boolean {
  const plan = phases.find(({ name }) => name === phase)
  if (isPivot || task === null) return isPivot || plan?.compensates === true
  return plan?.tasks.find(({ name }) => name === task)?.compensates === true
}

function refused({ id, version }: JournalRecord, to: number, why: string): StagecraftError {
  return new StagecraftError(
    'lifecycle.not_migratable',
    `Project "${id}" cannot move from version ${version} to ${to}: ${why}.`,
  )
}
