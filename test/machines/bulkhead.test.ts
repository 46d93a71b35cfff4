import { describe, expect, it } from 'vitest'
import { bulkheadMachine, type BulkheadEvent, type BulkheadInput } from '../../src/machines/bulkhead.ts'
import { coverageOf, lintMachine, pathsOf, replay, type ReplayOptions } from '../../src/testing/index.ts'
import { mutantOf } from './mutant.ts'

type Machine = typeof bulkheadMachine
type View = Parameters<NonNullable<ReplayOptions<Machine>['check']>>[0]

const inputs: readonly BulkheadInput[] = [0, 1, 3].map((queueMax) => ({ queueMax }))
const events: readonly BulkheadEvent[] = (
  ['WAIT', 'SERVED', 'TIMED_OUT', 'CANCELLED', 'REFUSED', 'RELEASED'] as const
).map((type) => ({ type }))

function oracleOf({ queueMax }: BulkheadInput): (view: View) => void {
  let line = 0
  let refused = false
  return ({ step, snapshot: { value, context } }) => {
    const type = step?.event.type
    if (type === 'WAIT') line = Math.min(queueMax, line + 1)
    if (type === 'SERVED' || type === 'TIMED_OUT' || type === 'CANCELLED') line = Math.max(0, line - 1)
    if (type === 'REFUSED') refused = true
    if (type === 'RELEASED') refused = false
    expect(context.waiting).toBe(line)
    expect(context.waiting).toBeLessThanOrEqual(queueMax)
    expect(context.waiting).toBeGreaterThanOrEqual(0)
    const isFull = queueMax === 0 ? refused : line === queueMax
    expect(value).toBe(isFull ? 'full' : line > 0 ? 'busy' : 'free')
  }
}

const pathsFor = (input: BulkheadInput, machine: Machine = bulkheadMachine) =>
  pathsOf(machine, { input, events })

describe('the bulkhead chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(bulkheadMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    const coverage = coverageOf(bulkheadMachine)
    for (const input of inputs)
      for (const path of pathsFor(input))
        replay(path, bulkheadMachine, { inspect: coverage.inspect, check: oracleOf(input) })
    coverage.assertComplete()
  })
})

describe('a bulkhead chart with a fault is caught by the rules', () => {
  const faultIn = (mutant: Machine): string => {
    for (const input of inputs)
      for (const path of pathsFor(input, mutant))
        try {
          replay(path, mutant, { check: oracleOf(input) })
        } catch (error) {
          return String(error)
        }
    return 'none'
  }

  it('when a cancelled caller stays in the queue', () => {
    const mutant = mutantOf(bulkheadMachine, ['states', 'busy', 'on', 'CANCELLED', 1, 'actions'], [])
    expect(faultIn(mutant)).toMatch(/the check says/)
  })

  it('when one caller too many may wait', () => {
    const fillsQueue = ({ context }: { context: { waiting: number; queueMax: number } }) =>
      context.waiting === context.queueMax
    expect(faultIn(bulkheadMachine.provide({ guards: { fillsQueue } }))).toMatch(/the check says/)
  })
})
