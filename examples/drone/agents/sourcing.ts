/** The parts to buy, and what they cost together. */

import { smallest } from '../catalogue.ts'
import { performanceOf } from '../design.ts'
import { droneAgent } from '../drone-agent.ts'
import { ROTORS } from '../rotor.ts'
import { designIn } from '../view.ts'

export const component = droneAgent('component', (view) => {
  const design = designIn(view)
  const { motorW } = performanceOf(design, view.asked)
  const wanted = [
    { kind: 'battery', size: design.batteryWh, count: 1 },
    { kind: 'motor', size: motorW, count: ROTORS },
    { kind: 'propeller', size: design.propellerM, count: ROTORS },
  ] as const
  const lines = wanted.map(({ kind, size, count }) => {
    const part = smallest(kind, size)
    return { kind, count, part: part?.name ?? null, price: count * (part?.price ?? 0) }
  })
  return {
    lines,
    cost: lines.reduce((sum, { price }) => sum + price, 0),
    madeToOrder: lines.filter(({ part }) => part === null).map(({ kind }) => kind),
  }
})
