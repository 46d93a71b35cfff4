/** A revision of a project's ISA as charts know it: its values are a content, so a chart costs the same however many there are. */

export type IsaRevision = {
  /** 1 for the first; a rollback goes back to an earlier one, and the next is counted from there. */
  readonly revision: number
  /** SHA-256 of everything that matters in it. */
  readonly stateHash: string
  /** Reference of its values. */
  readonly state: string
  readonly nodes: number
  readonly stale: number
  readonly domains: readonly string[]
  /** Reference of what it changed: the ids that were set, and those removed. */
  readonly changes: string
}
