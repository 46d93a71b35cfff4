/** Every demand with its number, and the one that is nearest to its limit. */

import type { Check } from '../../sizing/checks.ts'
import { digits, table } from '../markdown.ts'

const withUnit = (value: number, unit: string): string => `${digits(value)}${unit && ` ${unit}`}`

export function tightestOf(checks: readonly Check[]): string {
  const [tightest] = checks.toSorted((one, other) => one.margin - other.margin)
  return tightest
    ? `Nearest to its limit is: ${tightest.title.toLowerCase()}, ${withUnit(tightest.value, tightest.unit)} where ${tightest.sense} ${withUnit(tightest.limit, tightest.unit)} is asked for.`
    : ''
}

export const demandsTable = (checks: readonly Check[]): string =>
  table(
    'lrrr',
    ['Demand', 'Found', 'Limit', 'Margin'],
    checks.map(({ title, value, sense, limit, unit, margin }) => [
      title,
      withUnit(value, unit),
      `${sense === 'at least' ? '≥' : '≤'} ${withUnit(limit, unit)}`,
      `${(100 * margin).toFixed(0)} %`,
    ]),
  )
