/** SHA-256 as the host computes it: the same hashes as in JavaScript, several times as fast. */

import { hashWith } from '../model/canonical.ts'

/** Asked for by name, not imported: this also runs where there is no Node. */
export function useHostHash(): void {
  const { process } = globalThis as { readonly process?: typeof globalThis.process }
  const hash = process?.getBuiltinModule?.('node:crypto')?.hash
  if (hash) hashWith((text) => hash('sha256', text))
}
