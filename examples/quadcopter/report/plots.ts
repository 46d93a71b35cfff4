/** The pictures of the report: each one SVG document, by the name of its file. */

import type { Requirements } from '../requirements.ts'
import { MARGIN_K } from '../sizing/checks.ts'
import type { Design } from '../sizing/design.ts'
import { THRUST_RATIO_MIN } from '../sizing/flight.ts'
import { performanceOf } from '../sizing/performance.ts'
import type { HistoryEntry } from '../view.ts'
import { byAirPlot } from './plots/by-air.ts'
import { historyPlot } from './plots/history.ts'
import { massPlot } from './plots/mass.ts'
import { payloadPlot } from './plots/payload.ts'
import { powerPlot } from './plots/power.ts'
import { temperaturePlot } from './plots/temperature.ts'

export type Plotted = {
  readonly asked: Requirements
  readonly design: Design
  readonly history: readonly HistoryEntry[]
}

export const PLOTS = ['mass', 'thrust', 'temperature', 'heat-by-air', 'history', 'payload', 'power'] as const
export type PlotName = (typeof PLOTS)[number]

/** Every plot of a design; first and last are the same where the first design passed. */
export function plotsOf({ asked, design, history }: Plotted): Readonly<Record<PlotName, string>> {
  const last = performanceOf(design, asked)
  const before = history[0]
  const first = before && performanceOf(before.design, asked)
  return {
    mass: massPlot(last, first),
    thrust: byAirPlot(asked, design, before?.design, {
      title: 'Thrust margin by the temperature of the air',
      yLabel: 'greatest thrust over weight',
      value: ({ thrustRatio }) => thrustRatio,
      limits: [{ at: THRUST_RATIO_MIN, name: `at least ${THRUST_RATIO_MIN} is asked for` }],
      include: [1],
    }),
    temperature: temperaturePlot(last, first),
    'heat-by-air': byAirPlot(asked, design, before?.design, {
      title: 'Transistors of the controller by the temperature of the air',
      yLabel: 'hottest part of the mission, °C',
      value: ({ junctionC }) => junctionC,
      limits: [
        {
          at: last.parts.controller.junctionMaxC,
          name: `data sheet: ${last.parts.controller.junctionMaxC} °C`,
        },
        {
          at: last.parts.controller.junctionMaxC - MARGIN_K.junction,
          name: `allowed here: ${last.parts.controller.junctionMaxC - MARGIN_K.junction} °C`,
        },
      ],
      include: [],
    }),
    history: historyPlot(history, last),
    payload: payloadPlot(asked, design),
    power: powerPlot(asked, design),
  }
}
