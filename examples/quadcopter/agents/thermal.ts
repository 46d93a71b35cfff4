/** How warm motor, controller and battery get, by a network of thermal resistances. */

import { performanceOf } from '../sizing/performance.ts'
import { record, rounded, type Entry } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

const withLimit = (part: string, celsius: number, limitC: number): readonly Entry[] => [
  {
    id: `thermal.${part}_limit`,
    magnitude: limitC,
    unit: 'degC',
    source: 'data sheet',
    description: `What the ${part} stands.`,
  },
  {
    id: `thermal.${part}`,
    magnitude: celsius,
    unit: 'degC',
    tolerance: 3,
    source: 'lumped network, Incropera 2011, 3.1 and 7',
    description: `Of the ${part}, in the hottest part of the mission.`,
    dependsOn: ['requirements.ambient', 'aero.hover_power', 'aero.induced_velocity'],
    constraints: [{ kind: 'atMost', node: `thermal.${part}_limit` }],
  },
]

export const thermal = quadcopterAgent('thermal', async (view, context) => {
  const found = performanceOf(designedIn(view).design, view.asked)
  const { parts } = found
  await record(context, [
    ...withLimit('controller', found.junctionC, parts.controller.junctionMaxC),
    ...withLimit('motor', found.windingC, parts.motor.windingMaxC),
    ...withLimit('battery', found.cellC, parts.cell.temperatureMaxC),
  ])
  return {
    temperaturesC: {
      controller: Math.round(found.junctionC),
      motor: Math.round(found.windingC),
      battery: Math.round(found.cellC),
    },
    motorCaseC: rounded(found.caseC),
    windingHours: rounded(found.windingHours),
    capacitorHours: rounded(found.capacitorHours),
  }
})
