/** The deliverable: what was asked, what was designed, how it performs, and how it came about. */

import type { Requirements } from '../requirements.ts'
import { checksOf } from '../sizing/checks.ts'
import { performanceOf, type Performance } from '../sizing/performance.ts'
import { digits, inline, sentences } from './markdown.ts'
import type { PlotName, Plotted } from './plots.ts'
import { askedOf } from './sections/asked.ts'
import { demandsTable, tightestOf } from './sections/demands.ts'
import { flightStory, flightTable } from './sections/flight.ts'
import { heatStory } from './sections/heat.ts'
import { historyOf } from './sections/history.ts'
import { costTable, makingOf } from './sections/making.ts'
import { partsTable } from './sections/parts.ts'
import { trustOf } from './sections/trust.ts'

const image = (name: PlotName, about: string): string => `![${about}](${name}.svg)`

/** Deterministic: no dates, no ids. */
export function reportOf(intent: string, plotted: Plotted): string {
  const { asked, design, history } = plotted
  const found = performanceOf(design, asked)
  const checks = checksOf(found, found.parts, asked)
  return `# ${inline(intent)}

${summaryOf(asked, found)}

${sentences([`The ${checks.length} demands are all met.`, tightestOf(checks)])}

## What was asked
${askedOf(asked)}

## The design
${partsTable(found)}

It measures ${digits(found.spanM)} m from rotor to opposite rotor; each arm is ${digits(1_000 * found.shape.arm.lengthM)} mm long, and the hub ${digits(2_000 * found.shape.hubHalfM)} mm wide.

${image('mass', 'Mass breakdown')}

## How it flies
${flightTable(found)}

${flightStory(found)}

${image('thrust', 'Thrust margin by the temperature of the air')}

${image('payload', 'Flight time by payload')}

${image('power', 'Power by airspeed')}

## How warm it gets
${heatStory(asked, found)}

${image('temperature', 'How warm the parts get')}

${image('heat-by-air', 'Transistors of the controller by the temperature of the air')}

## Every demand
${demandsTable(checks)}

## How it came about
${historyOf(plotted)}

${image('history', 'How the optimisation went')}

## How it is made
${makingOf(found)}

## What it costs
${costTable(found)}

## What to trust, and how far
${trustOf(asked, history.length)}
`
}

function summaryOf(asked: Requirements, found: Performance): string {
  const { parts, flight } = found
  return sentences([
    `A quadcopter of **${digits(found.massKg)} kg** that carries **${digits(asked.payloadKg)} kg** for **${digits(found.missionMin)} minutes** in air of ${digits(asked.ambientC)} °C, asked for ${asked.enduranceMin}.`,
    `Four ${parts.propeller.name}s hang it on the air with ${digits(flight.powerW.hover)} W;`,
    `${digits(found.packWh)} Wh of battery feed them.`,
    `Its parts cost about **${Math.round(found.cost)}** currency units.`,
  ])
}
