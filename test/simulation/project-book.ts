/** The book of a simulated world: what agents were asked and gave, what people sent, and what was promised to them. */

import type { Fact } from '../../src/model/fact.ts'
import type { ProjectView } from '../../src/runtime/index.ts'
import type { Submission } from '../../src/model/approval.ts'
import type { Deed } from './project-values.ts'

/** One call of an agent. */
export type Call = {
  readonly project: string
  readonly phase: string
  readonly run: number
  readonly task: string
  readonly key: string
  /** Of the newest entry that was durable when it was called. */
  readonly cursor: number
  /** What it returned, as JSON; undefined as long as it has not, or when that is nothing JSON can carry. */
  gave: string | undefined
  /** The nodes of the ISA as it was given them, as JSON; undefined where it did not ask. */
  saw: string | undefined
  deeds: readonly Deed[]
}

/** One call of a compensation. */
export type Undo = { readonly key: string; isDone: boolean }

/** A decision somebody sent, and what they heard: undefined for nothing, as when the process died. */
export type Sent = {
  readonly project: string
  readonly submission: Submission
  heard: 'ok' | 'refused' | undefined
}

/** A request that was posted. */
export type Posted = { readonly id: string; readonly project: string; readonly sent: Sent | undefined }

/** What an entry was shown as: the journal must have it, just so, for ever. */
export type Shown = { readonly project: string; readonly seq: number; readonly hash: string }

/** The ISA as somebody read it, at some time after one fact and before the end of another. */
export type IsaRead = {
  readonly project: string
  readonly afterSeq: number
  readonly untilCursor: number
  readonly text: string
}

export type Book = {
  readonly calls: Call[]
  readonly undos: Undo[]
  readonly sent: Sent[]
  readonly posted: Posted[]
  readonly shown: Shown[]
  readonly views: ProjectView[]
  readonly isas: IsaRead[]
  /** Audit hashes of reviews that were handed out: only what is on record is. */
  readonly reviews: string[]
  /** By cursor: what a feed delivered. */
  readonly facts: Map<number, Fact>
  /** What is wrong, as sentences. */
  readonly problems: string[]
  /** How often what happened, by kind: a simulation that never meets a fault proves nothing. */
  readonly tally: Tally
}

export type Tally = Map<string, number>

export const createBook = (tally: Tally): Book => ({
  calls: [],
  undos: [],
  sent: [],
  posted: [],
  shown: [],
  views: [],
  isas: [],
  reviews: [],
  facts: new Map(),
  problems: [],
  tally,
})

export const count = (tally: Tally, kind: string): void => void tally.set(kind, (tally.get(kind) ?? 0) + 1)
