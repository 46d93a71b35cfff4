/** How the optimisation went: every design that was computed in full, and the best so far. */

import type { Performance } from '../../sizing/performance.ts'
import type { HistoryEntry } from '../../view.ts'
import { lineChart, type Point } from '../chart/line-chart.ts'
import { svg } from '../chart/svg.ts'
import { BOX, WIDTH_PX } from './paper.ts'

type Tried = HistoryEntry['tried'][number]

/** What misses more than this many times what the first design misses is drawn at the edge. */
const EDGE = 1.5

export function historyPlot(history: readonly HistoryEntry[], last: Performance): string {
  const searched = history.flatMap(({ tried }) => tried)
  const all = searched.length > 0 ? searched : [{ massKg: last.massKg, shortfall: 0, objective: 0 }]
  const best = bestSoFar(all)
  const edge = Math.max(0.1, EDGE * (all[0]?.shortfall ?? 0))
  const panel = (yLabel: string, value: (of: Tried) => number, y: number, include: readonly number[]) => {
    const points = (of: readonly Tried[]): readonly Point[] => of.map((one, index) => [index + 1, value(one)])
    return lineChart({
      xLabel: 'design computed in full',
      yLabel,
      series: [
        { name: 'each one', kind: 'first', points: points(all), draw: 'dots' },
        { name: 'the best so far', kind: 'last', points: points(best), draw: 'line' },
      ],
      include,
      box: { ...BOX, y, height: 150 },
    })
  }
  const description = `${all.length} designs in ${history.length} rounds; what is missing fell from ${((history[0]?.shortfall ?? 0) * 100).toFixed(0)} % to 0 %.`
  return svg({ title: 'How the optimisation went', description, width: WIDTH_PX, height: 540 }, [
    ...panel('demands missed, together, %', ({ shortfall }) => 100 * Math.min(edge, shortfall), 82, [0]),
    ...panel('mass at take-off, kg', ({ massKg }) => massKg, 322, []),
  ])
}

const bestSoFar = (all: readonly Tried[]): readonly Tried[] => {
  const best: Tried[] = []
  for (const one of all) {
    const before = best.at(-1)
    best.push(before && before.objective <= one.objective ? before : one)
  }
  return best
}
