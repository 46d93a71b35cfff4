/** The typed door to a panel: critic names autocomplete, findings have their schema's type, wrong names do not compile. */

import { criticFrom, workOf } from '../../actors/define-critic.ts'
import type { Critic } from '../../model/critic.ts'
import type { CriticResult } from '../../model/critic-result.ts'
import { StagecraftError } from '../../model/errors.ts'
import type { Finding } from '../../model/finding.ts'
import { RunningPanel, type Panel, type PlainCritic } from './panel.ts'
import type { PanelOptions } from './panel-options.ts'

/** Critics as defined, or plain functions by name. */
export type PanelCritics = readonly Critic[] | Readonly<Record<string, PlainCritic>>

type FindingOfCritic<C> = C extends Critic<string, string, infer F> ? F : Finding

type FindingOfPlain<C> = C extends (...input: never[]) => infer R ? Awaited<R> & Finding : Finding

/** Results by critic name, each with the type of its own finding. */
export type ResultsOf<C extends PanelCritics> = C extends readonly Critic[]
  ? { readonly [K in C[number] as K['name']]: CriticResult<FindingOfCritic<K>> }
  : { readonly [K in keyof C & string]: CriticResult<FindingOfPlain<C[K]>> }

type NameIn<C extends readonly Critic[]> = C[number]['name']

/** A critic as it is, or an object that names the dependency the panel does not have. Widened lists pass. */
type Checked<K, Names extends string> =
  K extends Critic<string, infer D>
    ? string extends D
      ? K
      : [Exclude<D, Names>] extends [never]
        ? K
        : { readonly dependsOn: `the panel has no critic named "${Exclude<D, Names>}"` }
    : K

type CheckedCritics<C> = C extends readonly Critic[]
  ? string extends NameIn<C>
    ? C
    : { readonly [I in keyof C]: Checked<C[I], NameIn<C>> }
  : C

/**
 * Makes a panel. All that could go wrong later for a static reason goes wrong here: throws StagecraftError for unknown,
 * duplicate, circular or later-stage dependencies, numbers out of range and an empty panel.
 */
export function createPanel<const C extends PanelCritics>(
  options: PanelOptions & { readonly critics: C & CheckedCritics<C> },
): Panel<ResultsOf<C>> {
  const { critics, ...rest } = readable(options)
  const list = Array.isArray(critics) ? critics.map(definedCritic) : criticsFrom(critics)
  // The panel has one result per critic by construction; the types of the findings come from the critics' own schemas.
  return new RunningPanel(list, rest) as unknown as Panel<ResultsOf<C>>
}

/** What plain JavaScript, or a cast, may hand over instead of options. */
function readable(
  options: PanelOptions & { readonly critics: unknown },
): PanelOptions & { readonly critics: object } {
  const critics: unknown = (options as { critics?: unknown } | undefined)?.critics
  if (typeof critics === 'object' && critics !== null) return { ...options, critics }
  throw new StagecraftError(
    'panel.invalid',
    'createPanel takes { critics: [ … ] }, an array of critics, or { critics: { name: function } }.',
  )
}

function definedCritic(critic: unknown, index: number): Critic {
  if (typeof critic === 'object' && critic !== null && workOf(critic)) return critic as Critic
  const hint =
    typeof critic === 'function'
      ? `it is a function${critic.name ? ` (${critic.name})` : ''}: call it if it makes a critic, or wrap it`
      : 'wrap it'
  throw new StagecraftError(
    'critic.invalid',
    `critics[${index}] was not made by defineCritic; ${hint}: defineCritic({ name, evaluate }).`,
  )
}

function criticsFrom(critics: object): readonly Critic[] {
  return Object.entries(critics).map(([name, evaluate]: [string, unknown]) => {
    if (typeof evaluate === 'function') return criticFrom(name, evaluate as PlainCritic)
    const hint = 'A record takes plain functions; put critics made by defineCritic into an array.'
    throw new StagecraftError('critic.invalid', `critics.${name} is no function. ${hint}`)
  })
}
