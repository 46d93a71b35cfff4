/** The work of a rollback: every phase that is taken back undoes what it did, the latest first. */

import type { CompensateEnd, CompensateInput } from '../../machines/project.ts'
import { messageOf } from '../../model/errors.ts'
import type { Undo } from '../../model/progress.ts'
import type { WorkCommand, WorkContext, WorkEnd } from '../engine/engine.ts'
import { LIMITS } from '../../model/limits.ts'
import { bounded } from './bounded.ts'
import { ContentReader, ContentWriter } from './contents.ts'
import { outputsOf, viewOf } from './phase-view.ts'
import type { WorkShop } from './work-shop.ts'

/** Goes on after a failure: what can be undone is undone, and a person is told of the rest. */
export async function compensateWork(
  shop: WorkShop,
  command: WorkCommand,
  context: WorkContext,
): Promise<WorkEnd> {
  const { record, signal } = context
  const writer = new ContentWriter(record.salt)
  const failures: CompensateEnd['failures'][number][] = []
  // The chart of a project gives its compensation nothing else.
  for (const undo of (command.input as unknown as CompensateInput).undo) {
    const view = await undoView(shop, command, context, undo)
    try {
      const { compensate } = shop.lifecycleOf(record).phases[undo.phase] ?? {}
      await bounded(
        { clock: shop.clock, delayMs: LIMITS.compensateMs, signal, what: 'The compensation' },
        () => compensate?.(view),
      )
    } catch (error) {
      failures.push({ phase: undo.phase, message: writer.refer(messageOf(error)) })
    }
  }
  return { output: { failures }, contents: writer.contents }
}

async function undoView(
  shop: WorkShop,
  { key }: WorkCommand,
  { record, signal }: WorkContext,
  { phase, result }: Undo,
) {
  const { view } = await viewOf(shop.store, record, {})
  const contents = await ContentReader.of(shop.store, record.id, result?.tasks ?? {})
  const outputs = outputsOf(result?.tasks ?? {}, contents)
  return { project: view.project, outputs, key: `${key}.${phase}`, signal }
}
