/** The documents: the plan that people approve, and in the end what was designed. */

import { z } from 'zod'
import { performanceOf } from '../design.ts'
import { droneAgent } from '../drone-agent.ts'
import { designIn, type DroneView } from '../view.ts'

const Bought = z.looseObject({
  lines: z.array(z.looseObject({ kind: z.string(), count: z.number(), part: z.string().nullable() })),
  cost: z.number(),
})

export const document = droneAgent('document', (view) => ({
  markdown: view.phase === 'PLANNING' ? planOf(view) : reportOf(view),
}))

const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join('\n')

function askedOf({ project: { intent }, asked }: DroneView): string {
  const { payloadKg, enduranceMin, ambientC, frameM } = asked
  return `# ${intent}

## Asked
${list([`payload ${payloadKg} kg`, `endurance ${enduranceMin} min`, `air ${ambientC} °C`, `frame ${frameM} m`])}
`
}

const planOf = (view: DroneView) => `${askedOf(view)}
## Plan
Shape, physics, manufacturing, validation, parts, documents: each phase by its own agents.
`

function reportOf(view: DroneView): string {
  const design = designIn(view)
  const numbers = Object.entries({ ...design, ...performanceOf(design, view.asked) })
  // A component agent that failed leaves no output.
  const bought = Bought.safeParse(view.results['SOURCING']?.['Component']).data
  const parts = bought?.lines.map(({ kind, count, part }) => `${count} x ${kind} ${part ?? 'made to order'}`)
  return `${askedOf(view)}
## Design
${list(numbers.map(([name, value]) => `${name}: ${String(value)}`))}

## Parts
${parts ? list([...parts, `together ${bought?.cost}`]) : 'None were chosen.'}
`
}
