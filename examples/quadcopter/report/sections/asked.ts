/** What was asked, what was assumed, and what was not understood. */

import { CORROSION_SITES } from '../../physics/corrosion.ts'
import type { Requirements } from '../../requirements.ts'
import { MASS_MAX_KG } from '../../sizing/checks.ts'
import { assumptionsOf } from '../assumptions.ts'
import { digits, paragraphs, table } from '../markdown.ts'

export function askedOf(asked: Requirements): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Payload', `${digits(asked.payloadKg)} kg`],
    ['Survey time on one charge', `${asked.enduranceMin} min`],
    ['Air', `${digits(asked.ambientC)} °C at ${asked.altitudeM} m above the sea`],
    ['Wind', `${digits(asked.windMs)} m/s`],
    ['Surroundings', `${asked.site}: ${CORROSION_SITES[asked.site]}`],
    ['Size', `at most ${asked.spanMaxM} m`],
    ['Budget', `${asked.budget} currency units`],
    ['Take-off mass', `at most ${MASS_MAX_KG} kg (open category, Regulation (EU) 2019/947)`],
  ]
  return paragraphs([table('ll', ['', ''], rows), assumptionsOf(asked)])
}
