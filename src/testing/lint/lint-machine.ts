/** The lint: what neither the compiler nor XState checks in a chart, so that it is found before it runs. */

import type { AnyStateMachine } from 'xstate'
import { nodesWithin } from '../state-nodes.ts'
import { boundProblems } from './bound-problems.ts'
import { implementationProblems } from './implementation-problems.ts'
import type { LintProblem } from './lint-problem.ts'
import type { Names } from './name-problems.ts'
import { nodeProblems } from './node-problems.ts'
import { wayProblems } from './way-problems.ts'

export type LintOptions = {
  /**
   * Action creators written into the chart. `static` (default) accepts those that hold no function
   * (`raise({ type })`, `stopChild('id')`), as they read like the chart itself; `any` also those that do
   * (`assign`, `enqueueActions`). A function of one's own is never accepted: name it in `setup()`.
   */
  readonly inlineCreators?: 'static' | 'any'
  /** Ids of states that may rest for ever without being final. */
  readonly deadEnds?: readonly string[]
}

/**
 * Checks a machine with its implementations provided. Empty when it is sound; never throws. Targets of transitions
 * are not here: `createMachine` refuses unknown ones itself. What happens inside functions (`enqueueActions`,
 * `spawn` in an `assign`) cannot be seen.
 */
export function lintMachine(machine: AnyStateMachine, options: LintOptions = {}): LintProblem[] {
  const names: Names = { machine, inlineCreators: options.inlineCreators ?? 'static' }
  return [
    ...implementationProblems(names),
    ...nodesWithin(machine.root).flatMap((node) => nodeProblems(names, node)),
    ...wayProblems(machine, options.deadEnds ?? []),
    ...boundProblems(machine),
  ]
}
