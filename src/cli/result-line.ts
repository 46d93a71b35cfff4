/** One line of --out: a review as JSON, with a fixed set of fields in a fixed order. */

import type { Review } from '../model/review.ts'

/**
 * What a line of results holds. `line` is the number of the answer's line in the input; `auditHash` is the same in
 * every run for the same answer and panel.
 */
export type ResultLine = { readonly line: number } & Pick<
  Review,
  | 'id'
  | 'verdict'
  | 'auditHash'
  | 'reasons'
  | 'dissent'
  | 'escalation'
  | 'critics'
  | 'stages'
  | 'cost'
  | 'durationMs'
> &
  Partial<Pick<Review, 'cut'>>

export function resultLine(line: number, review: Review): string {
  const { id, verdict, auditHash, reasons, dissent, escalation, critics, stages, cost, durationMs, cut } =
    review
  const result: ResultLine = {
    line,
    id,
    verdict,
    auditHash,
    reasons,
    dissent,
    escalation,
    critics,
    stages,
    cost,
    durationMs,
    ...(cut ? { cut } : {}),
  }
  return JSON.stringify(result, writable)
}

/** A finding's `value` may hold what JSON has no word for. */
function writable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Map) return [...value]
  if (value instanceof Set) return [...value]
  return value
}
