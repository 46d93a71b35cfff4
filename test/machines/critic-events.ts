/** Everything that can be said to the chart of a critic, by its stage, its permit and the work it asks for. */

import type { Cut } from '../../src/model/review.ts'
import { doneEvent } from '../../src/testing/index.ts'

const finding = { kind: 'finding', finding: { severity: 1 }, validationErrors: [] } as const
const broken = { code: 'error', name: 'Error', message: 'down' }
/** One of each kind. */
export const cuts: readonly Cut[] = [
  { as: 'timeout', scope: 'review' },
  { as: 'cancelled', reason: 'enough' },
  { as: 'skipped' },
  { as: 'rejected', reason: 'reviews_full' },
]

export const criticOrders = [
  { type: 'START', prior: {} },
  { type: 'START', prior: {}, ask: { findings: {}, looked: [] } },
  { type: 'SHUT', reason: 'no_prior_violations', looked: [] },
  { type: 'SHUT', reason: 'risk_tier_not_high', looked: [], riskTier: 'low' },
  { type: 'SKIP', dependency: 'other', trouble: true },
  ...cuts.map((cut) => ({ type: 'CUT', cut }) as const),
  { type: 'GRANTED' },
  { type: 'QUEUED' },
  { type: 'RATE_LIMITED' },
  { type: 'REJECTED', reason: 'queue_full' },
  { type: 'RETRY_ALLOWED' },
  { type: 'RETRY_REFUSED' },
] as const

export const criticEnds = [
  doneEvent('evaluate', finding),
  doneEvent('evaluate', { kind: 'invalid', validationErrors: ['not_a_finding: null'] }),
  doneEvent('evaluate', { kind: 'error', error: broken, retryable: true }),
  doneEvent('evaluate', { kind: 'error', error: broken, retryable: false }),
  doneEvent('condition', { open: true, reason: '' }),
  doneEvent('condition', { open: false, reason: 'conditional_policy_not_met' }),
  doneEvent('consult', { found: finding }),
  doneEvent('consult', { found: undefined }),
  doneEvent('recall', { found: finding }),
  doneEvent('recall', { found: undefined }),
  doneEvent('recover', { finding: { severity: 2 } }),
  doneEvent('recover', { finding: undefined }),
] as const
