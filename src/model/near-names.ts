/** Names that look like one that is not there, for messages that help. */

const NEAR_MAX = 3

/** A sentence such as ` Did you mean "mass"?`, or nothing. */
export function nearNames(wanted: string, names: Iterable<string>): string {
  const found = [...names]
    .map((name) => ({ name, edits: editsBetween(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ edits }) => edits <= Math.max(1, Math.floor(wanted.length / 3)))
    .toSorted((a, b) => a.edits - b.edits)
    .slice(0, NEAR_MAX)
    .map(({ name }) => `"${name}"`)
  return found.length > 0 ? ` Did you mean ${found.join(' or ')}?` : ''
}

/** Letters to add, drop or change (Levenshtein, 1966), row by row. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed))
    }
    row = next
  }
  return row[to.length] ?? 0
}
