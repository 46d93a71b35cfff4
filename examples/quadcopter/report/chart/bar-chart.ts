/** Bars that lie, one group under the other: the last design, the first one beside it, and a limit where there is one. */

import { scaleOf } from './scale.ts'
import { line, px, text } from './svg.ts'

export type Bar = {
  readonly name: string
  readonly last: number
  readonly first?: number
  readonly limit?: number
  /** Written behind the bar. */
  readonly note: string
}

export type BarChart = {
  readonly label: string
  readonly bars: readonly Bar[]
  readonly names: { readonly last: string; readonly first?: string; readonly limit?: string }
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly rowPx: number }
}

export const barChartHeight = ({ bars, box }: Pick<BarChart, 'bars' | 'box'>): number =>
  bars.length * box.rowPx

export function barChart(chart: BarChart): readonly string[] {
  const { bars, box } = chart
  const all = bars.flatMap(({ last, first, limit }) => [last, first ?? 0, limit ?? 0])
  const x = scaleOf([0, ...all], box.width, 6)
  const bottom = box.y + barChartHeight(chart)
  return [
    ...x.ticks.flatMap((tick) => [
      line(box.x + x.at(tick), box.y, box.x + x.at(tick), bottom, 'grid'),
      text(box.x + x.at(tick), bottom + 18, String(tick), { anchor: 'middle' }),
    ]),
    text(box.x + box.width / 2, bottom + 38, chart.label, { anchor: 'middle', kind: 'ink' }),
    ...legend(chart),
    ...bars.flatMap((bar, index) => row(bar, box.x, box.y + index * box.rowPx, box.rowPx, x.at)),
  ]
}

function legend({ names, box }: BarChart): readonly string[] {
  const shown = [
    { name: names.last, kind: 'last-fill' },
    ...(names.first ? [{ name: names.first, kind: 'first-fill' }] : []),
    ...(names.limit ? [{ name: names.limit, kind: 'limit-ink' }] : []),
  ]
  return shown.flatMap(({ name, kind }, index) => [
    `<rect class="${kind}" x="${px(box.x + 170 * index)}" y="${px(box.y - 20)}" width="12" height="10" rx="2"/>`,
    text(box.x + 170 * index + 18, box.y - 11, name),
  ])
}

function row(
  { name, last, first, limit, note }: Bar,
  left: number,
  top: number,
  rowPx: number,
  at: (value: number) => number,
): readonly string[] {
  const thick = first === undefined ? rowPx - 10 : (rowPx - 10) / 2
  const bar = (value: number, y: number, kind: string) =>
    `<rect class="${kind}" x="${px(left)}" y="${px(y)}" width="${px(Math.max(0, at(value)))}" height="${px(thick)}" rx="2"/>`
  const end = Math.max(at(last), at(first ?? 0), at(limit ?? 0))
  return [
    text(left - 8, top + rowPx / 2 + 4, name, { anchor: 'end', kind: 'ink' }),
    bar(last, top + 5, 'last-fill'),
    ...(first === undefined ? [] : [bar(first, top + 5 + thick, 'first-fill')]),
    ...(limit === undefined
      ? []
      : [line(left + at(limit), top + 2, left + at(limit), top + rowPx - 2, 'limit-line')]),
    text(left + end + 7, top + rowPx / 2 + 4, note),
  ]
}
