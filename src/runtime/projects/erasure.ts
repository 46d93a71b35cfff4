/** Erasure: everything that people and agents said goes, the facts and their chain stay. */

import { StagecraftError } from '../../model/errors.ts'
import type { Proposal } from '../engine/journal-step.ts'
import type { JournalRecord } from '../store/store.ts'

/** Undefined where it was done before. Throws `project.wrong_state` for a journal that has not ended. */
export function erasure({ id, state, ended, salt }: JournalRecord): Proposal | undefined {
  if (!ended)
    throw new StagecraftError(
      'project.wrong_state',
      `"${id}" is ${state} and cannot be erased: what was said is still needed. End it first.`,
    )
  if (salt === null) return undefined
  return { cause: null, sayings: [{ type: 'CONTENTS_ERASED', payload: {} }], erases: true }
}
