/** The front door: reviews, definitions and types. Runs in browsers too. */

export { createPanel, type PanelCritics, type ResultsOf } from './runtime/panel/create-panel.ts'
export type { Panel, PlainCritic } from './runtime/panel/panel.ts'
export type { Run, RunOptions } from './runtime/panel/run.ts'
export type { PanelOptions } from './runtime/panel/panel-options.ts'
export type { PanelMetrics, StageMetrics } from './runtime/panel/metrics.ts'
export type { ReviewFact } from './runtime/panel/facts.ts'

export { defineCritic } from './actors/define-critic.ts'
export { createCache, type FindingCache } from './actors/cache.ts'
export { createLimits, type Limits, type LimitsOptions } from './actors/limits/limits.ts'
export type { Hooks } from './actors/hooks.ts'

export type { Backoff } from './model/backoff.ts'
export type {
  Condition,
  ConditionInput,
  Critic,
  CriticDefinition,
  Domain,
  EvaluateContext,
  Policy,
  PolicyName,
} from './model/critic.ts'
export type {
  CriticError,
  CriticResult,
  EndStatus,
  Gating,
  LiveStatus,
  Looked,
  Skipping,
  TimeoutScope,
} from './model/critic-result.ts'
export { Finding, type Escalation, type Violation } from './model/finding.ts'
export type { CriticInput, ReviewContext, ReviewInput, RiskTier } from './model/review-input.ts'
export type { Cut, Review, ReviewCost, StageSummary } from './model/review.ts'
export type {
  Decision,
  Dissent,
  EscalationGate,
  Reason,
  Verdict,
  VerdictRules,
  Voice,
} from './model/verdict.ts'
export type { CriticPlan, Plan, SettingSource, StagePlan } from './model/plan.ts'
export { STAGES, type Stage } from './model/stages.ts'
export type { Clock } from './model/clock.ts'
export type { Json } from './model/canonical.ts'
export { classifyCritic, type Classification } from './model/classification.ts'
export { panelOptionsFromEnvironment, type EnvironmentOptions } from './model/environment.ts'
export { ERROR_CODES, StagecraftError, isStagecraftError, type ErrorCode } from './model/errors.ts'

export { criticMachine } from './machines/critic.ts'
export { stageMachine } from './machines/stage.ts'
export { reviewMachine } from './machines/review.ts'
