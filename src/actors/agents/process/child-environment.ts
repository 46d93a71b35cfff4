/** The environment of a child process: what it needs to start, what it was given, and nothing else. */

/** Names that say where programs, files and words are found, and hold no secret as a rule. */
const INHERITED = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'ComSpec',
  'PATHEXT',
  'USERPROFILE',
]

export type EnvironmentParts = {
  readonly given: Readonly<Record<string, string>>
  /** Names that are taken from the host beside the usual ones. */
  readonly inherited: readonly string[]
  readonly key: string
  readonly attempt: number
}

/** `STAGECRAFT_KEY` and `STAGECRAFT_ATTEMPT` are always set. */
export function childEnvironment({
  given,
  inherited,
  key,
  attempt,
}: EnvironmentParts): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const name of [...INHERITED, ...inherited]) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return { ...environment, ...given, STAGECRAFT_KEY: key, STAGECRAFT_ATTEMPT: String(attempt) }
}

/** Values that must not be repeated: what was given, and what was taken from the host by name. */
export function secretsOf({ given, inherited }: Pick<EnvironmentParts, 'given' | 'inherited'>) {
  const taken = inherited.map((name) => [name, process.env[name] ?? ''] as const)
  return new Map([...taken, ...Object.entries(given)].map(([name, value]) => [value, name]))
}
