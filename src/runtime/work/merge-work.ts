/** The work of merging: what the tasks of a phase have set becomes the next revision of the ISA. */

import type { MergeEnd, MergeInput } from '../../machines/phase.ts'
import type { Json } from '../../model/canonical.ts'
import { createIsa, type Isa, type Violation } from '../../model/isa/isa.ts'
import type { Merged } from '../../model/isa/merge.ts'
import { conflictOf } from '../../model/isa/rules.ts'
import { messageOf } from '../../model/errors.ts'
import type { WorkCommand, WorkContext, WorkEnd } from '../engine/engine.ts'
import { ContentWriter } from './contents.ts'
import { changesBy, merge } from './isa-view.ts'
import type { WorkShop } from './work-shop.ts'

export async function mergeWork(
  shop: WorkShop,
  command: WorkCommand,
  { record }: WorkContext,
): Promise<WorkEnd> {
  // The chart of a phase gives its merging nothing else.
  const { phase, tasks, base } = command.input as unknown as MergeInput
  const writer = new ContentWriter(record.salt)
  const plan = shop.lifecycleOf(record).plan.phases.find(({ name }) => name === phase)?.tasks ?? []
  let end: MergeEnd
  try {
    const merged = await merge(shop, record, { base, by: changesBy(plan, tasks) })
    const isa = createIsa({ units: await shop.unitsOf(record), state: merged.state })
    end = endOf(merged, isa, writer)
  } catch (error) {
    end = { failure: writer.refer(messageOf(error)) }
  }
  return { output: end as unknown as Json, contents: writer.contents }
}

function endOf(merged: Merged, isa: Isa, writer: ContentWriter): MergeEnd {
  const { state, changed, removed } = merged
  const touched = new Set(changed)
  const conflicts = [
    ...merged.conflicts,
    ...isa
      .violations()
      .filter((violation) => concerns(violation, touched))
      .map(conflictOf),
  ]
  const said = conflicts.map(({ id, between, message }) => ({ id, between, message: writer.refer(message) }))
  if (changed.length === 0 && removed.length === 0) return { isa: null, conflicts: said }
  return {
    isa: {
      revision: state.revision,
      stateHash: isa.stateHash,
      // Both are plain JSON.
      state: writer.refer(state as unknown as Json),
      changes: writer.refer({ changed, removed }),
      nodes: isa.size,
      stale: isa.stale().length,
      domains: isa.domains,
    },
    conflicts: said,
  }
}

/** A violation that stood before, and that nobody touched, was told by the phase that made it. */
const concerns = ({ id, constraint }: Violation, touched: ReadonlySet<string>): boolean =>
  touched.has(id) || ('node' in constraint && touched.has(constraint.node))
