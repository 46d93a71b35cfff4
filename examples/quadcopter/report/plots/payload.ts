/** How long it flies with less and more payload than it was made for. */

import type { Requirements } from '../../requirements.ts'
import type { Design } from '../../sizing/design.ts'
import { performanceOf, type Performance } from '../../sizing/performance.ts'
import { lineChart, type Point } from '../chart/line-chart.ts'
import { svg } from '../chart/svg.ts'
import { BOX, LINES_HEIGHT_PX, WIDTH_PX } from './paper.ts'

export function payloadPlot(asked: Requirements, design: Design): string {
  const most = Math.max(1, 2 * asked.payloadKg)
  const payloads = Array.from({ length: 13 }, (_, index) => (most * index) / 12)
  const points = (value: (of: Performance) => number): readonly Point[] =>
    payloads.map((payloadKg) => [payloadKg, value(performanceOf(design, { ...asked, payloadKg }))])
  const chart = lineChart({
    xLabel: 'payload, kg',
    yLabel: 'flight time, min',
    series: [
      { name: 'hovering only', kind: 'first', points: points(({ hoverMin }) => hoverMin) },
      { name: 'survey mission', kind: 'last', points: points(({ missionMin }) => missionMin) },
    ],
    limits: [{ at: asked.enduranceMin, name: `${asked.enduranceMin} min are asked for` }],
    mark: { at: asked.payloadKg, name: `${asked.payloadKg} kg` },
    include: [0],
    box: BOX,
  })
  const description = 'Flight time of this design with less and more payload than it was made for.'
  return svg(
    { title: 'Flight time by payload', description, width: WIDTH_PX, height: LINES_HEIGHT_PX },
    chart,
  )
}
