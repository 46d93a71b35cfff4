/** What the tests of charts have in common: every generated path under rules of their own, and faults that the rules catch. */

import type { AnyStateMachine } from 'xstate'
import { sameOnPaths } from '../compile/same-on-paths.ts'
import {
  coverageOf,
  replay,
  type MachinePath,
  type PathEvent,
  type ReplayOptions,
} from '../../src/testing/index.ts'

/** Paths of a chart, or of a faulty copy of it, and the rules that hold on them: made anew for each path. */
export type Walk<TMachine extends AnyStateMachine> = {
  readonly pathsFor: (machine: TMachine) => readonly MachinePath<PathEvent<TMachine>>[]
  readonly rules: () => NonNullable<ReplayOptions<TMachine>['check']>
}

/** Throws where a rule is broken, a state or a transition is never met, or the compiled chart does something else. */
export function walkAll<TMachine extends AnyStateMachine>(
  machine: TMachine,
  walks: readonly Walk<TMachine>[],
): void {
  const coverage = coverageOf(machine)
  for (const { pathsFor, rules } of walks) {
    const paths = pathsFor(machine)
    for (const path of paths) replay(path, machine, { inspect: coverage.inspect, check: rules() })
    sameOnPaths(machine, paths)
  }
  coverage.assertComplete()
}

/** What the rules say of the first path that breaks one; `none` where they hold on all. */
export function faultIn<TMachine extends AnyStateMachine>(
  mutant: TMachine,
  walks: readonly Walk<TMachine>[],
): string {
  for (const { pathsFor, rules } of walks)
    for (const path of pathsFor(mutant))
      try {
        replay(path, mutant, { check: rules() })
      } catch (error) {
        return String(error)
      }
  return 'none'
}
