/** Which of the two texts of a review a critic looks at. */

import { z } from 'zod'
import type { CriticInput } from '../../model/review-input.ts'

export const Look = z.enum(['response', 'prompt', 'both'])
/** The answer under review, the question it answers, or both. */
export type Look = z.infer<typeof Look>

export type LookedAt = { readonly where: 'prompt' | 'response'; readonly text: string }

/** The texts to look at, in the order in which they were written. */
export function textsOf(input: CriticInput, look: Look): readonly LookedAt[] {
  const prompt = { where: 'prompt', text: input.prompt } as const
  const response = { where: 'response', text: input.response } as const
  if (look === 'both') return [prompt, response]
  return look === 'prompt' ? [prompt] : [response]
}
