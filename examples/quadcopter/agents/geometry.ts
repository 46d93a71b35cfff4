/** The shape that follows from the parts. */

import { discArea } from '../physics/rotor.ts'
import { partsOf, ROTORS, shapeOf } from '../sizing/design.ts'
import { record, rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

export const geometry = quadcopterAgent('geometry', async (view, context) => {
  const parts = partsOf(designedIn(view).design)
  const shape = shapeOf(parts)
  const discM2 = ROTORS * discArea(parts.propeller.diameterM)
  const drawn = 'layout: neighbouring rotors 1.08 diameters apart'
  await record(context, [
    {
      id: 'rotor.diameter',
      magnitude: parts.propeller.diameterM,
      unit: 'm',
      source: `catalogue, ${parts.propeller.id}`,
      description: 'Of one propeller.',
    },
    {
      id: 'rotor.disc_area',
      magnitude: discM2,
      unit: 'm^2',
      source: 'π D² / 4 of four rotors',
      description: 'Of all rotors together.',
      dependsOn: ['rotor.diameter'],
    },
    {
      id: 'frame.span',
      magnitude: shape.spanM,
      unit: 'm',
      within: 0.002,
      source: drawn,
      description: 'From rotor axis to opposite rotor axis.',
      dependsOn: ['rotor.diameter'],
      constraints: [{ kind: 'atMost', node: 'requirements.span_max' }],
    },
    {
      id: 'frame.arm_length',
      magnitude: 1_000 * shape.arm.lengthM,
      unit: 'mm',
      within: 0.005,
      source: drawn,
      description: 'Free length of an arm, from hub to motor axis.',
      dependsOn: ['rotor.diameter'],
    },
    {
      id: 'frame.tube_diameter',
      magnitude: 1_000 * parts.tube.outerM,
      unit: 'mm',
      source: `catalogue, ${parts.tube.id}`,
      description: 'Outer diameter of an arm.',
    },
  ])
  return {
    spanM: rounded(shape.spanM),
    armM: rounded(shape.arm.lengthM),
    hubM: rounded(2 * shape.hubHalfM),
    discM2: rounded(discM2),
    clearanceM: rounded(0.08 * parts.propeller.diameterM),
  }
})
