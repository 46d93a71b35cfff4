/** The work of a saga: one step is undone, by what its task or its phase says. */

import type { CompensateEnd, CompensateInput } from '../../machines/saga.ts'
import { messageOf } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { StepName } from '../../model/saga.ts'
import type { WorkCommand, WorkContext, WorkEnd } from '../engine/engine.ts'
import type { JournalRecord } from '../store/store.ts'
import { bounded } from './bounded.ts'
import { ContentReader, ContentWriter } from './contents.ts'
import { viewOf } from './phase-view.ts'
import type { WorkShop } from './work-shop.ts'

export async function compensateWork(
  shop: WorkShop,
  command: WorkCommand,
  context: WorkContext,
): Promise<WorkEnd> {
  // The chart of a saga gives its work nothing else.
  const step = command.input as unknown as CompensateInput
  const writer = new ContentWriter(context.record.salt)
  // What was cut may still act for a moment, and would act on what is undone by then.
  const wait = { clock: shop.clock, delayMs: LIMITS.lingerMs, signal: context.signal, what: 'The wait' }
  await bounded(wait, context.quiet).catch(() => {})
  const perform = await undoingOf(shop, step, context.record)
  const failure = await undo(shop, context, perform).then(
    () => null,
    (thrown: unknown) => writer.refer(messageOf(thrown)),
  )
  const output: CompensateEnd = { failure }
  return { output, contents: writer.contents }
}

type Undoing = (signal: AbortSignal) => void | Promise<void> | undefined

/** What is to be called. Rejects when the store cannot be read: that says nothing of the step. */
async function undoingOf(shop: WorkShop, step: CompensateInput, record: JournalRecord): Promise<Undoing> {
  const { phase, task } = step
  const { view } = await viewOf(shop, record, {})
  const contents = await ContentReader.of(shop.store, record.id, step.outputs)
  const outputs = Object.fromEntries(
    Object.entries(step.outputs).map(([name, output]) => [name, contents.read(output)]),
  )
  const given = { project: view.project, key: undoKeyOf(record, step) }
  const definition = shop.lifecycleOf(record).phases[phase]
  if (task === null) return (signal) => known(definition?.compensate, phase)({ ...given, outputs, signal })
  const found = definition?.tasks?.find((one) => (one.name ?? one.agent.name) === task)
  return (signal) =>
    known(found?.compensate, `${phase}.${task}`)({ ...given, task, output: outputs[task] ?? null, signal })
}

/** A step that the lifecycle has forgotten is not undone by that. */
function known<Compensate>(compensate: Compensate | undefined, step: string): Compensate {
  if (compensate) return compensate
  throw new Error(`The lifecycle has no compensate for ${step} any more. Undo it by hand.`)
}

async function undo(shop: WorkShop, { signal: cut, lingers }: WorkContext, undoing: Undoing): Promise<void> {
  const isLate = new AbortController()
  const signal = AbortSignal.any([cut, isLate.signal])
  const bound = { clock: shop.clock, delayMs: LIMITS.compensateMs, signal: cut, what: 'The compensation' }
  try {
    await bounded(bound, () => {
      const goingOn = undoing(signal)
      // One that is given up may go on all the same: the next attempt, or the next step, waits a while for it.
      if (goingOn) lingers(goingOn)
      return goingOn
    })
  } finally {
    isLate.abort()
  }
}

/** The same for every attempt to undo a step. No task has such a key: no name has a colon in it. */
const undoKeyOf = ({ id }: JournalRecord, { phase, run, task }: StepName): string =>
  `${[id, phase, run, ...(task === null ? [] : [task])].join('.')}:undo`
