/** The matches of a pattern, up to a number at which one more says nothing new. */

import { SCAN_LIMITS } from '../scan-limits.ts'

/** The pattern is global; its own position is not used. */
export function* runsIn(
  text: string,
  pattern: RegExp,
): Generator<{ readonly run: string; readonly start: number }> {
  let left: number = SCAN_LIMITS.signsMax
  for (const { 0: run, index } of text.matchAll(pattern)) {
    if (left-- === 0) return
    yield { run, start: index }
  }
}
