/** Evaluates a critic as a panel would, without a panel. */

import type { Critic } from '../../../src/model/critic.ts'
import { readFinding, type Finding } from '../../../src/model/finding.ts'
import type { CriticInput } from '../../../src/model/review-input.ts'
import { workOf } from '../../../src/actors/define-critic.ts'

export type Asked = { response?: string; prompt?: string; context?: CriticInput['context'] }

type Asking = { signal?: AbortSignal; attempt?: number; key?: string }

/** What the critic's own function returns, unread. */
export async function evaluateRaw(critic: Critic, asked: Asked, asking: Asking = {}): Promise<unknown> {
  const work = workOf(critic)
  if (work === undefined) throw new Error('not a critic')
  const { signal = new AbortController().signal, attempt = 1, key = 'review-1/critic' } = asking
  const input = { id: 'review-1', prompt: '', response: '', context: {}, ...asked }
  return work(input, { signal, attempt, key, prior: {} })
}

/** The finding, which must be one. */
export async function evaluate(critic: Critic, asked: Asked | string, asking?: Asking): Promise<Finding> {
  const value = await evaluateRaw(critic, typeof asked === 'string' ? { response: asked } : asked, asking)
  const read = readFinding(value)
  if (!read.ok) throw new Error(read.problems.join('; '))
  return read.finding
}

/** The rules that were broken, each once, sorted. */
export async function rulesOf(critic: Critic, asked: Asked | string): Promise<string[]> {
  const { violations = [] } = await evaluate(critic, asked)
  return [
    ...new Set(violations.map((violation) => (typeof violation === 'string' ? violation : violation.rule))),
  ].toSorted()
}
