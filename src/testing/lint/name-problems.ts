/** Names: every action, guard, delay and actor a chart mentions, and whether the machine has an implementation. */

import type { AnyStateMachine } from 'xstate'
import type { LintKind, LintProblem } from './lint-problem.ts'

export type Names = {
  readonly machine: AnyStateMachine
  readonly inlineCreators: 'static' | 'any'
}

type Kind = 'action' | 'guard' | 'delay' | 'actor'

/** Where a mention stands: in the chart, or inside an implementation, where creators belong. */
export type Place = { readonly path: string; readonly within: 'chart' | 'implementation' }

const CONSEQUENCES: Record<Kind, string> = {
  action: 'XState would ignore it',
  guard: 'XState would throw when it is asked',
  delay: 'XState would fire it at once',
  actor: 'XState would start nothing',
}

const problem = (path: string, kind: LintKind, message: string): LintProblem => ({ path, kind, message })

/** An implementation must be an own property: `toString` is a property of every object. */
function unknownName({ machine }: Names, kind: Kind, name: string, path: string): LintProblem[] {
  const implementations = machine.implementations[`${kind}s`]
  if (Object.hasOwn(implementations, name) && implementations[name] !== undefined) return []
  const message = `The ${kind} "${name}" has no implementation; ${CONSEQUENCES[kind]}. Add it to setup() or provide().`
  return [problem(path, `unknown_${kind}`, message)]
}

const inline = (kind: Kind, path: string) =>
  problem(
    path,
    `inline_${kind}`,
    `A function stands where the name of a ${kind} should be; name it in setup().`,
  )

/** An action by name, by object with params, or made by one of XState's creators. */
export function actionProblems(names: Names, action: unknown, place: Place): LintProblem[] {
  if (typeof action === 'function') {
    if ('resolve' in action) return creatorProblems(names, action, place)
    return place.within === 'chart' ? [inline('action', place.path)] : []
  }
  return unknownName(names, 'action', typeOf(action), place.path)
}

/** What a creator may hold besides functions of XState's own. */
const CREATOR_OWN = new Set(['resolve', 'execute', 'retryResolve'])

function creatorProblems(names: Names, creator: object, place: Place): LintProblem[] {
  // A mapper of a child's input is part of a chart, as in `invoke`.
  const parts = Object.entries(creator).filter(([key]) => !CREATOR_OWN.has(key) && key !== 'input')
  const holdsFunction = parts.some(([, part]) => typeof part === 'function')
  const refused = place.within === 'chart' && holdsFunction && names.inlineCreators === 'static'
  const { type, src, id, delay }: { type?: unknown; src?: unknown; id?: unknown; delay?: unknown } =
    Object.fromEntries(parts)
  return [
    ...(refused ? [inline('action', place.path)] : []),
    ...(typeof delay === 'string' ? delayNameProblems(names, delay, place.path) : []),
    ...(type === 'xstate.spawnChild' ? childProblems(names, { src, id }, place.path) : []),
  ]
}

/** A guard by name, by object with params, or `and`, `or`, `not`, `stateIn`. */
export function guardProblems(names: Names, guard: unknown, place: Place): LintProblem[] {
  if (guard === undefined) return []
  if (typeof guard !== 'function') return unknownName(names, 'guard', typeOf(guard), place.path)
  if ('guards' in guard && Array.isArray(guard.guards)) {
    // What `and`, `or` and `not` combine stands in the chart again, wherever they do.
    return guard.guards.flatMap((part) => guardProblems(names, part, place))
  }
  if ('stateValue' in guard) return stateInProblems(names, guard.stateValue, place.path)
  return place.within === 'chart' ? [inline('guard', place.path)] : []
}

function stateInProblems({ machine }: Names, stateValue: unknown, path: string): LintProblem[] {
  if (typeof stateValue !== 'string' || !stateValue.startsWith('#')) return []
  try {
    machine.getStateNodeById(stateValue)
    return []
  } catch {
    return [problem(path, 'unknown_state', `stateIn('${stateValue}') names a state that does not exist.`)]
  }
}

/** The name of a delay; a delay in figures needs none. */
export function delayNameProblems(names: Names, delay: string, path: string): LintProblem[] {
  return Number.isNaN(Number(delay)) ? unknownName(names, 'delay', delay, path) : []
}

/** What is invoked or spawned: a named actor under an explicit id. */
export function childProblems(
  names: Names,
  { src, id }: { src?: unknown; id?: unknown },
  path: string,
): LintProblem[] {
  const unnamed = problem(
    path,
    'missing_id',
    'This child has no explicit id; its done and error events need one.',
  )
  return [
    ...(typeof src === 'string' ? unknownName(names, 'actor', src, path) : [inline('actor', path)]),
    ...(id === undefined ? [unnamed] : []),
  ]
}

const typeOf = (reference: unknown): string =>
  typeof reference === 'object' && reference !== null && 'type' in reference
    ? String(reference.type)
    : String(reference)
