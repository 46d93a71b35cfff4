/** What all built-in critics share: the settings a user may override, and how options become a critic. */

import { z } from 'zod'
import { hashOf, type Json } from '../../model/canonical.ts'
import type { Critic, CriticDefinition, Evaluate } from '../../model/critic.ts'
import { StagecraftError } from '../../model/errors.ts'
import type { Finding } from '../../model/finding.ts'
import { problemsOf } from '../../model/problems.ts'
import { defineCritic } from '../define-critic.ts'
import { splitOptions } from '../own-options.ts'

/** The settings of a critic that every built-in critic takes beside its own options; all have defaults. */
export type CriticOptions<Name extends string = string, DependsOn extends string = string> = {
  readonly name?: Name
  readonly dependsOn?: readonly DependsOn[]
} & Partial<Omit<CriticDefinition<string, string, undefined>, 'name' | 'dependsOn' | 'evaluate' | 'output'>>

/** One kind of built-in critic. */
export type BuiltIn<Own extends z.ZodObject> = {
  readonly defaults: { readonly name: string } & Omit<CriticOptions, 'name' | 'dependsOn'>
  /** The options that are the critic's own, beside the settings of every critic. */
  readonly own: Own
  /** Called once, so that patterns and lists are prepared before the first answer arrives. */
  readonly work: (own: z.output<Own>, name: string) => Evaluate
  /** What the default `version` is a hash of; default: all own options that are plain data. */
  readonly basis?: (own: z.output<Own>) => unknown
}

/**
 * Makes a critic of a built-in kind. The default `version` is a hash of its own options, so that two critics with
 * different options never share cached findings. Throws `critic.invalid` for options that make no sense.
 */
export function builtInCritic<Name extends string, DependsOn extends string, Own extends z.ZodObject>(
  kind: BuiltIn<Own>,
  options: CriticOptions<Name, DependsOn> & z.input<Own>,
): Critic<NoInfer<Name>, NoInfer<DependsOn>> {
  const { own, settings } = splitOptions(kind.own, options)
  const name = options.name ?? kind.defaults.name
  const parsed = kind.own.safeParse(own)
  if (!parsed.success) throw invalidOptions(name, parsed.error)
  const basis = plain(kind.basis?.(parsed.data) ?? parsed.data) ?? null
  // What a built-in critic returns is a finding or a promise of one; the panel reads it like any critic's.
  const evaluate = kind.work(parsed.data, name) as (...given: Parameters<Evaluate>) => Finding
  const critic = defineCritic({
    version: `1-${hashOf(basis).slice(0, 16)}`,
    ...kind.defaults,
    ...settings,
    evaluate,
  })
  // The name and the dependencies are those of the options, or the defaults that stand for them in `Name`.
  return critic as Critic as Critic<Name, DependsOn>
}

function invalidOptions(name: string, error: z.ZodError): StagecraftError {
  return new StagecraftError(
    'critic.invalid',
    `The options of critic "${name}" are not valid: ${problemsOf(error)}.`,
    { cause: error },
  )
}

/** The plain data in a value, as JSON; regular expressions as their source; functions and objects of classes left out. */
function plain(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof RegExp || value instanceof URL) return String(value)
  if (Array.isArray(value)) return value.map((item) => plain(item) ?? null)
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return undefined
  const entries = Object.entries(value).map(([key, item]) => [key, plain(item)] as const)
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}
