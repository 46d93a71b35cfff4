/** The plan that a person approves: what was understood, what was assumed, how it will be gone about. */

import type { Requirements } from '../requirements.ts'
import { CATALOGUE } from '../parts/catalogue.ts'
import { firstDesign } from '../sizing/first-design.ts'
import { partsOf } from '../sizing/design.ts'
import { assumptionsOf } from './assumptions.ts'
import { digits, inline, list, table } from './markdown.ts'

export function planOf(intent: string, asked: Requirements, longestMin: number | undefined): string {
  const { propeller, motor, pack } = partsOf(firstDesign(asked))
  return `# Plan: ${inline(intent)}

## What was understood
${table(
  'll',
  ['', ''],
  [
    ['Payload', `${digits(asked.payloadKg)} kg`],
    ['Survey time', `${asked.enduranceMin} min`],
    [
      'Air',
      `${digits(asked.ambientC)} °C, ${asked.altitudeM} m above the sea, wind ${digits(asked.windMs)} m/s`,
    ],
    ['Surroundings', asked.site],
    ['Size', `at most ${asked.spanMaxM} m from rotor to opposite rotor`],
    ['Budget', `${asked.budget} currency units`],
  ],
)}

${assumptionsOf(asked)}

## Where it begins
${propeller.name}s on ${motor.name}s with a battery of ${pack.series}S${pack.parallel}P, chosen by rules of thumb for a standard day${longestMin === undefined ? '' : `. The longest flight that the catalogue allows with this payload is about ${longestMin.toFixed(0)} min`}.

## How it goes on
${list([
  'Geometry: shape, mass, arms, rotors.',
  'Physics: heat, electricity, material, chemistry, vibration; contradictions are looked for.',
  `Manufacturing: what is printed and sawn; printer hours and material are booked (${CATALOGUE.printers.length} printers).`,
  'Validation: every demand against its limit. What fails is optimised, and the geometry is made anew.',
  'Sourcing: the bill of materials. Documentation: the report.',
])}
`
}
