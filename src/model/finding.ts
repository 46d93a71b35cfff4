/** A finding: what one critic says about one answer. */

import { z } from 'zod'
import { messageOf } from './errors.ts'
import { deepFreeze, frozenCopy } from './frozen-copy.ts'
import type { Json } from './canonical.ts'
import { LIMITS } from './limits.ts'

const RANGES = {
  severity: [0, 3],
  uncertainty: [0, 1],
  precedentAlignment: [-1, 1],
  score: [-Infinity, Infinity],
} as const

/** A number that is no NaN, brought into a range: infinity is a number, and a large one. */
const ranged = (min: number, max: number) =>
  z
    .custom<number>((value) => typeof value === 'number' && !Number.isNaN(value), {
      error: `must be a number (${min} to ${max})`,
    })
    .transform((value) => Math.min(max, Math.max(min, value)))

/** A list whose length is known to be bearable before its first element is read: a sparse array costs nothing to send. */
const listed = <Item extends z.ZodType>(item: Item) =>
  z
    .custom<readonly unknown[]>((value) => Array.isArray(value) && value.length <= LIMITS.violationsMax, {
      error: `must be a list of at most ${LIMITS.violationsMax} violations`,
    })
    .pipe(z.array(item))

export const Violation = z.union([
  z.string(),
  z.looseObject({
    rule: z.string(),
    severity: ranged(0, 3).optional(),
    message: z.string().optional(),
  }),
])
/** A rule that was broken, by name or with its own severity (0–3). */
export type Violation = string | { rule: string; severity?: number; message?: string }

export const Escalation = z.object({
  tier: z.enum(['TIER_2', 'TIER_3']),
  clause: z.string(),
  reason: z.string(),
})
/** A call for a person: TIER_2 must be acknowledged, TIER_3 determined. */
export type Escalation = z.infer<typeof Escalation>

export const Finding = z.looseObject({
  severity: ranged(...RANGES.severity).optional(),
  violations: listed(Violation).optional(),
  uncertainty: ranged(...RANGES.uncertainty).optional(),
  precedentAlignment: ranged(...RANGES.precedentAlignment).optional(),
  score: ranged(...RANGES.score).optional(),
  justification: z.string().optional(),
  mitigation: z.string().optional(),
  escalation: Escalation.optional(),
  spent: z
    .object({
      money: ranged(0, Number.MAX_VALUE).optional(),
      tokens: ranged(0, Number.MAX_VALUE).optional(),
    })
    .optional(),
})

/**
 * What a critic says. `severity` 0 (nothing) to 3 (worst), `uncertainty` 0 to 1, `precedentAlignment` -1 (against
 * precedent) to 1 (with it); numbers outside are brought to the nearest end. `score`, `value` and `details` are the
 * critic's own and do not enter the verdict; `spent` is in the unit of the critic's choice (money) and in tokens.
 */
export type Finding = {
  severity?: number
  violations?: readonly Violation[]
  uncertainty?: number
  precedentAlignment?: number
  score?: number
  justification?: string
  mitigation?: string
  escalation?: Escalation
  spent?: { money?: number; tokens?: number }
  value?: unknown
  details?: Json
}

export type FindingRead = { ok: true; finding: Finding } | { ok: false; problems: string[] }

/** Reads whatever a critic returned. Null, a string, a throwing getter, a severity that is no number: not a finding. */
export function readFinding(value: unknown, { hasSchema = false } = {}): FindingRead {
  try {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { ok: false, problems: [`not_a_finding: a finding is an object, but this is ${kindOf(value)}`] }
    // Copied first: what a schema reads of a Map, an Error or a getter is not what it is.
    const copied = frozenCopy(value)
    if (isPlain(copied)) return { ok: true, finding: copied }
    // A critic with a schema of its own has properties of its own, and the schema says which.
    const strange = hasSchema ? undefined : strangeKeys(Object.keys(copied))
    if (strange) return { ok: false, problems: [`not_a_finding: ${strange}`] }
    const parsed = Finding.safeParse(copied)
    if (!parsed.success)
      return {
        ok: false,
        problems: parsed.error.issues
          .slice(0, LIMITS.problemsMax)
          .map((issue) => `not_a_finding: ${issue.path.join('.')}: ${issue.message}`),
      }
    // The schema allows explicit undefined where the type leaves the property out; both mean "not said".
    return { ok: true, finding: deepFreeze(parsed.data) as Finding }
  } catch (error) {
    return { ok: false, problems: [`not_a_finding: ${messageOf(error)}`] }
  }
}

/** True for what the schema would let pass as it is: most findings are a few numbers in range, and some words. */
function isPlain(copied: object): boolean {
  for (const key in copied) {
    const value: unknown = copied[key as keyof typeof copied]
    const range = Object.hasOwn(RANGES, key) ? RANGES[key as keyof typeof RANGES] : undefined
    const fits = range
      ? typeof value === 'number' && value >= range[0] && value <= range[1] && !Object.is(value, -0)
      : (key === 'justification' || key === 'mitigation') && typeof value === 'string'
    if (!fits) return false
  }
  return true
}

/** What the verdict is made of. */
export const VERDICT_KEYS = [
  'severity',
  'violations',
  'uncertainty',
  'precedentAlignment',
  'escalation',
] as const

const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...VERDICT_KEYS,
  'score',
  'justification',
  'mitigation',
  'spent',
  'value',
  'details',
])

const plainWord = (key: string) => key.toLowerCase().replaceAll(/[^a-z]|s$/g, '')

const lookalikes = new Map(VERDICT_KEYS.map((key) => [plainWord(key), key]))

/**
 * Why an object with these keys is no finding: a misspelt key would be a severity nobody hears, and an object that says
 * nothing a finding says (an error from a service, say) would be a clean one. An empty object means "nothing to say".
 */
function strangeKeys(keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const meant = KNOWN_KEYS.has(key) ? undefined : lookalikes.get(plainWord(key))
    if (meant && !keys.includes(meant)) return `it has "${key}", but a finding has "${meant}"`
  }
  if (keys.length === 0 || keys.some((key) => KNOWN_KEYS.has(key))) return undefined
  return `none of ${keys.slice(0, 5).join(', ')} is a property of a finding: ${[...KNOWN_KEYS].join(', ')}`
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`
}

/**
 * The severity a finding states, before any adjustment: the largest of its own, its violations', and 1 if it has any
 * violation at all. 0 to 3.
 */
export function statedSeverity(finding: Finding): number {
  let severity = finding.severity ?? 0
  for (const violation of finding.violations ?? []) {
    const own = typeof violation === 'string' ? 1 : Math.max(1, violation.severity ?? 1)
    if (own > severity) severity = own
  }
  return Math.min(3, Math.max(0, severity))
}

/** Opens ON_VIOLATION: a non-empty list of violations, or severity >= 2. */
export function hasViolation(finding: Finding): boolean {
  return (finding.violations?.length ?? 0) > 0 || (finding.severity ?? 0) >= 2
}
