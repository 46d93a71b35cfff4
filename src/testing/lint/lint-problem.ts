/** A lint problem: something in a chart that XState accepts and that cannot be meant. */

export type LintKind =
  /** A name the machine has no implementation for. XState ignores such an action, and fires such a delay at once. */
  | 'unknown_action'
  | 'unknown_guard'
  | 'unknown_delay'
  | 'unknown_actor'
  /** A function where a name should be: it cannot be provided, drawn or read. */
  | 'inline_action'
  | 'inline_guard'
  | 'inline_delay'
  | 'inline_actor'
  /** An invoke or a spawn without an explicit id: its events have a name that changes with the chart. */
  | 'missing_id'
  /** `initial`, the default of a history state or a `stateIn` names a state that does not exist. */
  | 'unknown_state'
  /** No transition leads there. */
  | 'unreachable'
  /** Not final, and nothing leads out. */
  | 'dead_end'
  /** Stands behind a transition without a guard, so it is never taken. */
  | 'shadowed'
  /** `always` transitions form a loop, and nothing bounds it. */
  | 'unbounded_always'

export type LintProblem = {
  /** The id of the state, with where in it: `machine.working entry`; or `implementations.actions.name`. */
  readonly path: string
  readonly kind: LintKind
  readonly message: string
}
