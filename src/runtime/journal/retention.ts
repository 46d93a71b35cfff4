/** Retention: what is kept no longer, and never what an open approval or a rollback under way needs. */

import { z } from 'zod'
import type { Clock } from '../../model/clock.ts'
import { StagecraftError } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { ProjectContext } from '../../model/project.ts'
import { problemsOf } from '../../model/problems.ts'
import type { Engine } from '../engine/engine.ts'
import { rootContext } from '../engine/journal-step.ts'
import type { Checkpoint, JournalHead, JournalRecord, OwnedStore } from '../store/store.ts'

export type RetentionPolicy = {
  /** Checkpoints kept of each project, the newest; the one its present phase began with stays in any case. */
  readonly checkpointsMax?: number
  /** Projects and recorded reviews that ended longer ago than this are forgotten altogether; milliseconds. */
  readonly endedForMs?: number
}

/** How much went. */
export type Retained = { readonly checkpoints: number; readonly journals: number }

const Policy = z.strictObject({
  checkpointsMax: z.int().min(0).optional(),
  endedForMs: z.number().min(0).optional(),
})

type Parts = { readonly store: OwnedStore; readonly engine: Engine; readonly clock: Clock }

/** Applies a policy to the whole store. Throws `orchestrator.invalid`. */
export async function retain(parts: Parts, given: RetentionPolicy): Promise<Retained> {
  const read = Policy.safeParse(given)
  if (!read.success)
    throw new StagecraftError(
      'orchestrator.invalid',
      `The retention policy is not valid: ${problemsOf(read.error, 'policy')}.`,
    )
  const { checkpointsMax, endedForMs } = read.data
  let [checkpoints, journals] = [0, 0]
  await parts.store.forgetAnswers(parts.clock.now() - LIMITS.answersKeptMs)
  for await (const head of headsOf(parts.store)) {
    const isOld = endedForMs !== undefined && head.ended && head.updatedAt + endedForMs < parts.clock.now()
    if (isOld) journals += await forget(parts, head)
    else if (checkpointsMax !== undefined && head.kind === 'project')
      checkpoints += await dropCheckpoints(parts, head.id, checkpointsMax)
  }
  return { checkpoints, journals }
}

async function* headsOf(store: OwnedStore): AsyncGenerator<JournalHead> {
  for (let after: string | undefined; ;) {
    const page = await store.heads({ limit: LIMITS.pageMax, ...(after !== undefined && { after }) })
    yield* page
    after = page.at(-1)?.id
    if (after === undefined) return
  }
}

/** It may have been rolled back in the meantime: then it is live again, and stays. */
async function forget({ engine }: Parts, { id, seq }: JournalHead): Promise<number> {
  const record = await engine.record(id)
  if (!record?.ended || record.seq !== seq) return 0
  await engine.remove(id)
  return 1
}

async function dropCheckpoints(
  { store, engine }: Parts,
  id: string,
  checkpointsMax: number,
): Promise<number> {
  const checkpoints = await store.checkpoints(id)
  if (checkpoints.length <= checkpointsMax) return 0
  let count = 0
  await engine.change(id, (record) => {
    const drops = dropped(record, checkpoints, checkpointsMax)
    count = drops.length
    if (count === 0) return undefined
    return { cause: null, sayings: [{ type: 'CHECKPOINTS_DROPPED', payload: { checkpoints: drops } }], drops }
  })
  return count
}

function dropped(
  record: JournalRecord,
  checkpoints: readonly Omit<Checkpoint, 'saved'>[],
  checkpointsMax: number,
): readonly string[] {
  const { phase, undoing } = rootContext(record) as ProjectContext
  const began = checkpoints.findLast((one) => one.phase === phase)
  const kept = new Set([
    ...checkpoints.slice(checkpoints.length - checkpointsMax).map(({ id }) => id),
    ...(began ? [began.id] : []),
    ...(undoing?.goal.at === 'checkpoint' ? [undoing.goal.checkpoint] : []),
  ])
  return checkpoints.map(({ id }) => id).filter((id) => !kept.has(id))
}
