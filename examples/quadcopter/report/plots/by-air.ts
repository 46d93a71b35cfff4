/** A number of the design by the temperature of the air it works in. */

import type { Requirements } from '../../requirements.ts'
import type { Design } from '../../sizing/design.ts'
import { performanceOf, type Performance } from '../../sizing/performance.ts'
import { lineChart, type Limit, type Point } from '../chart/line-chart.ts'
import { svg } from '../chart/svg.ts'
import { digits } from '../markdown.ts'
import { BOX, LINES_HEIGHT_PX, WIDTH_PX } from './paper.ts'

const AIR_C = Array.from({ length: 15 }, (_, index) => -15 + 5 * index)

export function byAirPlot(
  asked: Requirements,
  design: Design,
  before: Design | undefined,
  what: {
    readonly title: string
    readonly yLabel: string
    readonly value: (of: Performance) => number
    readonly limits: readonly Limit[]
    readonly include: readonly number[]
  },
): string {
  const points = (of: Design): readonly Point[] =>
    AIR_C.map((ambientC) => [ambientC, what.value(performanceOf(of, { ...asked, ambientC }))])
  const chart = lineChart({
    xLabel: 'temperature of the air, °C',
    yLabel: what.yLabel,
    series: [
      ...(before ? [{ name: 'first design', kind: 'first' as const, points: points(before) }] : []),
      { name: 'this design', kind: 'last', points: points(design) },
    ],
    limits: what.limits,
    include: what.include,
    mark: { at: asked.ambientC, name: `${digits(asked.ambientC)} °C` },
    box: BOX,
  })
  const at = what.value(performanceOf(design, asked)).toFixed(2)
  const description = `${what.yLabel}: ${at} at ${digits(asked.ambientC)} °C; ${what.limits.map(({ name }) => name).join(', ')}.`
  return svg({ title: what.title, description, width: WIDTH_PX, height: LINES_HEIGHT_PX }, chart)
}
