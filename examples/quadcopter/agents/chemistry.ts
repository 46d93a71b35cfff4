/** What the air of the site does to metal, and what heat does to the cells. */

import { CORROSION_SITES, STEEL_LOSS_MAX_UM, steelLossAfter, TYPICAL_CLASS } from '../physics/corrosion.ts'
import { arrheniusFactor } from '../physics/life.ts'
import { performanceOf } from '../sizing/performance.ts'
import { record, rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

/** Of the ageing of lithium cells on the shelf, J/mol. Source: Schmalstieg et al. 2014, J. Power Sources 257: about 58 kJ/mol. */
const AGEING_JMOL = 58_000
const YEARS = 5

export const chemistry = quadcopterAgent('chemistry', async (view, context) => {
  const { site } = view.asked
  const corrosivity = TYPICAL_CLASS[site]
  const firstYearUm = STEEL_LOSS_MAX_UM[corrosivity]
  const { cellC } = performanceOf(designedIn(view).design, view.asked)
  await record(context, [
    {
      id: 'chemistry.steel_loss',
      magnitude: firstYearUm,
      unit: 'um',
      within: 0.5,
      source: `ISO 9223:2012, class ${corrosivity}`,
      description: 'The most that bare carbon steel would lose here in its first year.',
    },
  ])
  return {
    corrosivity,
    because: CORROSION_SITES[site],
    steelLossUm: { firstYear: firstYearUm, fiveYears: rounded(steelLossAfter(firstYearUm, YEARS)) },
    cellAgeing: rounded(arrheniusFactor(AGEING_JMOL, 25, cellC)),
  }
})
