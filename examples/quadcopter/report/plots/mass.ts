/** What weighs how much: a bar for each group, the heaviest first. */

import type { Performance } from '../../sizing/performance.ts'
import { barChart, barChartHeight } from '../chart/bar-chart.ts'
import { svg } from '../chart/svg.ts'
import { WIDTH_PX } from './paper.ts'

const kg = (value: number): string => `${value.toFixed(2)} kg`

export function massPlot(last: Performance, first: Performance | undefined): string {
  const groups = Object.entries(last.masses).toSorted(([, one], [, other]) => other - one)
  const before: Readonly<Record<string, number>> = first?.masses ?? {}
  const chart = {
    label: 'mass, kg',
    names: { last: 'this design', ...(first && { first: 'first design' }) },
    bars: groups.map(([name, value]) => ({
      name,
      last: value,
      ...(first && { first: before[name] ?? 0 }),
      note: `${kg(value)} · ${((100 * value) / last.massKg).toFixed(0)} %`,
    })),
    box: { x: 110, y: 76, width: 520, rowPx: 30 },
  }
  const title = `Mass breakdown: ${kg(last.massKg)} at take-off`
  const description = `Bars of ${groups.map(([name, value]) => `${name} ${kg(value)}`).join(', ')}.`
  return svg(
    { title, description, width: WIDTH_PX, height: 76 + barChartHeight(chart) + 56 },
    barChart(chart),
  )
}
