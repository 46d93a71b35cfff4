/** How the command ends: the exit codes, and which one wins. */

import { isStagecraftError, type ErrorCode } from '../model/errors.ts'

export const EXIT = { ok: 0, refused: 1, wrong: 2, interrupted: 130, terminated: 143 } as const

/** What a run of reviews came to. */
export type Outcome = {
  readonly interruptedBy: NodeJS.Signals | undefined
  /** Bad lines, an unreadable file, a result that could not be written. */
  readonly problems: number
  /** Answers denied or escalated. */
  readonly refused: number
}

/** A signal wins over a problem, a problem over a refused answer. */
export function exitCodeOf({ interruptedBy, problems, refused }: Outcome): number {
  if (interruptedBy !== undefined) return interruptedBy === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted
  if (problems > 0) return EXIT.wrong
  return refused > 0 ? EXIT.refused : EXIT.ok
}

/** What was asked for was understood, and what is in the store does not allow it, or the store has failed. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'approval.unknown',
  'approval.outdated',
  'approval.settled',
  'approval.conflicting',
  'approval.not_allowed',
  'project.exists',
  'project.wrong_state',
  'checkpoint.damaged',
  'journal.broken',
  'journal.diverged',
  'store.owned',
  'store.conflict',
  'store.full',
  'store.failed',
])

/** A refusal is no wrong usage: the same command may do tomorrow. */
export function exitCodeOfError(error: unknown): number {
  return isStagecraftError(error) && REFUSALS.has(error.code) ? EXIT.refused : EXIT.wrong
}
