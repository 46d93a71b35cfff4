/** The one error class of Stagecraft: a closed set of codes, and a message that says what to do. */

export const ERROR_CODES = [
  'panel.invalid',
  'panel.empty',
  'panel.duplicate_critic',
  'panel.unknown_dependency',
  'panel.circular_dependency',
  'panel.later_stage_dependency',
  'panel.conflicting_limits',
  'panel.disposed',
  'critic.invalid',
  'critic.bypassed',
  'critic.missing_peer',
  'input.invalid',
  'environment.invalid',
  'lifecycle.invalid',
  'lifecycle.unknown',
  'lifecycle.missing_version',
  'lifecycle.not_migratable',
  'lifecycle.changed',
  'agent.invalid',
  'agent.missing_peer',
  'orchestrator.invalid',
  'orchestrator.stopped',
  'panel.unknown',
  'project.exists',
  'project.unknown',
  'project.wrong_state',
  'review.unknown',
  'approval.unknown',
  'approval.outdated',
  'approval.settled',
  'approval.conflicting',
  'approval.not_allowed',
  'checkpoint.unknown',
  'checkpoint.undone',
  'checkpoint.damaged',
  'journal.broken',
  'journal.diverged',
  'feed.lagged',
  'units.unknown',
  'units.invalid_definition',
  'units.dimension',
  'units.affine',
  'units.not_finite',
  'units.zero_divisor',
  'isa.invalid_state',
  'isa.invalid_value',
  'isa.unknown_node',
  'isa.dimension',
  'isa.locked',
  'isa.circular',
  'isa.needed',
  'store.owned',
  'store.missing',
  'store.newer',
  'store.unsupported',
  'store.conflict',
  'store.full',
  'store.failed',
  'resilience.invalid',
  'breaker.open',
  'bulkhead.full',
  'bulkhead.timeout',
  'rate.full',
  'rate.timeout',
  'telemetry.missing_peer',
  'testing.path_limit',
  'testing.coverage',
  'testing.replay',
  'testing.machine',
  'testing.simulation',
  'cli.usage',
  'cli.panel_not_found',
  'cli.not_a_panel',
] as const

/** One of the list; or whose time ran out, by the name of its scope. */
export type ErrorCode = (typeof ERROR_CODES)[number] | `timeout.${string}`

const marker = Symbol.for('stagecraft.error')

/**
 * Thrown for what a program must change: a wrong panel, a wrong input, a missing package.
 * Expected outcomes (gated, timed out, rejected, denied) are states and values, never exceptions.
 */
export class StagecraftError extends Error {
  override readonly name = 'StagecraftError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, marker, { value: true })
  }
}

/** The message of whatever was thrown; total, because not even a thrown value can be trusted to have one. */
export function messageOf(thrown: unknown): string {
  try {
    // A subclass may have made its message anything at all.
    const message: unknown = thrown instanceof Error ? thrown.message : thrown
    return String(message)
  } catch {
    return 'something was thrown that cannot be shown'
  }
}

/** True for a StagecraftError of any copy of the package (npm may install two). */
export function isStagecraftError(value: unknown): value is StagecraftError {
  return typeof value === 'object' && value !== null && marker in value
}

/** Refuses options with a name nobody reads: a misspelt limit would be no limit. Throws `panel.invalid`. */
export function refuseUnknownKeys(what: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(Object(options)))
    if (!known.includes(key))
      throw new StagecraftError(
        'panel.invalid',
        `${what} has no option "${key}"; it has ${known.join(', ')}.`,
      )
}
