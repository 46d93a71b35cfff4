/** Makes the input of a review from one line of the answers file. */

import { messageOf } from './printable.ts'
import { readReviewInput, type CriticInput } from '../model/review-input.ts'

export type AnswerRead = { readonly input: CriticInput } | { readonly problem: string }

/** An answer without an id is named after its line: `line-12`, the same in every run. */
export function readAnswer(text: string, number: number): AnswerRead {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { problem: `is not JSON: ${messageOf(error)}` }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'is not an object: write { "id"?, "prompt", "response", "context"? } on one line' }
  try {
    return { input: readReviewInput(value, () => `line-${number}`) }
  } catch (error) {
    return { problem: `is no answer: ${messageOf(error)}` }
  }
}
