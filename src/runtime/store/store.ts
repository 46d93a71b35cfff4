/** The store port: what an engine asks of the place where journals live. One contract suite runs over every store. */

import type { Json } from '../../model/canonical.ts'
import type { Ref } from '../../model/content.ts'
import type { Entry, FactType } from '../../model/fact.ts'

/** A place for journals. Making one opens nothing. */
export type Store = {
  /** Opens for the one owner. Throws `store.owned` while another has it, `store.newer`, `store.unsupported`. */
  open(options: OpenOptions): Promise<OwnedStore>
  /** Opens for reading alone, beside an owner or without one. Throws `store.missing` where there is nothing yet. */
  openReader(): Promise<StoreReader>
  /** Opens the letter box for requests to the owner, beside an owner or without one. Throws `store.missing`. */
  openPostbox(): Promise<Postbox>
}

export type OpenOptions = {
  /** Called soon after a request was posted; stops with `close`. */
  readonly onPost: () => void
}

export type JournalKind = 'project' | 'review'

/** A journal's head: where it stands now. */
export type JournalHead = {
  readonly id: string
  readonly kind: JournalKind
  /** Lifecycle and its version; of a recorded review, the panel's name and 1. */
  readonly lifecycle: string
  readonly version: number
  /** State of the outermost chart, for lists. */
  readonly state: string
  readonly ended: boolean
  readonly seq: number
  readonly hash: string
  readonly stateHash: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** A journal's head with all that is needed to take its next step. */
export type JournalRecord = JournalHead & {
  /** Secret of the references; null once the contents were erased. */
  readonly salt: string | null
  /** The charts of the journal by address, as plain data. */
  readonly charts: Json
}

/** Something the engine owes the world: work to perform, or a timer. It is open until its outcome is recorded. */
export type Command = {
  readonly journal: string
  /** Unique in the store, and the same after every crash: the idempotency key. */
  readonly key: string
  /** Which chart of the journal waits for it. */
  readonly address: string
  /** What the chart calls it: the id of the child, or of the timer. */
  readonly id: string
} & (
  | { readonly kind: 'work'; readonly source: string; readonly input: Json }
  /** Never to be delivered before `dueAt`, milliseconds since 1970. */
  | { readonly kind: 'timer'; readonly dueAt: number; readonly event: Json }
)

export type Content = { readonly ref: Ref; readonly value: Json }

export type Checkpoint = {
  readonly journal: string
  readonly id: string
  /** `seq` of its CHECKPOINT_CREATED. */
  readonly seq: number
  readonly at: number
  readonly phase: string
  /** Hash of `saved`. */
  readonly stateHash: string
  readonly saved: Json
}

export type Request = {
  /** Chosen by the sender; posting the same id twice is posting once. */
  readonly id: string
  readonly journal: string
  readonly at: number
  readonly body: Json
}

/** The answer to a request. */
export type Answer = { readonly id: string; readonly at: number; readonly body: Json }

/** All that one step of one journal changes. */
export type Step = {
  readonly journal: string
  /** `seq` of the last entry this step was decided on, 0 for a new journal. Anything else is `store.conflict`. */
  readonly expectedSeq: number
  /** The head after the step. Its `createdAt`, `kind` and `salt` count for a new journal only. */
  readonly record: JournalRecord
  /** At least one. */
  readonly entries: readonly Entry[]
  readonly contents: readonly Content[]
  readonly opens: readonly Command[]
  /** Keys; an unknown key is no error. Closed before `opens` are opened. */
  readonly closes: readonly string[]
  readonly checkpoints: readonly Checkpoint[]
  /** Ids of checkpoints that are kept no longer. */
  readonly drops: readonly string[]
  /** True: every content of the journal goes, and its salt. */
  readonly erases: boolean
  readonly answers: readonly Answer[]
}

export type StoredEntry = Entry & { readonly cursor: number }

export type EntryQuery = {
  /** Cursor; entries after it. */
  readonly after: number
  /** Cursor; entries up to and with it. */
  readonly until?: number
  readonly journal?: string
  readonly types?: readonly FactType[]
  readonly limit: number
}

export type HeadQuery = {
  readonly kind?: JournalKind
  readonly lifecycle?: string
  readonly state?: string
  readonly ended?: boolean
  /** Id; heads after it, in order of id. */
  readonly after?: string
  readonly limit: number
}

export type StoreReader = AsyncDisposable & {
  /** Cursor of the newest entry, 0 when there is none. */
  newestCursor(): Promise<number>
  record(id: string): Promise<JournalRecord | undefined>
  /** In order of id. */
  heads(query: HeadQuery): Promise<readonly JournalHead[]>
  /** In order of cursor. */
  entries(query: EntryQuery): Promise<readonly StoredEntry[]>
  /** Those that are there; an erased or unknown one is left out. */
  contents(journal: string, refs: readonly Ref[]): Promise<ReadonlyMap<Ref, Json>>
  /** In order of seq, without what they saved. */
  checkpoints(journal: string): Promise<readonly Omit<Checkpoint, 'saved'>[]>
  checkpoint(journal: string, id: string): Promise<Checkpoint | undefined>
  /** Open commands of one journal, in the order they were opened. */
  commandsOf(journal: string): Promise<readonly Command[]>
  /** Lifecycles and versions that journals which have not ended live by, with how many and some of their ids. */
  liveVersions(): Promise<readonly LiveVersion[]>
  close(): Promise<void>
}

export type LiveVersion = {
  readonly kind: JournalKind
  readonly lifecycle: string
  readonly version: number
  readonly count: number
  /** At most 10. */
  readonly ids: readonly string[]
}

export type OwnedStore = StoreReader & {
  /**
   * Makes all steps durable, or none. When it resolves they survive the death of the process and of the machine.
   * Resolves with the cursor of each step's first entry. Throws `store.conflict`, `store.full`, `store.failed`.
   */
  commit(steps: readonly Step[]): Promise<readonly number[]>
  /** Journals with open work, in order of id: what recovery performs again. */
  journalsWithWork(after: string, limit: number): Promise<readonly string[]>
  /** Timers due at or before a time, the earliest first. */
  timersDue(at: number, limit: number): Promise<readonly Extract<Command, { kind: 'timer' }>[]>
  /** When the next timer is due; undefined when none is open. */
  nextDueAt(): Promise<number | undefined>
  /** Requests without an answer, the oldest first. */
  requests(limit: number): Promise<readonly Request[]>
  /** Answers requests that changed nothing. A request that was answered before keeps its answer. */
  answer(answers: readonly Answer[]): Promise<void>
  /** Answers older than this are forgotten. */
  forgetAnswers(before: number): Promise<void>
  /** Forgets a journal altogether, but not that its id was used. Throws `store.conflict` unless it has ended. */
  remove(journal: string): Promise<void>
}

export type Postbox = {
  post(request: Request): Promise<void>
  answer(id: string): Promise<Answer | undefined>
  /** Whether somebody is there to answer. */
  hasOwner(): Promise<boolean>
  close(): Promise<void>
}
