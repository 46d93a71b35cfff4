import { describe, expect, it } from 'vitest'
import { adaptiveLimitMachine, type AdaptiveLimitEvent } from '../../src/machines/adaptive-limit.ts'
import { lintMachine, pathsOf, type ReplayOptions } from '../../src/testing/index.ts'
import { mutantOf } from './mutant.ts'
import { faultIn, type Walk, walkAll } from './walks.ts'

type Machine = typeof adaptiveLimitMachine
type View = Parameters<NonNullable<ReplayOptions<Machine>['check']>>[0]

const input = { coolMs: 10 }
const events: readonly AdaptiveLimitEvent[] = [0, 9, 10, 25].flatMap((at) => [
  { type: 'CONGESTED' as const, at },
  { type: 'WENT_WELL' as const, at },
])

function oracle(): (view: View) => void {
  let coolAt: number | undefined
  return ({ step, snapshot: { value, context } }) => {
    // Only events of its own are sent here.
    const event = step?.event as AdaptiveLimitEvent | undefined
    const counts = event !== undefined && (coolAt === undefined || event.at >= coolAt)
    if (counts) coolAt = event.type === 'CONGESTED' ? event.at + input.coolMs : undefined
    expect(value).toBe(coolAt === undefined ? 'increasing' : 'cooling')
    if (coolAt !== undefined) expect(context.coolAt).toBe(coolAt)
  }
}

const walks: readonly Walk<Machine>[] = [
  { pathsFor: (machine) => pathsOf(machine, { input, events }), rules: oracle },
]

describe('the chart of an adaptive limit', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(adaptiveLimitMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    walkAll(adaptiveLimitMachine, walks)
  })

  it('is caught by the rules when it lowers the limit again for the same congestion', () => {
    const place = ['states', 'cooling', 'on', 'CONGESTED', 'guard']
    const mutant = mutantOf(adaptiveLimitMachine, place, () => true)
    expect(faultIn(mutant, walks)).toMatch(/the check says/)
  })
})
