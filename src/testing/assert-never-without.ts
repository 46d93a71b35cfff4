/** assertNeverWithout: what must never happen to a project without something, proven over everything that can happen. */

import type { AnyStateMachine } from 'xstate'
import { approvalMachine } from '../machines/approval.ts'
import { phaseMachine } from '../machines/phase.ts'
import { sagaMachine } from '../machines/saga.ts'
import type { Lifecycle } from '../runtime/projects/lifecycle.ts'
import { explore } from './never-without/explore.ts'
import { approvalLaw, factLaw, type NeverWithoutFact } from './never-without/law.ts'
import type { WorkEnds } from './never-without/moves.ts'

export type { ExploredProject } from './never-without/explored.ts'
export type { NeverWithoutFact } from './never-without/law.ts'
export type { WorkEnds } from './never-without/moves.ts'

/** No phase that needs people is left for a later one, or for the end, without them. */
export type NeverWithoutApproval<Name extends string> = {
  /** The one phase that counts; default every phase. */
  readonly leaving?: NoInfer<Name>
  readonly without?: 'approval'
}

export type ExploringOptions = {
  /**
   * Charts of your own by source, in place of `phase`, `approval` and `saga`. What their contexts hold under names that in ours
   * only count, name or carry along (`run`, `version`, `id`, `at`, `plan`, `comment` …) is not told apart either. People
   * decide on what an `approval` says it asks by APPROVAL_REQUESTED.
   */
  readonly machines?: Readonly<Record<string, AnyStateMachine>>
  /** What work may come to, by source: in place of the usual ends, or for work that only your charts ask for. */
  readonly ends?: WorkEnds
  /** Default 100,000. */
  readonly statesMax?: number
}

export type NeverWithoutOptions<Name extends string> = (NeverWithoutApproval<Name> | NeverWithoutFact) &
  ExploringOptions

const STATES_MAX = 100_000

/** How often the undoing of a step is tried is not told apart: it leads back to the same step. */
const oneTry = sagaMachine.provide({ guards: { retriesLeft: () => false } })

/**
 * Explores every state that a project of this lifecycle can be brought into, and asserts that on no path something
 * happens without something else:
 *
 * ```ts
 * assertNeverWithout(lifecycle) // no phase that needs people is left without them
 * assertNeverWithout(lifecycle, { leaving: 'PLANNING', without: 'approval' })
 * assertNeverWithout(lifecycle, {
 *   never: ({ state }) => state === 'COMPLETED',
 *   without: ({ type }) => type === 'REVIEW_RECORDED',
 * })
 * ```
 *
 * A phase needs people when its plan says `always`, or when its gate or its panel has asked. A result is approved when
 * as many people as it takes have agreed to exactly this result, each of whom may, in time; a rollback to where it was
 * approved keeps it so. That is judged by what people did, not by what the charts make of it.
 *
 * Everything is tried in every order: start, pause, resume, cancel, a rollback to each checkpoint, tasks that succeed or
 * fail, all answers of a gate, all verdicts of a panel, decisions by people who may and who may not, repeated, changed,
 * outdated or late, and every timer at once or never. Tasks that run at once are ended one after the other. Charts are
 * stepped as an orchestrator steps them; no code of the phases runs.
 *
 * What only grows is not told apart: numbers of runs and of versions, texts and times. So a limit of runs or of
 * iterations may be reached at any time, and `never` should ask for no number, no text, and not how a task ended.
 *
 * @returns how many states were found, and how many transitions were tried.
 * @throws StagecraftError `testing.machine` with the shortest path to what must never happen; `testing.path_limit`
 * when there are more states than `statesMax`; `testing.coverage` when nothing was proven, because no path leaves
 * such a phase with an approval.
 */
export function assertNeverWithout<const Name extends string>(
  lifecycle: Lifecycle<Name>,
  options: NeverWithoutOptions<Name> = {},
): { readonly states: number; readonly transitions: number } {
  const { machines, ends = {}, statesMax = STATES_MAX } = options
  const { plan } = lifecycle
  const sources: Readonly<Record<string, AnyStateMachine>> = {
    phase: phaseMachine,
    approval: approvalMachine,
    saga: oneTry,
    ...machines,
    project: lifecycle.machine,
  }
  const law = 'never' in options ? factLaw(options) : approvalLaw(plan, options.leaving)
  const found = explore({ world: { plan, machineOf: (source) => sources[source] }, law, ends, statesMax })
  law.conclude()
  return found
}
