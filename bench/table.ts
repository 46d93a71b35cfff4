/** Tables for people: columns that line up, figures that can be read. */

import type { Spread } from './measure.ts'

/** Three digits that matter, and thousands in groups. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'n/a'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3
  return Number(value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: digits })
}

export const quartiles = ({ low, high }: Spread) => `${figure(low)} – ${figure(high)}`

export function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const texts = lines.map((line) => `  ${line.map((cell, column) => align(cell, column, widths)).join('  ')}`)
  return ['', title, ...texts.map((text) => text.trimEnd())].join('\n')
}

/** Words to the left, figures to the right. */
function align(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
