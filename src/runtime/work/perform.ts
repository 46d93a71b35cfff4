/** Who does which work. */

import { StagecraftError } from '../../model/errors.ts'
import type { WorkCommand, WorkContext, WorkEnd } from '../engine/engine.ts'
import { compensateWork } from './compensate-work.ts'
import { gateWork } from './gate-work.ts'
import { mergeWork } from './merge-work.ts'
import { reviewWork } from './review-work.ts'
import { taskWork } from './task-work.ts'
import type { WorkShop } from './work-shop.ts'

type Work = (shop: WorkShop, command: WorkCommand, context: WorkContext) => Promise<WorkEnd>

const WORK: Readonly<Record<string, Work>> = {
  task: taskWork,
  merge: mergeWork,
  gate: gateWork,
  review: reviewWork,
  compensate: compensateWork,
}

/** Performs the work that a chart asked for by the name of its source. */
export function perform(shop: WorkShop, command: WorkCommand, context: WorkContext): Promise<WorkEnd> {
  const work = WORK[command.source]
  if (work) return work(shop, command, context)
  throw new StagecraftError(
    'lifecycle.invalid',
    `Nobody does the work "${command.source}" that a chart asks for.`,
  )
}
