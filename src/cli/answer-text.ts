/** One plain line about an answer that was not simply allowed: id, verdict, the reasons that weigh most. */

import type { Review } from '../model/review.ts'
import { compareVerdicts, type Reason } from '../model/verdict.ts'
import { printable } from './printable.ts'

const REASONS_MAX = 3

export function answerText(review: Review): string {
  const weighing = review.reasons
    .filter((reason) => reason.verdict !== 'allow')
    .toSorted((a, b) => compareVerdicts(b.verdict, a.verdict) || b.adjustedSeverity - a.adjustedSeverity)
  const shown = weighing.slice(0, REASONS_MAX).map(reasonText)
  const more = weighing.length > REASONS_MAX ? [`${weighing.length - REASONS_MAX} more`] : []
  return printable(`${review.id}  ${review.verdict}  ${[...shown, ...more].join('; ')}`)
}

function reasonText({ critic, kind, because, violations, escalation, justification }: Reason): string {
  if (kind === 'unknown') return `${critic} was not heard (${because ?? 'unknown'})`
  const rules = new Set(
    violations.map((violation) => (typeof violation === 'string' ? violation : violation.rule)),
  )
  if (escalation) rules.add(`${escalation.tier} ${escalation.clause}`)
  return `${critic}: ${rules.size > 0 ? [...rules].join(', ') : (justification ?? 'severity alone')}`
}
