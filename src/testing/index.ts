/** For tests of your machines and of ours: generated paths, replay, coverage, a stepping clock, a lint, proofs for lifecycles and the contract of stores. */
export { assertNeverWithout } from './assert-never-without.ts'
export type {
  ExploredProject,
  ExploringOptions,
  NeverWithoutApproval,
  NeverWithoutFact,
  NeverWithoutOptions,
} from './assert-never-without.ts'
export { compareLifecycles } from './compare-lifecycles.ts'
export type { LiveMove } from './compare-lifecycles.ts'
export { coverageOf } from './coverage.ts'
export type { Coverage, CoverageReport, CoverageShare } from './coverage.ts'
export type { ChildRecord } from './child-log.ts'
export { lintMachine } from './lint/lint-machine.ts'
export type { LintOptions } from './lint/lint-machine.ts'
export type { LintKind, LintProblem } from './lint/lint-problem.ts'
export type { MachinePath, PathState, PathStep } from './machine-path.ts'
export { pathsOf } from './paths-of.ts'
export type { PathEvent, PathsOptions } from './paths-of.ts'
export { replay } from './replay.ts'
export type { Replay, ReplayOptions, ReplayView } from './replay.ts'
export { steppingClock } from './stepping-clock.ts'
export type { SteppingClock } from './stepping-clock.ts'
export { afterEvent, doneEvent, errorEvent } from './system-event.ts'
export type { DelayElapsedEvent } from './system-event.ts'
export { seededRandom } from './seeded-random.ts'
export type { SeededRandom } from './seeded-random.ts'
export { storeContract } from './store-contract.ts'
export type { StoreContractOptions, StoreUnderTest, TestTools } from './store-contract.ts'
export { simulate } from './simulate.ts'
export type { Scenario, SimulationOptions } from './simulate.ts'
