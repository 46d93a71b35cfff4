/** What level flight takes, by airspeed. */

import type { Requirements } from '../../requirements.ts'
import type { Design } from '../../sizing/design.ts'
import { performanceOf } from '../../sizing/performance.ts'
import { lineChart, type Point } from '../chart/line-chart.ts'
import { svg } from '../chart/svg.ts'
import { BOX, LINES_HEIGHT_PX, WIDTH_PX } from './paper.ts'

export function powerPlot(asked: Requirements, design: Design): string {
  const speeds = Array.from({ length: 13 }, (_, index) => 1.5 * index)
  const { flight } = performanceOf(design, asked)
  // Airspeed is ground speed and wind together, so the wind stands for it here.
  const still = flight.airspeedMs - asked.windMs
  const points: readonly Point[] = speeds.map((speed) => [
    speed,
    performanceOf(design, { ...asked, windMs: speed - still }).flight.powerW.cruise,
  ])
  const chart = lineChart({
    xLabel: 'airspeed, m/s',
    yLabel: 'electrical power, W',
    series: [{ name: 'level flight', kind: 'last', points }],
    limits: [
      { at: flight.powerW.hover, name: `hover: ${flight.powerW.hover.toFixed(0)} W`, isReference: true },
    ],
    mark: { at: flight.airspeedMs, name: `survey against the wind: ${flight.airspeedMs} m/s` },
    include: [0],
    box: BOX,
  })
  const description =
    'Moving air feeds the rotors, so slow flight takes less power than hovering; then drag takes over.'
  return svg({ title: 'Power by airspeed', description, width: WIDTH_PX, height: LINES_HEIGHT_PX }, chart)
}
