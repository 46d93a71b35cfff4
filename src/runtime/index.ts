/** Projects: lifecycles, agents, approvals, and the orchestrator that carries them. For Node. */

export { createOrchestrator, type Orchestrator, type OrchestratorOptions } from './orchestrator.ts'
export type { NewProject, Projects } from './projects/projects.ts'
export type {
  CheckpointView,
  HistoryOptions,
  ProjectFilter,
  ProjectReader,
  ProjectSummary,
} from './projects/project-reader.ts'
export { openReader, type JournalCheck, type Reader, type ReaderOptions } from './reader.ts'
export type {
  ApprovalView,
  PhaseStatus,
  PhaseSummary,
  ProjectView,
  TaskView,
} from './projects/project-view.ts'
export type { RecordedReview, RecordedReviews, ReviewOptions } from './recorded-reviews.ts'
export type { OrchestratorStatus } from '../machines/orchestrator.ts'
export type { FactsOptions } from './journal/feed.ts'
export type { Verified } from './journal/audit.ts'
export type { LiveState, MigrateOptions } from './projects/migration.ts'

export { defineAgent } from '../actors/define-agent.ts'
export { httpAgent, type HttpAgentOptions } from '../actors/agents/http.ts'
export { langGraphAgent, type CompiledGraph, type LangGraphAgentOptions } from '../actors/agents/langgraph.ts'
export { modelAgent, type Material, type ModelAgentOptions } from '../actors/agents/model.ts'
export { processAgent, type ProcessAgentOptions } from '../actors/agents/process.ts'
export { workerAgent, type WorkerAgentOptions } from '../actors/agents/worker.ts'
export type { AdapterAgent, AdapterSettings } from '../actors/agents/adapter.ts'
export type { LanguageModel } from '../actors/language-model.ts'
export {
  runOrchestrator,
  type OrchestratorState,
  type RunOrchestratorOptions,
} from './langgraph/run-orchestrator.ts'
export {
  toLangGraphNode,
  type LangGraphNodeOptions,
  type ReviewNote,
  type ReviewUpdate,
} from './langgraph/to-langgraph-node.ts'
export { AGENT_ENDS } from '../model/agent.ts'
export type {
  Agent,
  AgentContext,
  AgentDefinition,
  AgentEnd,
  Progress,
  ProgressReport,
} from '../model/agent.ts'
export {
  createAgents,
  type AgentCallOptions,
  type Agents,
  type AgentsOptions,
  type OwnAgents,
} from './agents/agents.ts'
export type { AgentsSummary, AgentSummary, CallEnd } from './agents/agent-pool.ts'
export { defineLifecycle, defineTask } from './projects/define-lifecycle.ts'
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
  TaskUndo,
} from './projects/lifecycle.ts'
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

export { decide, decideFirst, type ChartCommand, type Decision } from './engine/decide.ts'
export type { Retained, RetentionPolicy } from './journal/retention.ts'

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

export { loadUnits } from '../actors/units.ts'
export type { Units } from '../model/units/units.ts'
export type { DefinedUnits } from '../model/units/unit-book.ts'
export type { QuantityOf, UnitName, UnitNameOf } from '../model/units/names.ts'
export { QUANTITIES, type Quantity } from '../model/units/quantity.ts'
export { value, type PhysicalValue, type ValueAbout } from '../model/units/physical-value.ts'
export { add, compare, convertTo, divide, multiply, subtract } from '../model/units/arithmetic.ts'
export { createIsa, type Isa, type IsaOptions, type ListedNode, type Violation } from '../model/isa/isa.ts'
export type { IsaNode, NodeAbout, NodeValue } from '../model/isa/isa-node.ts'
export type { IsaState } from '../model/isa/isa-state.ts'
export type { IsaChange } from '../model/isa/change.ts'
export type { Constraint } from '../model/isa/constraint.ts'
export type { Bounds } from '../model/isa/check-constraint.ts'
export type { ChangedNode, IsaDiff } from '../model/isa/diff.ts'
export { mergeChanges, type Merged, type Merging } from '../model/isa/merge.ts'
export { conflictsOf, defineRule, type IsaRule } from '../model/isa/rules.ts'
