/** An agent's input as JSON, for work that is done elsewhere. */

import { messageOf } from '../../model/errors.ts'
import { recordable } from '../../model/recordable.ts'
import { notRetryable } from '../not-retryable.ts'

/** Throws an error marked `retryable: false` for what JSON cannot carry. */
export function jsonInput(name: string, input: unknown): string {
  try {
    return JSON.stringify(recordable(input))
  } catch (error) {
    throw notRetryable(
      new TypeError(
        `Agent "${name}" was given what JSON cannot carry: ${messageOf(error)}. Give it plain data.`,
        { cause: error },
      ),
    )
  }
}
