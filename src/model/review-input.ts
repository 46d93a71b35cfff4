/** What a review is given: the answer under review and the context it was given in. */

import { z } from 'zod'
import { messageOf, StagecraftError } from './errors.ts'
import { frozenCopy } from './frozen-copy.ts'
import { problemsOf } from './problems.ts'

export const RISK_TIERS = ['low', 'medium', 'high', 'critical'] as const
export type RiskTier = (typeof RISK_TIERS)[number]

export const ReviewInput = z.object({
  id: z.string().min(1).max(256).optional(),
  prompt: z.string(),
  response: z.string(),
  context: z.looseObject({ riskTier: z.enum(RISK_TIERS).optional() }).optional(),
})

export type ReviewContext = { readonly riskTier?: RiskTier; readonly [key: string]: unknown }

/** One question and the answer under review. `id` is made up when it is left out. */
export type ReviewInput = {
  readonly id?: string
  readonly prompt: string
  readonly response: string
  readonly context?: ReviewContext
}

/** What every critic of one review sees: the same frozen copy. */
export type CriticInput = {
  readonly id: string
  readonly prompt: string
  readonly response: string
  readonly context: ReviewContext
}

/** Checks and copies the input of a review. Throws `input.invalid`. */
export function readReviewInput(value: unknown, newId: () => string): CriticInput {
  let copied: unknown
  try {
    copied = frozenCopy(value)
  } catch (error) {
    throw new StagecraftError(
      'input.invalid',
      `The input of a review must be plain data, but ${messageOf(error)}.`,
      {
        cause: error,
      },
    )
  }
  refuseMisplacedRisk(copied)
  if (isPlain(copied)) return Object.freeze({ ...copied, id: newId() })
  const parsed = ReviewInput.safeParse(copied)
  if (!parsed.success) {
    throw new StagecraftError(
      'input.invalid',
      `The input of a review is { id?, prompt, response, context? }, but ${problemsOf(parsed.error, 'input')}.`,
      { cause: parsed.error },
    )
  }
  const { id, prompt, response, context } = parsed.data
  return Object.freeze({
    id: id ?? newId(),
    prompt,
    response,
    // The parsed context is a shallow copy of the frozen one: freeze it again. An explicit undefined tier means none.
    context: Object.freeze(context ?? {}) as ReviewContext,
  })
}

/** True for the input that most reviews have: what the schema would let pass as it is, without an id of its own. */
function isPlain(copied: unknown): copied is Omit<CriticInput, 'id'> {
  if (typeof copied !== 'object' || copied === null || Object.keys(copied).length !== 3) return false
  const { prompt, response, context } = copied as { [Key in keyof CriticInput]?: unknown }
  if (typeof prompt !== 'string' || typeof response !== 'string') return false
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return false
  const { riskTier } = context as { readonly riskTier?: unknown }
  return riskTier === undefined ? !('riskTier' in context) : RISK_TIERS.some((tier) => tier === riskTier)
}

/** A risk tier in the wrong place would quietly keep every ON_HIGH_RISK gate shut. */
function refuseMisplacedRisk(input: unknown): void {
  const misplaced =
    riskKeyOf(input, []) ?? riskKeyOf((input as { context?: unknown } | null)?.context, ['riskTier'])
  if (misplaced)
    throw new StagecraftError(
      'input.invalid',
      `The input of a review has "${misplaced}", where no gate looks for it. The risk tier belongs in context: { riskTier }.`,
    )
}

function riskKeyOf(value: unknown, allowed: readonly string[]): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.keys(value).find((key) => /^risk[_-]?tier$/i.test(key) && !allowed.includes(key))
}
