/** Does the design do what was asked? Every demand, its number and its limit. */

import { brokenOf, checksOf, problemOf, shortfall } from '../sizing/checks.ts'
import { faultsOf } from '../sizing/faults.ts'
import { THRUST_RATIO_MIN } from '../sizing/flight.ts'
import { performanceOf } from '../sizing/performance.ts'
import { record, rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const validation = quadcopterAgent('validation', async (view, context) => {
  const { design, round } = designedIn(view)
  const found = performanceOf(design, view.asked)
  const checks = checksOf(found, found.parts, view.asked)
  const problems = [...brokenOf(checks).map(problemOf), ...faultsOf(found, view.asked)]
  await record(context, [
    {
      id: 'performance.endurance',
      magnitude: found.missionMin,
      unit: 'min',
      source: 'Peukert 1897, with sag and temperature',
      description: 'Of the survey mission, on four fifths of the battery; as exact as the power it takes.',
      dependsOn: ['energy.capacity', 'aero.mission_power'],
      constraints: [{ kind: 'atLeast', node: 'requirements.endurance' }],
    },
    {
      id: 'performance.thrust_ratio',
      magnitude: found.thrustRatio,
      unit: '1',
      source: 'what motor, controller and battery bear together',
      description: 'Greatest thrust over weight.',
      dependsOn: ['mass.takeoff', 'energy.voltage'],
      constraints: [{ kind: 'range', min: THRUST_RATIO_MIN }],
    },
  ])
  return {
    passed: problems.length === 0,
    problems,
    round,
    design,
    shortfall: rounded(shortfall(checks)),
    checks: checks.map((check) => ({ ...check, value: rounded(check.value), margin: rounded(check.margin) })),
  }
})
