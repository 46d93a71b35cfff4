/** What people may ask of a project, and which event that is in the state it is in. */

import { hashOf, type Json } from '../../model/canonical.ts'
import { StagecraftError } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { LifecyclePlan } from '../../model/lifecycle.ts'
import type { Progress, ProjectContext } from '../../model/project.ts'
import { rootContext } from '../engine/journal-step.ts'
import type { Checkpoint, JournalRecord, StoreReader } from '../store/store.ts'

/** An event for a project; undefined when it is where it is wanted already. */
export type EventFor = (
  record: JournalRecord,
) => ({ readonly type: string } & { readonly [key: string]: unknown }) | undefined

/** Each throws `project.wrong_state`. */
export const EVENT_FOR: Readonly<Record<'run' | 'pause' | 'resume' | 'cancel', EventFor>> = {
  run: ({ state }) => {
    if (state === 'CREATED') return { type: 'START' }
    return state === 'PAUSED' ? { type: 'RESUME' } : undefined
  },
  pause: except('PAUSED', ['CREATED', 'ROLLING_BACK'], { type: 'PAUSE' }),
  resume: (head) => {
    if (head.state === 'PAUSED') return { type: 'RESUME' }
    if (head.ended || head.state === 'CREATED') throw wrongState(head, 'resumed')
    return undefined
  },
  cancel: (record) => {
    if (undoingOf(record)?.goal.at === 'CANCELLED') return undefined
    refuseUnsettled(record, 'cancelled')
    return except('CANCELLED', ['ROLLING_BACK'], { type: 'CANCEL' })(record)
  },
}

/** The event that takes a project back. Throws `checkpoint.unknown`, `checkpoint.damaged`, `checkpoint.undone`. */
export async function rollbackTo(
  store: StoreReader,
  id: string,
  checkpoint: string,
  plan?: LifecyclePlan,
): Promise<EventFor> {
  const found = await store.checkpoint(id, checkpoint)
  if (!found) {
    const names = (await store.checkpoints(id)).map((one) => one.id)
    throw new StagecraftError(
      'checkpoint.unknown',
      `Project "${id}" has no checkpoint "${checkpoint}". It has: ${names.join(', ') || 'none'}.`,
    )
  }
  if (hashOf(found.saved) !== found.stateHash || !(await isVouchedFor(store, found)))
    throw new StagecraftError(
      'checkpoint.damaged',
      `Checkpoint "${checkpoint}" of "${id}" is not what was stored. Choose another one, and run verify.`,
    )
  // It was written from the progress of this very project, and the fact that tells of it has just vouched for it.
  const progress = found.saved as unknown as Progress
  refuseStrangePhases(checkpoint, progress, plan)
  return (head) => {
    if (head.state === 'CREATED' || head.state === 'ROLLING_BACK') throw wrongState(head, 'rolled back')
    refuseUnsettled(head, 'rolled back')
    refuseUndone(head, checkpoint, progress)
    return { type: 'ROLLBACK', checkpoint, progress }
  }
}

/** A checkpoint from before a migration may know phases that are no more. */
function refuseStrangePhases(
  checkpoint: string,
  { phase, results }: Progress,
  plan: LifecyclePlan | undefined,
): void {
  if (!plan) return
  const names = plan.phases.map(({ name }) => name)
  const strange = [phase, ...Object.keys(results)].filter((name) => !names.includes(name))
  if (strange.length > 0)
    throw new StagecraftError(
      'lifecycle.not_migratable',
      `Checkpoint "${checkpoint}" is of another version of the lifecycle: version ${plan.version} has no phase ${strange.join(', ')}. Choose a later checkpoint.`,
    )
}

/** A checkpoint from after something that was undone since would have a project build on what is not there. */
function refuseUndone(record: JournalRecord, checkpoint: string, { results }: Progress): void {
  const { undone = [] } = rootContext(record) as Partial<ProjectContext>
  const lost = Object.values(results).find(({ run }) => undone.includes(run))
  if (lost)
    throw new StagecraftError(
      'checkpoint.undone',
      `Checkpoint "${checkpoint}" of "${record.id}" counts on run ${lost.run} of ${lost.phase}, of which something was undone since. Go back to a checkpoint before it.`,
    )
}

/** Whether the fact that a checkpoint names tells of it, with the same hash. */
async function isVouchedFor(
  store: StoreReader,
  { journal, id, seq, stateHash }: Checkpoint,
): Promise<boolean> {
  for (let after = 0; ;) {
    const types = ['CHECKPOINT_CREATED'] as const
    const page = await store.entries({ journal, after, types, limit: LIMITS.pageMax })
    const payload = page.find((entry) => entry.seq === seq)?.payload as Record<string, Json> | undefined
    if (payload) return payload['checkpoint'] === id && payload['stateHash'] === stateHash
    const last = page.at(-1)
    if (!last) return false
    after = last.cursor
  }
}

const undoingOf = (record: JournalRecord) => (rootContext(record) as Partial<ProjectContext>).undoing

/** Nothing that was done may be forgotten: what could not be undone is settled first. */
function refuseUnsettled(record: JournalRecord, what: string): void {
  if (record.state === 'ROLLING_BACK' || !undoingOf(record)) return
  throw new StagecraftError(
    'project.wrong_state',
    `Project "${record.id}" is ${record.state} because something could not be undone, and cannot be ${what} before that is settled. Decide on its approval; resume the project if it is PAUSED, so that people are asked again.`,
  )
}

export function wrongState(
  { id, state }: Pick<JournalRecord, 'id' | 'state'>,
  what: string,
): StagecraftError {
  return new StagecraftError('project.wrong_state', `Project "${id}" is ${state} and cannot be ${what}.`)
}

/** An event for every state but some: nothing to do where it is `there` already. */
function except(there: string, not: readonly string[], event: { readonly type: string }): EventFor {
  return (head) => {
    if (head.state === there) return undefined
    if (head.ended || not.includes(head.state)) throw wrongState(head, `${there.toLowerCase()} now`)
    return event
  }
}
