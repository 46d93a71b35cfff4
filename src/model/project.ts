/** A project as its chart knows it. */

import type { ApprovalEnd, Decided } from './approval.ts'
import type { IsaRevision } from './isa/revision.ts'
import type { Mode, ProjectEnd } from './lifecycle.ts'
import type { PhaseResult } from './phase.ts'
import type { Step, UndoFailure } from './saga.ts'

/** How far a project is: what a checkpoint saves and a rollback restores. */
export type Progress = {
  /** The phase that is next. */
  readonly phase: string
  /** Results of the phases before it. */
  readonly results: Readonly<Record<string, PhaseResult>>
  readonly feedback: Feedback | null
}

/** Why a phase is repeated, for those who repeat it. Texts and outputs are references. */
export type Feedback = {
  readonly from: string
  readonly because: 'REJECTED' | 'RETRY' | 'LOOPBACK'
  readonly comment: string | null
  readonly by: string | null
  /** What the run came to that has to be done better. */
  readonly previous: PhaseResult
}

/** Why a project ended or stands still, in one word. */
export type ProjectReason =
  | 'by_request'
  | 'approval_timeout'
  | 'rolled_back'
  | 'phase_failed'
  | 'iterations_max'
  | 'phases_max'
  | 'compensation_failed'
  | 'irreversible'

/** How an approval came out, for the project that waits for it. */
export type ApprovalOutcome = {
  readonly end: ApprovalEnd
  readonly version: number
  /** Of the decision that settled it. */
  readonly by: string | null
  readonly comment: string | null
  readonly decisions: readonly Decided[]
}

/** The last approval that was settled, so that a decision sent twice is known again. */
export type SettledApproval = {
  readonly id: string
  readonly version: number
  readonly end: ApprovalEnd
  readonly decisions: readonly Decided[]
}

export type ProjectInput = {
  readonly id: string
  readonly lifecycle: string
  readonly version: number
  readonly mode: Mode
  /** References. */
  readonly intent: string
  readonly author: string | null
  readonly params: string | null
  /** Hash of the lifecycle's plan: a plan that is changed without a new version is another one. */
  readonly planHash?: string
}

export type ProjectContext = ProjectInput & {
  readonly phase: string
  readonly results: Readonly<Record<string, PhaseResult>>
  readonly feedback: Feedback | null
  /** Phase runs so far; never goes back. */
  readonly phasesRun: number
  /** Runs in a row of the present phase. */
  readonly iterations: number
  /** Of a phase that was halted: the tasks that need not be done again. */
  readonly halted: PhaseResult | null
  /** The result that waits for approval. */
  readonly pending: PhaseResult | null
  /** The result a failed project failed with. */
  readonly lastResult: PhaseResult | null
  /** What runs have done in the world that was not undone, the earliest first. */
  readonly acted: readonly Step[]
  /** Approvals asked for so far; never goes back. */
  readonly approvalsAsked: number
  /** How often the present one was asked. */
  readonly approvalVersion: number
  readonly lastApproval: SettledApproval | null
  /** The revision of the ISA that holds: of the phases that have passed, or of the one that waits for approval. */
  readonly isa: IsaRevision | null
  /** Conflicts that stand, by id. */
  readonly conflicts: readonly string[]
  /** Runs of which something was undone: a checkpoint that counts on one of them cannot be gone back to. */
  readonly undone: readonly number[]
  /** What is being undone, and where to. */
  readonly undoing: Undoing | null
  readonly reason: ProjectReason | null
}

/** Where a project goes once what it has done is undone. */
export type UndoGoal =
  | {
      readonly at: 'checkpoint'
      readonly checkpoint: string
      readonly progress: Progress
      /** The end it leads out of. */
      readonly from: ProjectEnd | null
    }
  /** The phase it is at is done again; `isFresh` where it begins from new ground. */
  | { readonly at: 'phase'; readonly isFresh: boolean }
  | { readonly at: 'FAILED'; readonly because: ProjectReason }
  | { readonly at: 'CANCELLED' }

export type Undoing = {
  readonly goal: UndoGoal
  /** Runs of which something is undone by now. */
  readonly lost: readonly number[]
  /** What people are asked about; empty while nobody is. */
  readonly failed: readonly UndoFailure[]
}
