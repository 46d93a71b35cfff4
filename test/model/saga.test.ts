import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PhasePlan } from '../../src/model/lifecycle.ts'
import type { TaskEnd } from '../../src/model/phase.ts'
import { actedAfter, nameOf, undoneBy, without, type Step } from '../../src/model/saga.ts'
import { phasePlan, phaseResult, taskPlan } from '../machines/plans.ts'

const TASKS = ['order', 'sign', 'pack', 'look']
const plan: PhasePlan = phasePlan('BUY', {
  tasks: [
    taskPlan('order', { compensates: true }),
    taskPlan('sign', { irreversible: true }),
    taskPlan('pack', { compensates: true, irreversible: true }),
    taskPlan('look'),
  ],
})

const end = (status: TaskEnd['status'], output?: string): TaskEnd => ({
  status,
  attempts: 1,
  durationMs: 1,
  ...(output !== undefined && { output }),
})
const status = fc.constantFrom<TaskEnd['status']>('succeeded', 'failed', 'timed_out', 'cancelled')
/** One run: in which order its tasks have ended, and how. */
const run = fc.record({
  begun: fc.shuffledSubarray(TASKS.slice(0, 3)),
  how: fc.array(status, { minLength: 4, maxLength: 4 }),
  compensates: fc.boolean(),
})
const runs = fc.array(run, { minLength: 1, maxLength: 6 })

type Run = typeof run extends fc.Arbitrary<infer Value> ? Value : never

const statusOf = ({ how }: Run, task: string) => how[TASKS.indexOf(task)] ?? 'failed'

function actedIn(all: readonly Run[]): readonly Step[] {
  return all.reduce<readonly Step[]>((acted, one, index) => {
    const tasks = Object.fromEntries(
      TASKS.map((task) => {
        const ended = statusOf(one, task)
        return [task, ended === 'succeeded' ? end(ended, `ref:${task}-${index + 1}`) : end(ended)]
      }),
    )
    const result = phaseResult('BUY', index + 1, 'FAIL', { tasks, begun: one.begun })
    return actedAfter(acted, { ...plan, compensates: one.compensates }, result)
  }, [])
}

describe('what a run has done', () => {
  it('is every task that has begun and can be undone, however it ended, and what can never be once it is done', () => {
    fc.assert(
      fc.property(run, (one) => {
        const steps = actedIn([one])
        const expected = one.begun.filter((task) => task !== 'sign' || statusOf(one, task) === 'succeeded')
        expect(steps.map(({ task }) => task)).toEqual([...(one.compensates ? [null] : []), ...expected])
        for (const { task, isPivot, outputs } of steps) {
          if (task === null) continue
          const isDone = statusOf(one, task) === 'succeeded'
          expect(isPivot).toBe(isDone && task !== 'order')
          expect(outputs).toEqual(isDone ? { [task]: `ref:${task}-1` } : {})
        }
      }),
    )
  })

  it('is told anew by a run that went on after a pause', () => {
    const halted = phaseResult('BUY', 1, 'HALTED', { tasks: { order: end('cancelled') }, begun: ['order'] })
    const ended = phaseResult('BUY', 1, 'FAIL', {
      tasks: { order: end('succeeded', 'ref:o'), pack: end('failed') },
      begun: ['order', 'pack'],
    })
    const acted = actedAfter(actedAfter([], plan, halted), plan, ended)
    expect(acted.map(({ task, outputs }) => [task, outputs])).toEqual([
      ['order', { order: 'ref:o' }],
      ['pack', {}],
    ])
  })
})

describe('what is undone', () => {
  it('is all that was done since the newest result that stays, the latest first, and nothing of before', () => {
    fc.assert(
      fc.property(runs, fc.nat(6), (all, kept) => {
        const acted = actedIn(all)
        const undone = undoneBy(acted, kept === 0 ? {} : { BUY: { run: kept } })
        expect(undone.every((step) => step.run > kept)).toBe(true)
        expect([...acted.filter((step) => step.run <= kept), ...undone.toReversed()]).toEqual(acted)
      }),
    )
  })

  it('is not done any more, and the rest is', () => {
    fc.assert(
      fc.property(runs, fc.nat(), (all, chosen) => {
        const acted = actedIn(all)
        const gone = acted.filter((_, index) => (chosen >> index) % 2 === 1)
        const left = without(acted, gone.map(nameOf))
        expect(left).toEqual(acted.filter((step) => !gone.includes(step)))
      }),
    )
  })
})
