/** A chart of lines over a measured axis, with limits across it and a mark where the design is meant to be. */

import { scaleOf, type Scale } from './scale.ts'
import { line, px, text } from './svg.ts'

export type Point = readonly [x: number, y: number]

export type LineSeries = {
  readonly name: string
  readonly kind: 'first' | 'last'
  readonly points: readonly Point[]
  /** Default a line. */
  readonly draw?: 'line' | 'dots'
}

/** A level across the chart; one that is only there to compare with is drawn in grey. */
export type Limit = { readonly at: number; readonly name: string; readonly isReference?: boolean }

export type LineChart = {
  /** With their units. */
  readonly xLabel: string
  readonly yLabel: string
  readonly series: readonly LineSeries[]
  readonly limits?: readonly Limit[]
  readonly mark?: { readonly at: number; readonly name: string }
  /** Values that the axis has to show beside those of the lines. */
  readonly include?: readonly number[]
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
}

export function lineChart(chart: LineChart): readonly string[] {
  const { series, limits = [], mark, include = [], box } = chart
  const points = series.flatMap((one) => one.points)
  const x = scaleOf([...points.map(([at]) => at), ...(mark ? [mark.at] : [])], box.width, 8)
  const y = scaleOf([...points.map(([, at]) => at), ...limits.map(({ at }) => at), ...include], box.height, 5)
  const left = (value: number) => box.x + x.at(value)
  const top = (value: number) => box.y + box.height - y.at(value)
  return [
    ...frame(chart, x, y),
    ...limits.flatMap(({ at, name, isReference }, index) => {
      const [stroke, ink] = isReference ? ['mark-line', 'faint'] : ['limit-line', 'limit-ink']
      // Of two levels close together one is named above its line and the other below.
      const height = top(at) + (index % 2 === 0 ? -5 : 14)
      return [
        line(box.x, top(at), box.x + box.width, top(at), stroke),
        text(box.x + box.width - 6, height, name, { anchor: 'end', kind: `${ink} small` }),
      ]
    }),
    ...(mark
      ? [
          line(left(mark.at), box.y, left(mark.at), box.y + box.height, 'mark-line'),
          text(left(mark.at) + 5, box.y + box.height - 7, mark.name),
        ]
      : []),
    ...series.flatMap(({ kind, points: all, draw }) => {
      const at = all.map(([one, other]) => [px(left(one)), px(top(other))] as const)
      if (draw === 'dots')
        return at.map(([cx, cy]) => `<circle class="${kind}-fill" cx="${cx}" cy="${cy}" r="2.5"/>`)
      return [`<polyline class="line ${kind}-line" points="${at.map((pair) => pair.join(',')).join(' ')}"/>`]
    }),
  ]
}

function frame({ xLabel, yLabel, series, box }: LineChart, x: Scale, y: Scale): readonly string[] {
  const bottom = box.y + box.height
  const named = series.filter(({ name }) => name !== '')
  return [
    ...y.ticks.flatMap((tick) => [
      line(box.x, bottom - y.at(tick), box.x + box.width, bottom - y.at(tick), 'grid'),
      text(box.x - 8, bottom - y.at(tick) + 4, String(tick), { anchor: 'end' }),
    ]),
    ...x.ticks.flatMap((tick) => [
      line(box.x + x.at(tick), bottom, box.x + x.at(tick), bottom + 5, 'axis'),
      text(box.x + x.at(tick), bottom + 19, String(tick), { anchor: 'middle' }),
    ]),
    line(box.x, bottom, box.x + box.width, bottom, 'axis'),
    text(box.x + box.width / 2, bottom + 38, xLabel, { anchor: 'middle', kind: 'ink' }),
    text(box.x, box.y - 10, yLabel, { kind: 'ink' }),
    ...named.flatMap(({ name, kind, draw }, index) => {
      const at = box.x + box.width - 190 * (named.length - index)
      const sign =
        draw === 'dots'
          ? `<circle class="${kind}-fill" cx="${px(at + 13)}" cy="${px(box.y - 14)}" r="2.5"/>`
          : line(at, box.y - 14, at + 26, box.y - 14, `line ${kind}-line`)
      return [sign, text(at + 33, box.y - 10, name)]
    }),
  ]
}
