/** How warm the parts get, and what their data sheets allow. */

import { CATALOGUE } from '../../parts/catalogue.ts'
import type { Performance } from '../../sizing/performance.ts'
import { barChart, barChartHeight } from '../chart/bar-chart.ts'
import { svg } from '../chart/svg.ts'
import { WIDTH_PX } from './paper.ts'

export function temperaturePlot(last: Performance, first: Performance | undefined): string {
  const row = (name: string, value: (of: Performance) => number, limit: number) => ({
    name,
    last: value(last),
    ...(first && { first: value(first) }),
    limit,
    note: `${value(last).toFixed(0)} of ${limit} °C`,
  })
  const chart = {
    label: 'hottest part of the mission, °C',
    names: { last: 'this design', ...(first && { first: 'first design' }), limit: 'limit of the data sheet' },
    bars: [
      row('controller', ({ junctionC }) => junctionC, last.parts.controller.junctionMaxC),
      row('motor winding', ({ windingC }) => windingC, last.parts.motor.windingMaxC),
      row('motor case', ({ caseC }) => caseC, CATALOGUE.tubeMaterial.temperatureMaxC),
      row('battery cells', ({ cellC }) => cellC, last.parts.cell.temperatureMaxC),
    ],
    box: { x: 130, y: 76, width: 500, rowPx: 44 },
  }
  const description = chart.bars.map(({ name, note }) => `${name} ${note}`).join(', ')
  return svg(
    {
      title: 'How warm the parts get',
      description,
      width: WIDTH_PX,
      height: 76 + barChartHeight(chart) + 56,
    },
    barChart(chart),
  )
}
