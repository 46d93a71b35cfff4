/** What every group of parts weighs, and all of them together. */

import { MASS_MAX_KG } from '../sizing/checks.ts'
import { performanceOf } from '../sizing/performance.ts'
import { record, rounded } from '../values.ts'
import { designedIn } from '../view.ts'
import { quadcopterAgent } from './quadcopter-agent.ts'

const idOf = (group: string): string => `mass.${group.replaceAll(' ', '_')}`
/** Of data sheets, and of what is cut, printed and wired by hand. */
const [BOUGHT, MADE] = [0.01, 0.06]
const IS_MADE = ['arms', 'printed parts', 'wiring', 'joining']

export const massProperties = quadcopterAgent('mass-properties', async (view, context) => {
  const { masses, massKg } = performanceOf(designedIn(view).design, view.asked)
  const groups = Object.entries(masses)
  await record(context, [
    ...groups.map(([group, kg]) => ({
      id: idOf(group),
      magnitude: kg,
      unit: 'kg',
      within: group === 'payload' ? 0 : IS_MADE.includes(group) ? MADE : BOUGHT,
      source: group === 'payload' ? 'the intent' : 'catalogue and rules of thumb',
      description: `Of the ${group}.`,
      ...(group === 'payload' && { dependsOn: ['requirements.payload'] }),
    })),
    {
      id: 'mass.takeoff',
      magnitude: massKg,
      unit: 'kg',
      within: 0.02,
      source: 'sum of the groups',
      description: 'Ready to fly, with its payload.',
      dependsOn: groups.map(([group]) => idOf(group)),
      constraints: [{ kind: 'range' as const, max: MASS_MAX_KG, unit: 'kg' }],
    },
  ])
  return {
    massKg: rounded(massKg),
    groups: Object.fromEntries(groups.map(([group, kg]) => [group, rounded(kg)])),
  }
})
