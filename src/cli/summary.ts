/** Adds up the reviews of a run, in constant memory, and says at the end what they came to. */

import { inTrouble, type CriticResult, type EndStatus } from '../model/critic-result.ts'
import type { Review } from '../model/review.ts'
import { VERDICTS, type Verdict } from '../model/verdict.ts'
import { printable } from './printable.ts'

export type Summary = {
  /** Takes a review that was carried through. */
  add(review: Review): void
  /** Counts a review that was begun and cut by an interruption. */
  addCancelled(): void
  /** Counts a line or a file that could not be read, or a result that could not be written. */
  addProblem(): void
  readonly answers: number
  /** Denied or escalated. */
  readonly refused: number
  readonly problems: number
  text(end: { readonly elapsedMs: number; readonly interrupted: boolean }): string
}

type Troubles = Map<string, Map<EndStatus, number>>

export function newSummary(): Summary {
  const verdicts: Record<Verdict, number> = { allow: 0, constrained_allow: 0, escalate: 0, deny: 0 }
  const totals = {
    answers: 0,
    cancelled: 0,
    problems: 0,
    run: 0,
    gated: 0,
    skipped: 0,
    cached: 0,
    retried: 0,
  }
  const cost = { spent: 0, saved: 0, total: 0 }
  const troubles: Troubles = new Map()

  const addCritic = (result: CriticResult) => {
    if (result.attempts > 0) totals.run += 1
    if (result.retryCount > 0) totals.retried += 1
    if (result.fromCache) totals.cached += 1
    if (result.status === 'gated') totals.gated += 1
    if (result.status === 'skipped') totals.skipped += 1
    if (inTrouble(result) && result.status !== 'skipped') countTrouble(troubles, result)
  }

  return {
    add(review) {
      totals.answers += 1
      verdicts[review.verdict] += 1
      for (const part of ['spent', 'saved', 'total'] as const) cost[part] += review.cost[part]
      for (const result of Object.values(review.critics)) addCritic(result)
    },
    addCancelled: () => void (totals.cancelled += 1),
    addProblem: () => void (totals.problems += 1),
    get answers() {
      return totals.answers
    },
    get refused() {
      return verdicts.deny + verdicts.escalate
    },
    get problems() {
      return totals.problems
    },
    text: ({ elapsedMs, interrupted }) =>
      [
        `${count(totals.answers, 'answer')} reviewed in ${seconds(elapsedMs)}${interrupted ? ', then interrupted' : ''}`,
        ...VERDICTS.map((verdict) => `  ${verdict.padEnd(18)} ${figure(verdicts[verdict])}`),
        `Critics: ${figure(totals.run)} run, ${figure(totals.gated)} gated, ${figure(totals.skipped)} skipped, ${figure(totals.cached)} from the cache, ${figure(totals.retried)} retried`,
        `Cost: ${figure(cost.spent)} spent, ${figure(cost.saved)} of ${figure(cost.total)} saved (${percent(cost.saved, cost.total)})`,
        ...problemLines(totals, troubles),
      ].join('\n'),
  }
}

function countTrouble(troubles: Troubles, { critic, status }: CriticResult): void {
  const byStatus = troubles.get(critic) ?? new Map<EndStatus, number>()
  byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
  troubles.set(critic, byStatus)
}

function problemLines(totals: { problems: number; cancelled: number }, troubles: Troubles): string[] {
  const lines = [...troubles].map(
    ([critic, byStatus]) =>
      `${printable(critic)}: ${[...byStatus].map(([status, n]) => `${figure(n)} ${status}`).join(', ')}`,
  )
  if ([...troubles.values()].some((byStatus) => byStatus.has('rejected')))
    lines.push(
      'critics are rejected when a queue is full or a budget is spent: lower --concurrency or raise the limit',
    )
  if (totals.cancelled > 0)
    lines.push(
      `${count(totals.cancelled, 'answer')} under review when it was interrupted, not in the results`,
    )
  if (totals.problems > 0)
    lines.push(`${count(totals.problems, 'problem')} with the input or the output, told on stderr`)
  return lines.length === 0 ? ['Problems: none'] : ['Problems:', ...lines.map((line) => `  ${line}`)]
}

const figure = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 2 })
const count = (value: number, noun: string) => `${figure(value)} ${noun}${value === 1 ? '' : 's'}`
const seconds = (ms: number) => `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`
const percent = (part: number, whole: number) => `${whole > 0 ? Math.round((100 * part) / whole) : 0} %`
