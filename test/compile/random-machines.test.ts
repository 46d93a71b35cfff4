import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnyStateMachine, EventObject } from 'xstate'
import { compile, explainCompilation } from '../../src/compile/index.ts'
import { buildMachine } from './build-machine.ts'
import { machineSpec, type Spec } from './machine-spec.ts'
import { expectSameLines, plain, record, type Stimulus } from './side-by-side.ts'

/** The nightly check asks for 200,000. */
const RUNS = Number(process.env['STAGECRAFT_MACHINES'] ?? 2_000)

/** A change is judged on the same machines each time; the nightly check, which says how many, draws new ones. */
const SEED = process.env['STAGECRAFT_MACHINES'] ? {} : { seed: 20_261_129 }

const ASKED: readonly EventObject[] = ['a', 'b', 'c.x', 'nothing'].map((type) => ({ type }))

function lines(
  { root, steps }: Spec,
  step: <T extends AnyStateMachine>(machine: T) => T,
  way: { readonly watched: boolean; readonly leanRoot: boolean },
) {
  const { machine, notes } = buildMachine(root, step)
  const stimuli = steps.map((one): Stimulus =>
    one === 'a' || one === 'b' || one === 'c.x' || one === 'c.y.z' ? { type: one } : one,
  )
  // The actors of these machines note what happens to them, so that they are not replaced by stand-ins.
  return record(machine, { stimuli, asked: ASKED, notes, actors: () => ({}), ...way })
}

/**
 * All that can be seen, with an inspector and without one, one of them with a root actor of XState's: each takes another
 * way through the code.
 */
function check(spec: Spec, stockRootIsWatched: boolean): void {
  for (const watched of [true, false]) {
    const way = { watched, leanRoot: watched !== stockRootIsWatched }
    expectSameLines(lines(spec, plain, way), lines(spec, compile, way))
  }
}

const explained = (spec: Spec) => explainCompilation(buildMachine(spec.root, plain).machine)

describe('random machines', () => {
  it(
    `do the same compiled as interpreted, whatever happens to them (${RUNS})`,
    () => {
      let compiled = 0
      const property = fc.property(
        machineSpec({ parallel: false, history: false }),
        fc.boolean(),
        (spec, watched) => {
          if (explained(spec).compiled) compiled += 1
          check(spec, watched)
        },
      )
      fc.assert(property, { numRuns: RUNS, ...SEED })
      expect(compiled).toBeGreaterThanOrEqual(RUNS)
    },
    RUNS * 100,
  )

  it(
    'with parallel or history states are left to the interpreter as a whole, and do the same',
    () => {
      let left = 0
      const property = fc.property(
        machineSpec({ parallel: true, history: true }),
        fc.boolean(),
        (spec, watched) => {
          const { compiled, reasons } = explained(spec)
          if (!compiled) left += 1
          expect(compiled).toBe(reasons.length === 0)
          check(spec, watched)
        },
      )
      const runs = Math.ceil(RUNS / 8)
      fc.assert(property, { numRuns: runs, ...SEED })
      expect(left).toBeGreaterThan(runs / 10)
    },
    RUNS * 100,
  )
})
