/** What a schema found wrong, as a person reads it. */

type Issue = { readonly path?: readonly PropertyKey[]; readonly message: string }

/** `limits.queueMax: Too small; hooks: …`. `whole` names what has no path of its own. */
export function problemsOf({ issues }: { readonly issues: readonly Issue[] }, whole = 'options'): string {
  return issues
    .map(({ path = [], message }) => `${path.map(String).join('.') || whole}: ${message}`)
    .join('; ')
}
