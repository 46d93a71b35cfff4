/** Heat, electricity, material and chemistry. */

import { CORROSIVITY_AT } from '../corrosion.ts'
import { performanceOf } from '../design.ts'
import { droneAgent } from '../drone-agent.ts'
import { WINDING_MAX_C } from '../motor.ts'
import { designIn } from '../view.ts'

export const thermal = droneAgent('thermal', (view) => ({
  temperaturesC: { motor: performanceOf(designIn(view), view.asked).windingC },
}))

export const electronics = droneAgent('electronics', (view) => {
  const { powerNeededW, powerSuppliedW } = performanceOf(designIn(view), view.asked)
  return { temperaturesMaxC: { motor: WINDING_MAX_C }, powerNeededW, powerSuppliedW }
})

/** The fibres do not mind, but screws of A2 pit in salt air. */
export const material = droneAgent('material', ({ asked }) => {
  const isSalty = asked.site === 'coastal'
  return {
    material: `carbon fibre in epoxy, with screws of stainless steel ${isSalty ? 'A4' : 'A2'}`,
    corrosivityMax: isSalty ? ('C5' as const) : ('C4' as const),
  }
})

export const chemistry = droneAgent('chemistry', ({ asked }) => ({
  corrosivity: CORROSIVITY_AT[asked.site],
}))
