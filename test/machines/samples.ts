/** Plans and results for testing charts. */

import { CriticSettings, type CriticDefinition } from '../../src/model/critic.ts'
import type { CriticResult } from '../../src/model/critic-result.ts'
import type { CriticOptions } from '../../src/machines/critic.ts'
import { makePlan, type Plan } from '../../src/model/plan.ts'
import type { CriticInput } from '../../src/model/review-input.ts'

export const input: CriticInput = { id: 'r', prompt: 'q', response: 'a', context: {} }

export const options: CriticOptions = {
  queueMs: 30_000,
  hookMs: 1_000,
  retries: true,
  consults: false,
  recalls: false,
  recovers: false,
}

type Settings = Partial<CriticDefinition> & { readonly name: string }

/** A plan from partial settings. */
export function planOf(...critics: readonly Settings[]): Plan {
  return makePlan(critics.map((critic) => CriticSettings.parse({ evaluate: () => ({}), ...critic })))
}

/** A result as a critic's chart reports it. */
export function resultOf(plan: Plan, critic: string, over: Partial<CriticResult> = {}): CriticResult {
  const own = plan.critics[plan.positions[critic] ?? -1]
  if (!own) throw new Error(`no critic ${critic}`)
  return {
    critic,
    stage: own.stage,
    priority: own.priority,
    status: 'success',
    finding: {},
    attempts: 1,
    retryCount: 0,
    queueMs: 0,
    executionMs: 0,
    durationMs: 0,
    cost: { weight: 1, spent: 1, saved: 0 },
    ...over,
  }
}
