/** The ISA as those at work see it: the revision the phase found, and what the tasks before them have set since. */

import { createIsa, type Isa } from '../../model/isa/isa.ts'
import { EMPTY_ISA, type IsaState } from '../../model/isa/isa-state.ts'
import { mergeChanges, type Merged, type Merging } from '../../model/isa/merge.ts'
import type { IsaChange } from '../../model/isa/change.ts'
import type { IsaRevision } from '../../model/isa/revision.ts'
import type { TaskPlan } from '../../model/lifecycle.ts'
import type { TaskStates } from '../../model/phase.ts'
import type { JournalRecord } from '../store/store.ts'
import { ContentReader } from './contents.ts'
import type { WorkShop } from './work-shop.ts'

type Shop = Pick<WorkShop, 'store' | 'unitsOf'>

/** Where an ISA begins, and whose changes come on top. */
export type IsaParts = {
  readonly base: IsaRevision | null
  /** In the order in which they count. */
  readonly by: readonly {
    readonly who: string
    readonly values: string
    readonly saw: readonly string[]
  }[]
}

/** The changes of tasks, in the order of the plan: the same whichever ended first. */
export function changesBy(plan: readonly TaskPlan[], states: TaskStates): IsaParts['by'] {
  return plan.flatMap(({ name }) => {
    const state = states[name]
    // What those before it have set was in its copy.
    return state && 'values' in state && state.values !== undefined
      ? [{ who: name, values: state.values, saw: tasksBefore(name, plan) }]
      : []
  })
}

/** What a task depends on, directly or not. */
export function tasksBefore(task: string, plan: readonly TaskPlan[]): readonly string[] {
  const dependsOn = new Map(plan.map((one) => [one.name, one.dependsOn]))
  const before = new Set(dependsOn.get(task))
  for (const name of before) for (const other of dependsOn.get(name) ?? []) before.add(other)
  return [...before]
}

/** Opens a working copy. What is set in it is nobody else's; whether it is recorded is for the caller to say. */
export async function openIsa(
  shop: Shop,
  record: JournalRecord,
  parts: IsaParts,
  owner?: string,
): Promise<Isa> {
  const state =
    parts.by.length > 0 ? (await merge(shop, record, parts)).state : await stateOf(shop, record, parts)
  return createIsa({ units: await shop.unitsOf(record), state, ...(owner !== undefined && { owner }) })
}

/** Throws what a unit says that was defined when the values were set and is not any more. */
export async function merge(shop: Shop, record: JournalRecord, parts: IsaParts): Promise<Merged> {
  const { base, by } = parts
  const contents = await ContentReader.of(shop.store, record.id, base, by)
  const merging: Merging = {
    units: await shop.unitsOf(record),
    base: readState(contents, base),
    // Recorded by the work of a task, from an ISA of ours.
    by: by.map(({ who, values, saw }) => ({
      who,
      saw,
      changes: contents.read(values) as unknown as IsaChange[],
    })),
  }
  return mergeChanges(merging)
}

async function stateOf({ store }: Shop, { id }: JournalRecord, { base }: IsaParts): Promise<IsaState> {
  return readState(await ContentReader.of(store, id, base), base)
}

/** Recorded by the work that merged it. */
const readState = (contents: ContentReader, base: IsaRevision | null): IsaState =>
  base === null ? EMPTY_ISA : (contents.read(base.state) as unknown as IsaState)
