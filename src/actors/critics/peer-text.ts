/** The bound on what is handed to an optional library. */

import { notRetryable } from '../not-retryable.ts'
import { SCAN_LIMITS } from './scan-limits.ts'

/** Refusing beats cutting: what was cut off would go unseen. A required critic that fails escalates the verdict. */
export function refuseBeyond(text: string, name: string): void {
  const charsMax = SCAN_LIMITS.peerTextMaxChars
  if (text.length > charsMax)
    throw notRetryable(
      new RangeError(
        `Critic "${name}" gives at most ${charsMax} characters to its optional library, but the text has ${text.length}. Shorten it, or use the built-in patterns alone.`,
      ),
    )
}
