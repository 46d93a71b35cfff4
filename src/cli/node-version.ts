/** The oldest Node that can run the command; imports nothing, so that it can be asked on any Node. */

const OLDEST = { major: 22, minor: 18 } as const

/** What to tell somebody whose Node is too old; undefined when it is not. */
export function nodeTooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return undefined
  const oldest = `${OLDEST.major}.${OLDEST.minor}`
  return `stagecraft needs Node ${oldest} or newer, and this is Node ${version.replace(/^v/, '')}. Install a newer one from https://nodejs.org and try again.`
}
