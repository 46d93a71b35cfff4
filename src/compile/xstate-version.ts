/** Which XState the compiled mode was proven with. With another one, machines are interpreted. */

import xstate from 'xstate/package.json' with { type: 'json' }

/** The line of versions whose inner parts are known; the peer dependency of the package says the same. */
const PROVEN = { major: 5, minor: 33, patchMin: 3 } as const

/** Why machines of this XState are not compiled; undefined when they are. */
export function mismatchOf(version: string): string | undefined {
  const [major, minor, patch = 0] = version.split('.').map(Number)
  const { major: provenMajor, minor: provenMinor, patchMin } = PROVEN
  if (major === provenMajor && minor === provenMinor && patch >= patchMin && !version.includes('-'))
    return undefined
  const range = `~${provenMajor}.${provenMinor}.${patchMin}`
  return `xstate ${version} is installed, but compiled machines are proven with ${range}.`
}

const mismatch = mismatchOf(xstate.version)
let isSaid = false

/** The same for the XState that is installed; says so once. */
export function warnOfMismatch(): string | undefined {
  if (mismatch && !isSaid) {
    isSaid = true
    console.warn(
      `stagecraft: ${mismatch} Machines are interpreted, which is slower. Install the proven version.`,
    )
  }
  return mismatch
}
