/** What people may ask of a project, and which event that is in the state it is in. */

import { hashOf, type Json } from '../model/canonical.ts'
import { StagecraftError } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { LifecyclePlan } from '../model/lifecycle.ts'
import type { Progress } from '../model/project.ts'
import type { Checkpoint, JournalHead, StoreReader } from './store/store.ts'

/** An event for a project; undefined when it is where it is wanted already. */
export type EventFor = (
  head: Pick<JournalHead, 'id' | 'state' | 'ended'>,
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
  cancel: except('CANCELLED', ['ROLLING_BACK'], { type: 'CANCEL' }),
}

/** The event that takes a project back. Throws `checkpoint.unknown`, `checkpoint.damaged`. */
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

export function wrongState({ id, state }: Pick<JournalHead, 'id' | 'state'>, what: string): StagecraftError {
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
