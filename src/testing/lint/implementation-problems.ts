/** Implementations: names that creators and combined guards mention inside `setup()`. */

import type { LintProblem } from './lint-problem.ts'
import { actionProblems, guardProblems, type Names, type Place } from './name-problems.ts'

const at = (kind: string, name: string): Place => ({
  path: `implementations.${kind}.${name}`,
  within: 'implementation',
})

export function implementationProblems(names: Names): LintProblem[] {
  const { actions, guards, delays } = names.machine.implementations
  return [
    // An implementation that is undefined is none; it is reported where its name is used.
    ...present(actions).flatMap(([name, action]) => actionProblems(names, action, at('actions', name))),
    ...present(guards).flatMap(([name, guard]) => guardProblems(names, guard, at('guards', name))),
    ...present(delays).flatMap(([name, delay]) => delayProblems(delay, at('delays', name).path)),
  ]
}

const present = (implementations: object): [string, unknown][] =>
  Object.entries(implementations).filter(([, implementation]) => implementation !== undefined)

/** A delay that is no number counts as none, which fires at once. */
function delayProblems(delay: unknown, path: string): LintProblem[] {
  if (typeof delay === 'function' || (typeof delay === 'number' && !Number.isNaN(delay))) return []
  const message =
    'A delay must be a number of milliseconds or a function that gives one; XState would fire this at once.'
  return [{ path, kind: 'unknown_delay', message }]
}
