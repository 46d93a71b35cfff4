/** What a critic's chart asks for, and what it can come to. */

import type { CriticError } from './critic-result.ts'
import type { Finding } from './finding.ts'
import type { CriticInput } from './review-input.ts'

type Findings = Readonly<Record<string, Finding>>

/** What all work of a critic is told. `run` and `critic` are numbers, so that charts hold plain data. */
export type Work = {
  /** Which run of the panel, unique in the process: ids of reviews need not be. */
  readonly run: number
  /** Position in the plan. */
  readonly critic: number
  readonly input: CriticInput
  /** Findings of the dependencies. */
  readonly prior: Findings
  readonly attempt: number
}

/** What a condition is asked with beside that. */
export type ConditionWork = Work & { readonly findings: Findings }

/** What the failure hook is told beside that. */
export type FailedWork = Work & { readonly error: CriticError; readonly durationMs: number }

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
