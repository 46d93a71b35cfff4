/** A fact: one entry of a journal, chained to the one before it by hashes. */

import { hashOf, type Json, type Plain } from './canonical.ts'

export const FACT_TYPES = [
  'PROJECT_CREATED',
  'PROJECT_STARTED',
  'PROJECT_PAUSED',
  'PROJECT_RESUMED',
  'PROJECT_PLANNED',
  'PROJECT_COMPLETED',
  'PROJECT_FAILED',
  'PROJECT_CANCELLED',
  'PROJECT_ROLLED_BACK',
  'PROJECT_MIGRATED',
  'PHASE_STARTED',
  'PHASE_COMPLETED',
  'PHASE_FAILED',
  'PHASE_RETRYING',
  'PHASE_LOOPED_BACK',
  'PHASE_HALTED',
  'GATE_ANSWERED',
  'LIMIT_REACHED',
  'APPROVAL_REQUESTED',
  'APPROVAL_RECEIVED',
  'APPROVAL_WITHDRAWN',
  'APPROVAL_TIMEOUT',
  'AGENT_STARTED',
  'AGENT_RETRY',
  'AGENT_PROGRESS',
  'AGENT_COMPLETED',
  'AGENT_FAILED',
  'AGENT_SKIPPED',
  'AGENT_CANCELLED',
  'ISA_UPDATED',
  'ISA_ROLLED_BACK',
  'CHECKPOINT_CREATED',
  'CHECKPOINTS_DROPPED',
  'CONFLICT_DETECTED',
  'CONFLICT_RESOLVED',
  'CRITIC_ALERT',
  'REVIEW_RECORDED',
  'REVIEW_RELEASED',
  'REVIEW_REFUSED',
  'COMPENSATION_STARTED',
  'COMPENSATION_COMPLETED',
  'COMPENSATION_FAILED',
  'COMPENSATION_IRREVERSIBLE',
  'CONTENTS_ERASED',
  'STEP_TAKEN',
] as const

export type FactType = (typeof FACT_TYPES)[number]

/** What a chart says has happened; the engine makes it a fact. */
export type Saying = { readonly type: FactType; readonly payload: Plain }

/** The event that made a journal take a step, and the chart of the journal it went to. */
export type Cause = {
  readonly to: string
  readonly event: Json
  /** Id of the work or the timer whose outcome this is; null for everything else. */
  readonly settles: string | null
}

/** An entry as it is hashed and stored: what was said by people and agents is there by reference only. */
export type Entry = {
  readonly type: FactType
  readonly payload: Json
  /** The project, or the recorded review, whose journal this is. */
  readonly journal: string
  /** 1 for the first entry of a journal, then without gaps. */
  readonly seq: number
  /** Milliseconds since 1970 by the host's clock. Order is by `seq`: clocks jump. */
  readonly at: number
  /** On the first entry of a step: why it was taken. */
  readonly cause: Cause | null
  /** On the last entry of a step: the hash of the state it led to. */
  readonly stateHash: string | null
  readonly previousHash: string
  readonly hash: string
}

export type NewEntry = Omit<Entry, 'hash'>

/** The previous hash of the first entry. */
export const FIRST_HASH = '0'.repeat(64)

/** SHA-256 over the canonical JSON of everything but the hash itself. */
export function entryHash({
  journal,
  seq,
  type,
  at,
  payload,
  cause,
  stateHash,
  previousHash,
}: NewEntry): string {
  return hashOf({ journal, seq, type, at, payload, cause, stateHash, previousHash })
}

/** A fact as it is read: contents in place of their references, `[erased]` where they are gone. */
export type Fact = {
  readonly type: FactType
  readonly payload: Json
  /** Orders all facts of a store; resume a feed after it. */
  readonly cursor: number
  /** The project, or the recorded review. */
  readonly project: string
  readonly seq: number
  readonly at: number
  readonly hash: string
}
