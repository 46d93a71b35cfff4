/** Refusals: what every store says, in the same words, when it will not do what it is asked. */

import { StagecraftError } from '../../model/errors.ts'

const conflict = (message: string) => new StagecraftError('store.conflict', message)

export const malformedStep = (journal: string, what: string) =>
  conflict(
    `A step of journal "${journal}" contradicts itself: ${what}. Nothing was written; mend the caller.`,
  )

export const movedOn = (journal: string, expectedSeq: number, seq: number) =>
  conflict(
    `A step of journal "${journal}" was decided on entry ${expectedSeq}, but the journal stands at ${seq}. ` +
      'Nothing was written; read the journal again and decide anew.',
  )

export const unknownJournal = (journal: string) =>
  conflict(`There is no journal "${journal}". Nothing was written; begin it with a step on entry 0.`)

export const idUsed = (journal: string) =>
  conflict(
    `The id "${journal}" was used by a journal that was removed, and is never given twice. Choose another.`,
  )

export const keyOpen = (key: string) =>
  conflict(
    `The command "${key}" is open already. Nothing was written; close it first, or choose another key.`,
  )

export const checkpointExists = (journal: string, id: string) =>
  conflict(`Journal "${journal}" has a checkpoint "${id}" already. Nothing was written; choose another id.`)

export const notEnded = (journal: string) =>
  conflict(`Journal "${journal}" has not ended. Cancel it or let it end, then remove it.`)

/** One journal is damaged; the others are not, and go on. */
export const brokenJournal = (journal: string, why: string, options?: { cause: unknown }) =>
  new StagecraftError(
    'journal.broken',
    `The journal of "${journal}" is damaged: ${why}. Restore the store from a copy that verifies.`,
    options,
  )

export const closed = () =>
  new StagecraftError('store.failed', 'The store is closed, so nothing was read or written. Open it again.')

export const owned = (store: string, options?: { cause: unknown }) =>
  new StagecraftError(
    'store.owned',
    `${store} has an owner already. Stop it first; beside it one can only read, and post requests.`,
    options,
  )

export const missing = (store: string) =>
  new StagecraftError(
    'store.missing',
    `There is nothing yet at ${store}. Its owner makes it: start that first, or check where it is.`,
  )
