/** How the design came about: what was wrong with each one before it, and what was changed. */

import type { Requirements } from '../../requirements.ts'
import { partsOf, type Design } from '../../sizing/design.ts'
import { performanceOf } from '../../sizing/performance.ts'
import { digits, list, sentences } from '../markdown.ts'
import type { Plotted } from '../plots.ts'

export function historyOf({ design, history, asked }: Plotted): string {
  if (history.length === 0) return 'The first design, made by rules of thumb, met every demand.'
  const rounds = history.map((entry, index) => {
    const next = history[index + 1]?.design ?? design
    return sentences([
      `**Round ${entry.round}** (${digits(entry.massKg)} kg, ${digits(entry.missionMin)} min):`,
      entry.problems.join(' '),
      contradictionOf(entry.design, asked),
      `After ${entry.tried.length} designs computed in full: ${changesBetween(entry.design, next)}.`,
    ])
  })
  const { massKg, missionMin } = performanceOf(design, asked)
  return [
    'The first design was made by hand: rules of thumb, data sheets, a standard day of 15 °C. Each round is one way through geometry, physics, manufacturing and validation.',
    '',
    list([
      ...rounds,
      `**Round ${history.length + 1}** (${digits(massKg)} kg, ${digits(missionMin)} min): every demand is met.`,
    ]),
  ].join('\n')
}

/** Where heat and electronics contradict each other outright; empty where they do not. */
function contradictionOf(of: Design, asked: Requirements): string {
  const { junctionC, parts } = performanceOf(of, asked)
  const { junctionMaxC } = parts.controller
  return junctionC > junctionMaxC
    ? `Thermal and Electronics contradicted each other: ${digits(junctionC)} °C in a controller that stands ${junctionMaxC} °C.`
    : ''
}

/** Which parts took the place of which, in words. */
function changesBetween(from: Design, to: Design): string {
  const [before, after] = [partsOf(from), partsOf(to)]
  const kinds = ['propeller', 'motor', 'controller', 'cell', 'tube'] as const
  const parts = kinds.flatMap((kind) =>
    before[kind].id === after[kind].id ? [] : [`${after[kind].name} instead of ${before[kind].name}`],
  )
  const packs = [before, after].map(({ pack }) => `${pack.series}S${pack.parallel}P`)
  const battery = packs[0] === packs[1] ? [] : [`a battery of ${packs[1]} instead of ${packs[0]}`]
  const all = [...parts, ...battery]
  return all.length > 0 ? all.join(', ') : 'nothing better was found'
}
