/** The secrets critic: does a text give away keys, tokens or passwords? */

import { z } from 'zod'
import type { Critic, Evaluate } from '../../model/critic.ts'
import { builtInCritic, type BuiltIn, type CriticOptions } from './built-in-critic.ts'
import { Look, textsOf, type LookedAt } from './look.ts'
import { refuseBeyond } from './peer-text.ts'
import { assignmentsIn } from './secrets/assignments.ts'
import { connectionStringsIn } from './secrets/connection-strings.ts'
import { privateKeysIn } from './secrets/private-keys.ts'
import { secretlintMarks } from './secrets/secretlint.ts'
import { TOKEN_RULES } from './secrets/token-rules.ts'
import { tokensIn } from './secrets/tokens.ts'
import { counted, placeOf, Tally, type Mark } from './tally.ts'

const SEVERITIES = new Map<string, number>([
  ['secrets.private_key', 3],
  ['secrets.connection_string', 2.5],
  ['secrets.assigned_secret', 2],
  ...TOKEN_RULES.map(({ rule, severity }) => [rule, severity] as const),
])
/** What an optional library says without our knowing the rule. */
const SEVERITY_ELSE = 2

const Own = z.strictObject({
  /** Rules that are not looked for, e.g. `secrets.stripe_test_key`. */
  ignoreRules: z.array(z.string()).default([]),
  /** Exact values that may appear, e.g. a public key of your own. */
  allow: z.array(z.string().min(1)).default([]),
  /** Asks Secretlint too. Needs @secretlint/core and @secretlint/secretlint-rule-preset-recommend. */
  secretlint: z.boolean().default(false),
  look: Look.default('response'),
})

export type SecretsOptions = z.input<typeof Own>

const kind: BuiltIn<typeof Own> = {
  defaults: { name: 'secrets', stage: 'FAST_CRITICS', priority: 1, domain: 'risk' },
  own: Own,
  work: (own, name) => secretsWork(own, name),
}

/**
 * Finds private keys, tokens of AWS, GitHub, GitLab, Slack, Stripe, OpenAI, Anthropic and Google, JWTs, connection
 * strings with a password, and random-looking values assigned to names such as `api_key`. Rules are
 * `secrets.<kind>`, severity 1 (test keys) to 3; no message repeats the value. Keys that were split, encoded or
 * invented by a service we do not know are not found. With `secretlint`, a text of more than 65,536 characters is
 * an error.
 */
export function secretsCritic<const Name extends string = 'secrets', const DependsOn extends string = never>(
  options: SecretsOptions & CriticOptions<Name, DependsOn> = {},
): Critic<NoInfer<Name>, NoInfer<DependsOn>> {
  return builtInCritic(kind, options)
}

function secretsWork(own: z.output<typeof Own>, name: string): Evaluate {
  const ignored = new Set(own.ignoreRules)
  const allowed = new Set(own.allow)
  const record = (tally: Tally, { where, text }: LookedAt, marks: Iterable<Mark>) => {
    for (const { rule, start, end } of marks) {
      if (ignored.has(rule) || (allowed.size > 0 && allowed.has(text.slice(start, end)))) continue
      tally.add(
        rule,
        SEVERITIES.get(rule) ?? SEVERITY_ELSE,
        () => `${labelOf(rule)} ${placeOf(start, where)}`,
      )
    }
  }
  const said = { clean: 'No secrets were found.', broken: 'Secrets were found (values withheld)' }
  return (input) => {
    const tally = new Tally()
    const texts = textsOf(input, own.look)
    if (!own.secretlint) {
      for (const looked of texts) record(tally, looked, secretsIn(looked.text))
      return tally.finding(said)
    }
    return Promise.all(texts.map((looked) => withSecretlint(looked.text, name))).then((marks) => {
      texts.forEach((looked, index) => record(tally, looked, marks[index] ?? []))
      return tally.finding(said)
    })
  }
}

/** All marks of our own patterns, in order; where two overlap the more specific one (named first below) stays. */
export function secretsIn(text: string): Mark[] {
  const searches = [privateKeysIn, tokensIn, connectionStringsIn, assignmentsIn]
  return withoutOverlaps(searches.flatMap((search) => [...counted(search(text))]))
}

async function withSecretlint(text: string, name: string): Promise<Mark[]> {
  refuseBeyond(text, name)
  return withoutOverlaps([...secretsIn(text), ...(await secretlintMarks(text, `critic "${name}"`))])
}

function withoutOverlaps(marks: readonly Mark[]): Mark[] {
  // The sort is stable: of two that begin together the one that was found first comes first.
  const sorted = marks.toSorted((one, other) => one.start - other.start)
  const kept: Mark[] = []
  let end = -1
  for (const mark of sorted) {
    if (mark.start < end) continue
    kept.push(mark)
    end = mark.end
  }
  return kept
}

function labelOf(rule: string): string {
  return rule.slice(rule.indexOf('.') + 1).replaceAll('_', ' ')
}
