/** A project as people see it: where it stands, what waits for approval, and what its phases came to. */

import type { ApprovalContext } from '../../machines/approval.ts'
import type { ApprovalDecision, Requirement } from '../../model/approval.ts'
import type { Json } from '../../model/canonical.ts'
import type { IsaRevision } from '../../model/isa/revision.ts'
import { ENDS, type LifecyclePlan, type Mode } from '../../model/lifecycle.ts'
import type { PhaseResult, TaskEnd, TaskState, TaskStates } from '../../model/phase.ts'
import type { ProjectContext, ProjectReason } from '../../model/project.ts'
import type { Verdict } from '../../model/verdict.ts'
import { ROOT } from '../engine/charts.ts'
import { chartsOf } from '../engine/journal-step.ts'
import type { Outputs } from './lifecycle.ts'
import type { JournalRecord, StoreReader } from '../store/store.ts'
import { ContentReader } from '../work/contents.ts'
import { outputsOf, phaseOf, projectOf } from '../work/phase-view.ts'

export type ApprovalView = {
  readonly id: string
  /** Rises each time the question is asked anew; a decision names the one it is for. */
  readonly version: number
  readonly phase: string
  /** What is approved, in plain words. */
  readonly subject: Json
  /** SHA-256 of the subject with its outputs by reference: another output is another hash. */
  readonly subjectHash: string
  readonly requires: Requirement
  /** Milliseconds since 1970. */
  readonly deadlineAt: number
  readonly decisions: readonly {
    readonly by: string
    readonly roles: readonly string[]
    readonly decision: ApprovalDecision
    readonly comment: string | null
    readonly at: number
  }[]
}

export type PhaseStatus =
  | 'PENDING'
  | 'RUNNING'
  | 'AWAITING_APPROVAL'
  | 'COMPLETED'
  | 'FAILED'
  | 'RETRYING'
  | 'SKIPPED'

export type TaskView = {
  readonly status: TaskEnd['status'] | 'pending' | 'running'
  readonly attempts?: number
  readonly durationMs?: number
  readonly output?: unknown
  readonly error?: { readonly code: string; readonly message: string }
  readonly because?: TaskEnd['because']
}

export type PhaseSummary = {
  readonly name: string
  readonly status: PhaseStatus
  readonly run?: number
  /** In words of its gate. */
  readonly reason?: string
  readonly verdict?: Verdict
  readonly conflicts?: readonly {
    readonly id: string
    readonly between: readonly string[]
    readonly message: string
  }[]
  readonly tasks: Readonly<Record<string, TaskView>>
}

export type ProjectView = {
  readonly id: string
  readonly lifecycle: string
  readonly version: number
  readonly mode: Mode
  readonly intent: string
  readonly author: string | null
  readonly params: unknown
  /** CREATED, a phase, AWAITING_APPROVAL, PAUSED, ROLLING_BACK, COMPLETED, PLAN_ONLY, FAILED or CANCELLED. */
  readonly state: string
  /** The phase it is in, or would go on with. */
  readonly phase: string
  /** COMPLETED, PLAN_ONLY, FAILED or CANCELLED. */
  readonly ended: boolean
  /** Why it stands still or has ended. */
  readonly reason: ProjectReason | null
  readonly approval?: ApprovalView
  readonly phases: readonly PhaseSummary[]
  /** Outputs of the phases that have passed. */
  readonly results: Readonly<Record<string, Outputs>>
  /** The values that hold, in short; null while nobody has set one. `projects.isa(id)` reads them. */
  readonly isa: Omit<IsaRevision, 'state' | 'changes'> | null
  readonly phasesRun: number
  readonly createdAt: number
  readonly updatedAt: number
  /** Entries of its journal. */
  readonly seq: number
  /** Hash of the newest entry: it vouches for all before it. */
  readonly hash: string
  /** Hash of the state. */
  readonly stateHash: string
}

/** The approval of a journal that is open now. */
export function openApproval(record: JournalRecord): ApprovalContext | undefined {
  const chart = chartsOf(record).charts[`${ROOT}/approval`]
  return (chart?.snapshot as { context: ApprovalContext } | undefined)?.context
}

export async function approvalView(
  store: StoreReader,
  record: JournalRecord,
): Promise<ApprovalView | undefined> {
  const approval = openApproval(record)
  if (!approval) return undefined
  const contents = await ContentReader.of(store, record.id, approval.subject, approval.decisions)
  const { id, version, phase, subject, subjectHash, requires, deadlineAt, decisions } = approval
  return {
    id,
    version,
    phase,
    subject: contents.resolve(subject),
    subjectHash,
    requires,
    deadlineAt,
    decisions: decisions.map((decided) => ({
      ...decided,
      by: contents.text(decided.by) ?? '',
      comment: contents.text(decided.comment),
    })),
  }
}

/**
 * Reads a record as people see it. `plan` is undefined where the lifecycle is not registered: then phases that are still
 * to come are not known.
 */
export async function projectView(
  store: StoreReader,
  record: JournalRecord,
  plan: LifecyclePlan | undefined,
): Promise<ProjectView> {
  const context = projectOf(record)
  const running = phaseOf(record)
  const { results, pending, feedback, halted, lastResult } = context
  const contents = await ContentReader.of(
    store,
    record.id,
    [context.intent, context.author, context.params],
    [results, pending, feedback, halted, lastResult, running?.tasks],
  )
  const approval = await approvalView(store, record)
  const names = plan?.phases.map(({ name }) => name) ?? [...new Set([...Object.keys(results), context.phase])]
  return {
    id: record.id,
    lifecycle: context.lifecycle,
    version: record.version,
    mode: context.mode,
    intent: contents.text(context.intent) ?? '',
    author: contents.text(context.author),
    params: contents.read(context.params),
    state: record.state,
    phase: context.phase,
    ended: record.ended,
    reason: context.reason,
    ...(approval && { approval }),
    phases: names.map((name) => summaryOf(name, record, context, running?.tasks, contents)),
    results: Object.fromEntries(
      Object.entries(results).map(([name, result]) => [name, outputsOf(result.tasks, contents)]),
    ),
    isa: context.isa && summaryOfIsa(context.isa),
    phasesRun: context.phasesRun,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    seq: record.seq,
    hash: record.hash,
    stateHash: record.stateHash,
  }
}

const summaryOfIsa = ({ revision, stateHash, nodes, stale, domains }: IsaRevision): ProjectView['isa'] => ({
  revision,
  stateHash,
  nodes,
  stale,
  domains,
})

function summaryOf(
  name: string,
  { state }: JournalRecord,
  context: ProjectContext,
  running: TaskStates | undefined,
  contents: ContentReader,
): PhaseSummary {
  const isPresent = context.phase === name
  const passed = context.results[name]
  const result = isPresent ? (context.pending ?? passed ?? context.halted ?? context.lastResult) : passed
  const shown = result?.phase === name ? result : null
  const tasks = isPresent && running ? running : (shown?.tasks ?? {})
  return {
    name,
    status: statusOf(name, state, context),
    ...(shown && { run: shown.run }),
    ...(shown?.reason && { reason: contents.text(shown.reason) ?? '' }),
    ...(shown?.review && { verdict: shown.review.verdict }),
    ...(shown && shown.conflicts.length > 0 && { conflicts: conflictsOf(shown, contents) }),
    tasks: Object.fromEntries(Object.entries(tasks).map(([task, one]) => [task, taskView(one, contents)])),
  }
}

const conflictsOf = ({ conflicts }: PhaseResult, contents: ContentReader) =>
  conflicts.map((conflict) => ({ ...conflict, message: contents.text(conflict.message) ?? '' }))

function statusOf(name: string, state: string, context: ProjectContext): PhaseStatus {
  if (context.results[name]) return 'COMPLETED'
  if (context.phase !== name) return state === 'PLAN_ONLY' ? 'SKIPPED' : 'PENDING'
  if (state === name) return context.feedback ? 'RETRYING' : 'RUNNING'
  if (state === 'FAILED' || context.undoing?.goal.at === 'FAILED') return 'FAILED'
  if (context.pending) return 'AWAITING_APPROVAL'
  return (ENDS as readonly string[]).includes(state) ? 'SKIPPED' : 'PENDING'
}

function taskView(state: TaskState, contents: ContentReader): TaskView {
  if (state.status === 'pending' || state.status === 'running') return { status: state.status }
  const { status, attempts, durationMs, output, error, because } = state as TaskEnd
  return {
    status,
    attempts,
    durationMs,
    ...(output !== undefined && { output: contents.read(output) }),
    ...(error && { error: { code: error.code, message: contents.text(error.message) ?? '' } }),
    ...(because && { because }),
  }
}
