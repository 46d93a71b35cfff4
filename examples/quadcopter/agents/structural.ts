/** The arms as hollow beams: how far they bend, whether they break, when they sing. */

import { RESONANCE_MIN_HZ, SAFETY_MIN } from '../sizing/checks.ts'
import { performanceOf } from '../sizing/performance.ts'
import { record, rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const structural = quadcopterAgent('structural', async (view, context) => {
  const found = performanceOf(designedIn(view).design, view.asked)
  const dependsOn = ['frame.arm_length', 'frame.tube_diameter']
  await record(context, [
    {
      id: 'structure.safety_factor',
      magnitude: found.safetyFactor,
      unit: '1',
      within: 0.1,
      source: 'flexure formula, Gere & Goodno 2013, 5.5',
      description: 'Strength over stress at the hub, at 1.7 times the weight.',
      dependsOn,
      constraints: [{ kind: 'range', min: SAFETY_MIN }],
    },
    {
      id: 'structure.deflection',
      magnitude: found.deflectionMm,
      unit: 'mm',
      within: 0.1,
      source: 'Gere & Goodno 2013, appendix G',
      description: 'Of the end of an arm, at 1.7 times the weight.',
      dependsOn,
    },
    {
      id: 'structure.resonance',
      magnitude: found.resonanceHz,
      unit: 'Hz',
      within: 0.05,
      source: 'Rayleigh’s method, Rao 2017',
      description: 'First bending of an arm with its motor.',
      dependsOn,
      constraints: [{ kind: 'range', min: RESONANCE_MIN_HZ, unit: 'Hz' }],
    },
  ])
  return {
    safetyFactor: rounded(found.safetyFactor),
    deflectionMm: rounded(found.deflectionMm),
    resonanceHz: rounded(found.resonanceHz),
  }
})
