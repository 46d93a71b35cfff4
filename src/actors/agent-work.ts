/** What stands behind an agent's chart: whom it asks for a place, what prepares its work, and what does it. */

import type { AttemptEnd, Heard, PlaceAnswer, Preparation } from '../model/agent.ts'
import { channel, task, type TaskLogic, type TaskScope } from './task.ts'

/** One call of an agent, from its first attempt to its last. */
export type AgentWork = {
  /** Asks for a place and tells of it; what is returned gives it back, or takes the question back. */
  readonly enter: (tell: (answer: PlaceAnswer) => void) => () => void
  /** Makes what the attempts are given, once. */
  readonly prepare: () => Promise<Preparation>
  /** Makes one attempt, the first being 1. */
  readonly attempt: (attempt: number, scope: TaskScope) => Promise<AttemptEnd>
  /** Tells the breaker of the attempt that is over. */
  readonly hear: (as: Heard) => void
}

type WorkInput = { readonly work?: unknown }

/** Who starts an agent's chart gives it this. */
export const workOf = ({ work }: WorkInput): AgentWork => work as AgentWork

/** Logic of `place`: has a place while it lives. */
export const placeLogic: TaskLogic<WorkInput, undefined> = channel((input: WorkInput, scope) => {
  scope.onStop(workOf(input).enter((answer) => scope.tell(answer)))
})

/** Logic of `prepare`. */
export const prepareLogic: TaskLogic<WorkInput, Preparation> = task((input: WorkInput) =>
  workOf(input).prepare(),
)

/** Logic of `attempt`, the same for all calls: the chart hands on what is to be done. */
export const attemptLogic: TaskLogic<{ readonly attempt: number } & WorkInput, AttemptEnd> = task(
  (input: { readonly attempt: number } & WorkInput, scope) => workOf(input).attempt(input.attempt, scope),
)
