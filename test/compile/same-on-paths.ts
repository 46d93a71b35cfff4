/** Every generated path of a chart, walked by the chart and by its compiled twin. */

import { expect } from 'vitest'
import type { AnyStateMachine } from 'xstate'
import { explainCompilation } from '../../src/compile/index.ts'
import type { MachinePath } from '../../src/testing/index.ts'
import { expectSame } from './side-by-side.ts'

/** The nightly check walks all paths, also of charts that have thousands. */
const ALL = Boolean(process.env['STAGECRAFT_ALL_PATHS'])

/**
 * Fails where they differ in anything that can be seen, and for a chart that is not compiled at all. Of a chart with
 * thousands of long paths only one in so many is walked in every run.
 */
export function sameOnPaths(machine: AnyStateMachine, paths: readonly MachinePath[], oneIn = 1): void {
  expect(explainCompilation(machine)).toEqual({ compiled: true, reasons: [] })
  const walked = ALL ? paths : paths.filter((_, index) => index % oneIn === 0)
  for (const { input, steps } of walked)
    expectSame(machine, { input, stimuli: steps.map(({ event }) => event) })
}
