/** Turns of one journal that are decided together: each on what the one before it leads to. */

import type { JournalRecord, Step } from '../store/store.ts'
import { newRecord, stepOf, type Proposal } from './journal-step.ts'
import type { Turn } from './lane.ts'

/** What a turn comes to, once the steps of all that were decided with it are durable. */
export type DecidedTurn = {
  readonly turn: Turn
  /** The newest record after it. */
  readonly record: JournalRecord | undefined
  readonly proposal?: Proposal | undefined
  readonly step?: Step | undefined
  /** Why there is nothing to be done for it. */
  readonly refusal?: { readonly error: unknown }
}

export function decideTurns(
  turns: readonly Turn[],
  record: JournalRecord | undefined,
  now: () => number,
): readonly DecidedTurn[] {
  const decided: DecidedTurn[] = []
  for (const turn of turns) decided.push(decideTurn(turn, decided.at(-1)?.record ?? record, now()))
  return decided
}

function decideTurn(turn: Turn, record: JournalRecord | undefined, at: number): DecidedTurn {
  try {
    const proposal = turn.propose(record, at)
    const before = record ?? (turn.journal && newRecord(turn.journal, at))
    const step = proposal && before && stepOf(before, proposal, at)
    return { turn, record: step?.record ?? record, proposal, step }
  } catch (error) {
    return { turn, record, refusal: { error } }
  }
}
