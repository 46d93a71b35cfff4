/** Google's numbering plans as the judge of phone numbers: the one file that loads libphonenumber-js. */

import { missingPeer } from '../../missing-peer.ts'
import { SCAN_LIMITS } from '../scan-limits.ts'
import type { Span } from './kinds.ts'
import { phoneCandidatesIn } from './phone.ts'

export type PhonesFound = { readonly spans: readonly Span[]; readonly unchecked: number }

/** Numbers that are valid in their plan; those without a country code are read as of `defaultCountry` (ISO 3166). */
export async function validPhonesIn(
  text: string,
  country: string | undefined,
  wantedBy: string,
): Promise<PhonesFound> {
  const parse = await load(wantedBy)
  const spans: Span[] = []
  let looked = 0
  for (const span of phoneCandidatesIn(text)) {
    if (++looked > SCAN_LIMITS.phoneCandidatesMax) continue
    if (parse(text.slice(span.start, span.end), country)) spans.push(span)
  }
  return { spans, unchecked: Math.max(0, looked - SCAN_LIMITS.phoneCandidatesMax) }
}

async function load(wantedBy: string): Promise<(number: string, country: string | undefined) => boolean> {
  try {
    const { isValidPhoneNumber } = await import('libphonenumber-js')
    // The library's type is a closed list of countries; of one it does not know, it says that nothing is valid.
    type Country = Extract<Parameters<typeof isValidPhoneNumber>[1], string>
    return (number, country) => isValidPhoneNumber(number, country as Country)
  } catch (error) {
    throw missingPeer(['libphonenumber-js'], wantedBy, error)
  }
}
