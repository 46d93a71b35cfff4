/** Hooks: what an application may do before a critic, after it, and when it fails. None can break a review. */

import type { CriticError } from '../model/critic-result.ts'
import type { Finding } from '../model/finding.ts'
import type { CriticInput } from '../model/review-input.ts'

type Maybe<T> = T | undefined | void

export type Hooks = {
  /** Asked once, before any permit. A finding is taken instead of evaluating the critic. */
  readonly beforeCritic?: (name: string, input: CriticInput) => Maybe<Finding> | Promise<Maybe<Finding>>
  /** Told of every success; nobody waits for it. */
  readonly afterCritic?: (name: string, finding: Finding, durationMs: number) => void | Promise<void>
  /** Asked after the final attempt. A finding becomes the `degraded` substitute; the status stays. */
  readonly onCriticFailure?: (
    name: string,
    error: CriticError,
    durationMs: number,
  ) => Maybe<Finding> | Promise<Maybe<Finding>>
}
