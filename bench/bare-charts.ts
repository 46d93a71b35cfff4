/** The charts of a review with nothing around them: no limits, no metrics, no findings to check, no verdict. */

import type { AnyStateMachine } from 'xstate'
import { createActor } from '../dist/compile/index.js'
import { realTimeClock } from '../dist/compile/real-time.js'
import { channel, task } from '../dist/actors/task.js'
import { defineCritic } from '../dist/index.js'
import { createCriticMachine } from '../dist/machines/critic.js'
import { createReviewMachine } from '../dist/machines/review.js'
import { createStageMachine } from '../dist/machines/stage.js'
import { makePlan } from '../dist/model/plan.js'
import type { Outcome } from '../dist/model/outcome.js'
import { DEFAULT_RULES } from '../dist/model/verdict.js'

/** Permits are granted in the same turn, as by a limiter. */
const turn = Promise.resolve()

/** The clock of a panel. */
const SOURCES = { now: () => realTimeClock.now(), random: () => 0.5 }
const OPTIONS = {
  reviewMs: 60_000,
  shortCircuit: false,
  rules: DEFAULT_RULES,
  stage: {
    gating: true,
    perStageMs: {},
    reviewMs: 60_001,
    critic: {
      queueMs: 30_000,
      hookMs: 1_000,
      retries: true,
      consults: false,
      recalls: false,
      recovers: false,
    },
  },
}

/** A review of so many critics that succeed at once; each chart goes through `step` before it runs. */
export function bareCharts(
  critics: number,
  step: <T extends AnyStateMachine>(machine: T) => T,
): () => Promise<void> {
  const settings = Array.from(
    { length: critics },
    (_, index) => defineCritic({ name: `critic-${index}`, evaluate: () => ({ severity: 0 }) }).settings,
  )
  const plan = makePlan(settings, { classify: false })
  const outcome: Outcome = { kind: 'finding', finding: { severity: 0 }, validationErrors: [] }
  const critic = createCriticMachine(SOURCES).provide({
    actors: {
      permit: channel((_, scope) => void turn.then(() => scope.tell({ type: 'GRANTED' }))),
      evaluate: task(async (): Promise<Outcome> => outcome),
    },
  })
  const stage = createStageMachine(SOURCES).provide({ actors: { critic: step(critic) } })
  const review = step(createReviewMachine(SOURCES).provide({ actors: { stage: step(stage) } }))
  const input = {
    plan,
    run: 1,
    input: { id: 'bare', prompt: '', response: '', context: {} },
    options: OPTIONS,
  }
  return () =>
    new Promise((resolve, reject) => {
      const actor = createActor(review, { input })
      actor.subscribe({ complete: resolve, error: reject })
      actor.start()
    })
}
