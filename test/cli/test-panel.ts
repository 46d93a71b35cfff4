/** A panel that does what a test says and counts what is under way. */

import type { PanelLike } from '../../src/cli/panel-like.ts'
import type { Review } from '../../src/model/review.ts'
import { makePlan } from '../../src/model/plan.ts'
import { defineCritic } from '../../src/actors/define-critic.ts'
import type { ReviewInput } from '../../src/model/review-input.ts'
import type { Verdict } from '../../src/model/verdict.ts'

const only = defineCritic({ name: 'only', evaluate: () => ({}) })

export type TestPanel = PanelLike & {
  /** Reviews under way, the most there were at once, and all that were begun. */
  readonly counts: { running: number; most: number; begun: number }
  disposed: number
}

/** The verdict is the answer's text, or `allow`; `work` is awaited before. */
export function testPanel(
  work: (input: ReviewInput, signal: AbortSignal) => Promise<unknown> = nextTurn,
): TestPanel {
  const counts = { running: 0, most: 0, begun: 0 }
  return {
    plan: makePlan([only.settings]),
    counts,
    disposed: 0,
    async review(input, { signal = new AbortController().signal } = {}) {
      counts.begun += 1
      counts.running += 1
      counts.most = Math.max(counts.most, counts.running)
      await work(input, signal)
      counts.running -= 1
      return reviewOf(input, signal.aborted)
    },
    async [Symbol.asyncDispose]() {
      this.disposed += 1
    },
  }
}

/** A review as a panel makes them, cut when `cancelled`. */
export function reviewOf({ id = 'made-up', response }: ReviewInput, cancelled = false): Review {
  const verdict =
    (['deny', 'escalate', 'constrained_allow'] as const).find((word) => word === response) ?? 'allow'
  return {
    id,
    verdict: cancelled ? 'escalate' : verdict,
    reasons: [reason(verdict)],
    dissent: { present: false, escalating: [], opposing: [] },
    escalation: { requires: 'NOTHING', signals: [], reason: 'No escalation triggered.' },
    critics: {},
    stages: [],
    cost: { spent: 3, saved: 1, total: 4, money: 0, tokens: 0 },
    durationMs: 1,
    auditHash: 'f'.repeat(64),
    ...(cancelled ? { cut: { as: 'cancelled', reason: 'interrupted' } } : {}),
  }
}

function reason(verdict: Verdict): Review['reasons'][number] {
  return {
    critic: 'only',
    domain: 'risk',
    kind: 'finding',
    verdict,
    severity: 0,
    adjustedSeverity: 0,
    uncertainty: 0,
    violations: verdict === 'allow' ? [] : ['only.rule'],
  }
}

/** Work that ends in a later turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Everything an iterable hands out. (TypeScript's ES2023 does not know Array.fromAsync.) */
export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

export const answer = (id: string, response = 'fine'): string =>
  JSON.stringify({ id, prompt: 'Why?', response })
