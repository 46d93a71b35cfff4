/** An agent's input as JSON, for work that is done elsewhere. */

import { messageOf } from '../../model/errors.ts'
import { recordable } from '../../model/recordable.ts'
import { notRetryable } from '../not-retryable.ts'

/** Throws an error marked `retryable: false` for what JSON cannot carry. */
export function jsonInput(name: string, input: unknown): string {
  try {
    return JSON.stringify(recordable(portable(input)))
  } catch (error) {
    throw notRetryable(
      new TypeError(
        `Agent "${name}" was given what JSON cannot carry: ${messageOf(error)}. Give it plain data.`,
        { cause: error },
      ),
    )
  }
}

/** A task without an `input` of its own hands on the view of its phase, whose `isa` is the one part that cannot travel. */
function portable(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('isa' in input)) return input
  const { isa, ...rest } = input
  return typeof isa === 'function' ? rest : input
}
