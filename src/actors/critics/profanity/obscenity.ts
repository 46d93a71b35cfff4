/** The obscenity library as a second list: the one file that loads it. */

import { missingPeer } from '../../missing-peer.ts'

export type ProfaneSpan = { readonly start: number; readonly end: number }

/** Matches of obscenity's English preset. */
export async function obscenityIn(text: string, wantedBy: string): Promise<ProfaneSpan[]> {
  const matcher = await load(wantedBy)
  // The library's end is inclusive.
  return matcher
    .getAllMatches(text, true)
    .map(({ startIndex, endIndex }) => ({ start: startIndex, end: endIndex + 1 }))
}

async function load(wantedBy: string) {
  try {
    const { RegExpMatcher, englishDataset, englishRecommendedTransformers } = await import('obscenity')
    return new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers })
  } catch (error) {
    throw missingPeer(['obscenity'], wantedBy, error)
  }
}
