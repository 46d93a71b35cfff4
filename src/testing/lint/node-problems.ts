/** One state: the names its entry, exit, transitions, children and delays mention, and its initial state. */

import type { AnyTransitionDefinition } from 'xstate'
import { initialOf, transitionsOf, type ChartNode } from '../state-nodes.ts'
import type { LintProblem } from './lint-problem.ts'
import {
  actionProblems,
  childProblems,
  delayNameProblems,
  guardProblems,
  type Names,
} from './name-problems.ts'

export function nodeProblems(names: Names, node: ChartNode): LintProblem[] {
  return [
    ...ownActions(node).flatMap(([where, action]) =>
      actionProblems(names, action, { path: `${node.id} ${where}`, within: 'chart' }),
    ),
    ...transitionsOf(node).flatMap(({ key, transition }) => transitionProblems(names, key, transition)),
    ...routeProblems(names, node),
    ...listOf(node.config.invoke).flatMap((child, index) =>
      childProblems(names, Object(child), `${node.id} invoke ${index}`),
    ),
    ...Object.keys(node.config.after ?? {}).flatMap((delay) =>
      delayNameProblems(names, delay, `${node.id} after ${delay}`),
    ),
    ...shadowProblems(node),
    ...initialProblems(node),
  ]
}

/** From the config: XState adds the timers of `after` to `node.entry` and `node.exit`. */
function ownActions({ config }: ChartNode): [string, unknown][] {
  const initial: unknown = config.initial
  const withInitial =
    typeof initial === 'object' && initial !== null && 'actions' in initial ? initial.actions : []
  return [
    ...listOf(config.entry).map((action): [string, unknown] => ['entry', action]),
    ...listOf(config.exit).map((action): [string, unknown] => ['exit', action]),
    ...listOf(withInitial).map((action): [string, unknown] => ['initial', action]),
  ]
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** XState makes the guard of a route itself, around the one of the config. */
const ROUTE = 'xstate.route'

function transitionProblems(names: Names, path: string, transition: AnyTransitionDefinition): LintProblem[] {
  const place = { path, within: 'chart' } as const
  return [
    ...transition.actions.flatMap((action) => actionProblems(names, action, place)),
    ...(transition.eventType === ROUTE ? [] : guardProblems(names, transition.guard, place)),
  ]
}

function routeProblems(names: Names, node: ChartNode): LintProblem[] {
  const route: unknown = Reflect.get(node.config, 'route')
  const guard: unknown = Reflect.get(Object(route), 'guard')
  return guardProblems(names, guard, { path: `${node.id} route`, within: 'chart' })
}

function shadowProblems(node: ChartNode): LintProblem[] {
  const lists = [...node.transitions.values(), node.always ?? []]
  const shadowed = new Set(
    lists.flatMap((list) => {
      const open = list.findIndex((transition) => transition.guard === undefined)
      return open < 0 ? [] : list.slice(open + 1)
    }),
  )
  const message =
    'A transition without a guard stands before this one, so it is never taken. Put that one last.'
  return transitionsOf(node)
    .filter(({ transition }) => shadowed.has(transition))
    .map(({ key }) => ({ path: key, kind: 'shadowed', message }))
}

function initialProblems(node: ChartNode): LintProblem[] {
  const path = `${node.id} initial`
  if (node.type !== 'compound') return []
  if (initialOf(node).length > 0) return []
  const children = Object.keys(node.states).join(', ')
  return [
    {
      path,
      kind: 'unknown_state',
      message: `\`initial\` names none of the states here, which are ${children}.`,
    },
  ]
}
