/** How much the air of a site corrodes. */

import type { Requirements } from './requirements.ts'

/** Classes by typical surroundings. Source: ISO 9223:2012, annex C. */
export const CORROSIVITY_AT = {
  desert: 'C1',
  rural: 'C2',
  urban: 'C3',
  industrial: 'C4',
  coastal: 'C5',
} as const satisfies Record<Requirements['site'], string>
