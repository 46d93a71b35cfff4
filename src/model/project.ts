/** A project as its chart knows it. */

import type { ApprovalEnd, Decided } from './approval.ts'
import type { Mode, ProjectEnd } from './lifecycle.ts'
import type { PhaseResult } from './phase.ts'

/** How far a project is: what a checkpoint saves and a rollback restores. */
export type Progress = {
  /** The phase that is next. */
  readonly phase: string
  /** Results of the phases before it. */
  readonly results: Readonly<Record<string, PhaseResult>>
  readonly feedback: Feedback | null
}

/** A phase that has something to undo. */
export type Acted = {
  /** Of its last run that came to one. */
  readonly result: PhaseResult | null
  /** True while a run has begun and not ended: whatever it has done so far counts too. */
  readonly isUnderway: boolean
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
  /** What phases that compensate have done in the world, by phase. */
  readonly acted: Readonly<Record<string, Acted>>
  /** Approvals asked for so far; never goes back. */
  readonly approvalsAsked: number
  /** How often the present one was asked. */
  readonly approvalVersion: number
  readonly lastApproval: SettledApproval | null
  /** Conflicts that stand, by id. */
  readonly conflicts: readonly string[]
  /** The rollback under way. */
  readonly restoring: Restoring | null
  readonly reason: ProjectReason | null
}

export type Restoring = {
  readonly checkpoint: string
  readonly progress: Progress
  /** The end it leads out of, and back to when it fails. */
  readonly from: ProjectEnd | null
}
