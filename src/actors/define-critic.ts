/** defineCritic: the only way to make a critic, and the guard against evaluating one outside a panel. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  CriticSettings,
  type Critic,
  type CriticDefinition,
  type Evaluate,
  type FindingOf,
} from '../model/critic.ts'
import { StagecraftError } from '../model/errors.ts'
import { problemsOf } from '../model/problems.ts'

/** The work of each critic, known to panels alone. */
const works = new WeakMap<object, Evaluate>()

const BYPASS = 'STAGECRAFT_ALLOW_LEGACY_CRITIC_RUNNER'

/**
 * Defines a critic. The result goes into `createPanel`; calling its `evaluate` yourself would run it without gates,
 * limits, timeouts and verdict, so it is refused with `critic.bypassed`.
 * Throws `critic.invalid` for settings out of range.
 */
export function defineCritic<
  const Name extends string,
  const DependsOn extends string = never,
  S extends StandardSchemaV1 | undefined = undefined,
>(definition: CriticDefinition<Name, DependsOn, S>): Critic<NoInfer<Name>, NoInfer<DependsOn>, FindingOf<S>> {
  const settings = readSettings(definition)
  const critic: Critic = Object.freeze({
    name: settings.name,
    dependsOn: Object.freeze(settings.dependsOn),
    settings,
    evaluate: guarded(settings.name, settings.evaluate),
  })
  works.set(critic, settings.evaluate)
  // The settings were read from this very definition, so its name, dependencies and finding are the critic's.
  return critic as Critic<Name, DependsOn, FindingOf<S>>
}

/** A critic from a plain function, with every default. */
export function criticFrom(name: string, evaluate: Evaluate): Critic {
  return defineCritic({ name, evaluate: evaluate as Critic['evaluate'] })
}

/** What a panel calls; undefined for an object that defineCritic did not make. */
export function workOf(critic: object): Evaluate | undefined {
  return works.get(critic)
}

function readSettings(definition: unknown): CriticSettings {
  const parsed = CriticSettings.safeParse(definition)
  if (parsed.success) return Object.freeze(parsed.data)
  const named = (definition as { name?: unknown } | null)?.name
  throw new StagecraftError(
    'critic.invalid',
    `The definition of critic ${typeof named === 'string' ? `"${named}"` : '(unnamed)'} is not valid: ${problemsOf(parsed.error, 'definition')}.`,
    { cause: parsed.error },
  )
}

function guarded(name: string, evaluate: Evaluate): Critic['evaluate'] {
  return (input, context) => {
    // Browsers have no process; there the guard always holds.
    const environment = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process
      ?.env
    if (environment?.[BYPASS] !== '1')
      throw new StagecraftError(
        'critic.bypassed',
        `Critic "${name}" was called outside a panel, where no gate, limit, timeout or verdict holds. Put it into createPanel({ critics: [${name}] }), or set ${BYPASS}=1 if you must.`,
      )
    console.warn(
      `stagecraft: critic "${name}" runs outside a panel because ${BYPASS}=1; its finding enters no verdict.`,
    )
    return evaluate(input, context) as ReturnType<Critic['evaluate']>
  }
}
