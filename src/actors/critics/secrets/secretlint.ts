/** Secretlint as a second opinion on secrets: the one file that loads @secretlint/core and its recommended rules. */

import { missingPeer } from '../../missing-peer.ts'
import type { Mark } from '../tally.ts'

const PEERS = ['@secretlint/core', '@secretlint/secretlint-rule-preset-recommend']

/** Marks of rule `secrets.secretlint_<rule>`. Secretlint's messages can quote the secret, so only its ids are used. */
export async function secretlintMarks(text: string, wantedBy: string): Promise<Mark[]> {
  const { lintSource, rule } = await load(wantedBy)
  const result = await lintSource({
    // The name decides nothing but is required; secretlint must not look for a file.
    source: { filePath: 'text.txt', content: text, ext: '.txt', contentType: 'text' },
    options: { noPhysicFilePath: true, maskSecrets: true, config: { rules: [{ id: PEERS[1] ?? '', rule }] } },
  })
  return result.messages.map(({ messageId, range }) => ({
    rule: `secrets.secretlint_${messageId.toLowerCase()}`,
    start: range[0],
    end: range[1],
  }))
}

async function load(wantedBy: string) {
  try {
    const [{ lintSource }, { creator }] = await Promise.all([
      import('@secretlint/core'),
      import('@secretlint/secretlint-rule-preset-recommend'),
    ])
    return { lintSource, rule: creator }
  } catch (error) {
    throw missingPeer(PEERS, wantedBy, error)
  }
}
