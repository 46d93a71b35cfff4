/** Turns whatever was thrown into what a result says about it. */

import type { CriticError } from '../model/critic-result.ts'
import type { Outcome } from '../model/outcome.ts'

/** Total on hostile errors: null, strings, getters that throw. An error with `retryable: false` is not retried. */
export function errorOutcome(thrown: unknown): Outcome {
  return { kind: 'error', error: describeError(thrown), retryable: isRetryable(thrown) }
}

/** False only for what says so itself with `retryable: false`. */
export const isRetryable = (thrown: unknown): boolean => read(thrown, 'retryable') !== false

export function describeError(thrown: unknown): CriticError {
  const name = read(thrown, 'name')
  const message = read(thrown, 'message')
  return {
    code: 'error',
    name: typeof name === 'string' ? name : 'Error',
    message:
      typeof message === 'string' ? message : `something that is no Error was thrown: ${textOf(thrown)}`,
  }
}

function read(thrown: unknown, property: string): unknown {
  if (typeof thrown !== 'object' || thrown === null) return undefined
  try {
    return (thrown as Record<string, unknown>)[property]
  } catch {
    return undefined
  }
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown).slice(0, 200)
  } catch {
    return 'it has no text'
  }
}
