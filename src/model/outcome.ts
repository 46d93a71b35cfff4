/** What the work of a critic can come to, as its chart hears of it. */

import type { CriticError } from './critic-result.ts'
import type { Finding } from './finding.ts'

export type Found = {
  readonly kind: 'finding'
  readonly finding: Finding
  readonly validationErrors: readonly string[]
}

/** The outcome of one attempt. Failure is a value, never a rejection. */
export type Outcome =
  | Found
  | { readonly kind: 'invalid'; readonly validationErrors: readonly string[] }
  | { readonly kind: 'error'; readonly error: CriticError; readonly retryable: boolean }

/** A condition's answer. */
export type ConditionOutcome = { readonly open: boolean; readonly reason: string }

/** A finding that was already there, or none. */
export type Recalled = { readonly found: Found | undefined }

/** The failure hook's substitute, or none. */
export type Recovered = { readonly finding: Finding | undefined }
