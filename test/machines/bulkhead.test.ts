import { describe, expect, it } from 'vitest'
import { bulkheadMachine, type BulkheadEvent, type BulkheadInput } from '../../src/machines/bulkhead.ts'
import { lintMachine, pathsOf, type ReplayOptions } from '../../src/testing/index.ts'
import { mutantOf } from './mutant.ts'
import { faultIn, type Walk, walkAll } from './walks.ts'

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

const walks: readonly Walk<Machine>[] = inputs.map((input) => ({
  pathsFor: (machine) => pathsOf(machine, { input, events }),
  rules: () => oracleOf(input),
}))

describe('the bulkhead chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(bulkheadMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    walkAll(bulkheadMachine, walks)
  })
})

describe('a bulkhead chart with a fault is caught by the rules', () => {
  it('when a cancelled caller stays in the queue', () => {
    const mutant = mutantOf(bulkheadMachine, ['states', 'busy', 'on', 'CANCELLED', 1, 'actions'], [])
    expect(faultIn(mutant, walks)).toMatch(/the check says/)
  })

  it('when one caller too many may wait', () => {
    const fillsQueue = ({ context }: { context: { waiting: number; queueMax: number } }) =>
      context.waiting === context.queueMax
    expect(faultIn(bulkheadMachine.provide({ guards: { fillsQueue } }), walks)).toMatch(/the check says/)
  })
})
