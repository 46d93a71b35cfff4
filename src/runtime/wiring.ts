/** The one place where charts and actors meet. */

import { allowanceLogic } from '../actors/allowance.ts'
import { attemptLogic, placeLogic, prepareLogic, workOf } from '../actors/agent-work.ts'
import type { Limits } from '../actors/limits/limits.ts'
import { permitLogic } from '../actors/permit.ts'
import { task } from '../actors/task.ts'
import {
  conditionLogic,
  consultLogic,
  evaluateLogic,
  recallLogic,
  recoverLogic,
  type WorkOptions,
} from '../actors/work.ts'
import { createAgentMachine, type AgentMachine } from '../machines/agent.ts'
import { createCriticMachine, type Sources } from '../machines/critic.ts'
import { orchestratorMachine } from '../machines/orchestrator.ts'
import { createReviewMachine } from '../machines/review.ts'
import { createStageMachine } from '../machines/stage.ts'
import type { CriticResult } from '../model/critic-result.ts'
import type { Interpreter } from '../model/interpreter.ts'
import { stepped } from './interpreter.ts'
import type { Desk } from './panel/desk.ts'

export type Wiring = Sources &
  Omit<WorkOptions, 'deskOf'> & {
    readonly limits: Limits
    readonly interpreter: Interpreter | undefined
    readonly deskOf: (run: number) => Desk
    /** Hears of every critic that ends. */
    readonly onEnd: (run: number, result: CriticResult) => void
  }

/** The review chart with everything behind it; one for each panel. */
export function wireReview(wiring: Wiring) {
  const { interpreter } = wiring
  const critic = createCriticMachine(wiring).provide({
    actors: {
      condition: conditionLogic(wiring),
      consult: consultLogic(wiring),
      recall: recallLogic(wiring),
      permit: permitLogic(wiring.limits, wiring.deskOf),
      evaluate: evaluateLogic(wiring),
      allowance: allowanceLogic((run) => wiring.deskOf(run).account),
      recover: recoverLogic(wiring),
    },
  })
  const stage = createStageMachine(wiring).provide({
    actors: { critic: stepped(critic, interpreter) },
    actions: { reportEnd: ({ context }, result) => wiring.onEnd(context.run, result) },
  })
  const review = createReviewMachine(wiring).provide({ actors: { stage: stepped(stage, interpreter) } })
  return stepped(review, interpreter)
}

export type ReviewMachine = ReturnType<typeof wireReview>

/** The agent chart with the work of a call behind it; one for all calls. */
export function wireAgent(random: () => number, interpreter?: Interpreter): AgentMachine {
  return stepped(
    createAgentMachine({ random }).provide({
      actors: { place: placeLogic, prepare: prepareLogic, attempt: attemptLogic },
      actions: { hear: ({ context }, { as }) => workOf(context).hear(as) },
    }),
    interpreter,
  )
}

/** The orchestrator's chart with what it does behind it. */
export function wireOrchestrator(
  does: { readonly recover: () => Promise<void>; readonly drain: () => Promise<void> },
  interpreter?: Interpreter,
) {
  const actors = { recover: task(does.recover), drain: task(does.drain) }
  return stepped(orchestratorMachine.provide({ actors }), interpreter)
}
