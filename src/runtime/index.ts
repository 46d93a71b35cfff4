/** Projects: lifecycles, agents, approvals, and the orchestrator that carries them. For Node. */

export { createOrchestrator, type Orchestrator, type OrchestratorOptions } from './orchestrator.ts'
export type { NewProject, Projects } from './projects.ts'
export type {
  CheckpointView,
  HistoryOptions,
  ProjectFilter,
  ProjectReader,
  ProjectSummary,
} from './project-reader.ts'
export { openReader, type JournalCheck, type Reader, type ReaderOptions } from './reader.ts'
export type { ApprovalView, PhaseStatus, PhaseSummary, ProjectView, TaskView } from './project-view.ts'
export type { RecordedReview, RecordedReviews, ReviewOptions } from './recorded-reviews.ts'
export type { OrchestratorStatus } from '../machines/orchestrator.ts'
export type { FactsOptions } from './feed.ts'
export type { Verified } from './audit.ts'
export type { LiveState, MigrateOptions } from './migration.ts'

export { defineAgent } from '../actors/define-agent.ts'
export type { Agent, AgentContext, AgentDefinition } from '../model/agent.ts'
export { defineLifecycle, defineTask } from './define-lifecycle.ts'
export type {
  ApprovalDefinition,
  GateReply,
  GateView,
  Lifecycle,
  LifecycleDefinition,
  Outputs,
  PhaseDefinition,
  PhaseView,
  Task,
  TaskDefinition,
} from './lifecycle.ts'
export { hardwareDesign } from './hardware-design/hardware-design.ts'
export type { HardwareDesignOptions } from './hardware-design/hardware-design.ts'
export type {
  HardwareAgent,
  HardwareAgentName,
  HardwareAgents,
  HardwareView,
} from './hardware-design/agents.ts'
export { HARDWARE_PHASES } from './hardware-design/phases.ts'
export { environmentOf, type Environment } from './hardware-design/environment.ts'
export { nextPhase, previousPhase } from '../model/lifecycle.ts'
export type { GateResult, LifecyclePlan, Mode, PhasePlan, TaskPlan } from '../model/lifecycle.ts'
export type { ApprovalDecision, Requirement, RequirementOptions, Submission } from '../model/approval.ts'
export type { Conflict } from '../model/phase.ts'
export type { ProjectReason } from '../model/project.ts'
export { FACT_TYPES, type Fact, type FactType } from '../model/fact.ts'

export { decide, decideFirst, type ChartCommand, type Decision } from './decide.ts'
export type { Retained, RetentionPolicy } from './retention.ts'

export { memoryStore } from './store/memory-store.ts'
export { sqliteStore } from './store/sqlite/sqlite-store.ts'
export type {
  Answer,
  Checkpoint,
  Command,
  Content,
  EntryQuery,
  HeadQuery,
  JournalHead,
  JournalKind,
  JournalRecord,
  LiveVersion,
  OpenOptions,
  OwnedStore,
  Postbox,
  Request,
  Step,
  Store,
  StoredEntry,
  StoreReader,
} from './store/store.ts'

export { logTape, type LogTapeOptions } from './telemetry/logtape.ts'
export { openTelemetry, type OpenTelemetryOptions } from './telemetry/open-telemetry.ts'

export { approvalMachine } from '../machines/approval.ts'
export { phaseMachine } from '../machines/phase.ts'
export { recordedReviewMachine } from '../machines/recorded-review.ts'
export { orchestratorMachine } from '../machines/orchestrator.ts'
export { agentMachine } from '../machines/agent.ts'
