/** What the command needs of a panel; any object that has it will do, whichever copy of the package made it. */

import type { Plan } from '../model/plan.ts'
import type { ReviewInput } from '../model/review-input.ts'
import type { Review } from '../model/review.ts'

export type PanelLike = {
  review(input: ReviewInput, options?: { signal?: AbortSignal }): Promise<Review>
  readonly plan: Plan
  [Symbol.asyncDispose]?(): PromiseLike<void>
}

export function isPanel(value: unknown): value is PanelLike {
  if (typeof value !== 'object' || value === null) return false
  // Reading properties that may or may not be there; both are checked.
  const { review, plan } = value as Partial<Record<'review' | 'plan', unknown>>
  return typeof review === 'function' && typeof plan === 'object' && plan !== null
}
