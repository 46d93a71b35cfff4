import { describe, expect, it } from 'vitest'
import { sagaRunMachine, type SagaRunInput, type SagaStepPlan } from '../../src/machines/saga-run.ts'
import { afterEvent, doneEvent, lintMachine, pathsOf, type ReplayOptions } from '../../src/testing/index.ts'
import { mutantOf } from './mutant.ts'
import { faultIn, type Walk, walkAll } from './walks.ts'

type Machine = typeof sagaRunMachine
type View = Parameters<NonNullable<ReplayOptions<Machine>['check']>>[0]

const plain: SagaStepPlan = { undoable: true, irreversible: false }
const pivot: SagaStepPlan = { undoable: false, irreversible: true }
const silent: SagaStepPlan = { undoable: false, irreversible: false }
const LINGER_MS = 50
const inputs: readonly SagaRunInput[] = [
  [plain, plain, plain],
  [plain, pivot, plain],
  [plain, silent],
].map((steps) => ({ steps, lingerMs: LINGER_MS }))

const events = [
  { type: 'CANCEL' },
  doneEvent('step', { succeeded: true, begun: true }),
  doneEvent('step', { succeeded: false, begun: true }),
  doneEvent('step', { succeeded: false, begun: false }),
  doneEvent('compensate', { undone: true }),
  doneEvent('compensate', { undone: false }),
  afterEvent('linger', 'saga-run.doing.cut'),
] as const

/** The books that somebody keeps who sees only which children began, and how they ended. */
function oracleOf({ steps }: SagaRunInput): (view: View) => void {
  const done: number[] = []
  const suspect: number[] = []
  let undone: number[] = []
  let failed: number[] = []
  let isCancelled = false
  return ({ step, snapshot, children, timers }) => {
    const runs = children.filter(({ src }) => src === 'step')
    const undoings = children.filter(({ src }) => src === 'compensate')
    const event = step?.event
    if (event?.type === 'CANCEL' && undoings.length === 0 && snapshot.status === 'active') isCancelled = true
    if (event?.type === 'xstate.done.actor.step') {
      const { succeeded, begun } = (event as { output: { succeeded: boolean; begun: boolean } }).output
      const which = done.length
      if (succeeded) done.push(which)
      else if (begun) suspect.push(which)
    }
    if (event?.type.startsWith('xstate.after.linger')) suspect.push(done.length)
    // Steps are run in their order, each once, and none while anything is undone.
    expect(runs.map(({ input }) => input)).toEqual(runs.map((_, index) => ({ step: index })))
    expect(children.filter(({ status }) => status === 'running').length).toBeLessThanOrEqual(1)
    // A cancelled saga waits for the step under way, and begins no other.
    if (isCancelled && undoings.length === 0 && snapshot.status === 'active')
      expect(snapshot.matches({ doing: 'cut' })).toBe(true)
    const touched = [...done, ...suspect].toReversed()
    const barrier = done.findLast((index) => steps[index]?.irreversible)
    const due = touched.filter(
      (index) => steps[index]?.undoable && (barrier === undefined || index > barrier),
    )
    // What is undone goes backwards, and never behind the barrier.
    expect(undoings.map(({ input }) => (input as { step: number }).step)).toEqual(
      due.slice(0, undoings.length),
    )
    if (event?.type === 'xstate.done.actor.compensate') {
      const which = due[undone.length + failed.length] ?? NaN
      if ((event as { output: { undone: boolean } }).output.undone) undone = [...undone, which]
      else failed = [...failed, which]
    }
    expect([snapshot.context.undone, snapshot.context.failed]).toEqual([undone, failed])
    expect(timers).toEqual(snapshot.matches({ doing: 'cut' }) ? [LINGER_MS] : [])
    if (snapshot.status !== 'done') return
    const isComplete = done.length === steps.length && !isCancelled
    expect(undone.length + failed.length).toBe(isComplete ? 0 : due.length)
    expect(snapshot.value).toBe(
      isComplete
        ? 'COMPLETED'
        : failed.length > 0
          ? 'COMPENSATION_FAILED'
          : barrier === undefined
            ? 'COMPENSATED'
            : 'IRREVERSIBLE',
    )
  }
}

const walks: readonly Walk<Machine>[] = inputs.map((input) => ({
  pathsFor: (machine) => pathsOf(machine, { input, events }),
  rules: () => oracleOf(input),
}))

describe('the chart of a saga in one process', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(sagaRunMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    walkAll(sagaRunMachine, walks)
  })
})

describe('a saga chart with a fault is caught by the rules', () => {
  it('when it calls itself compensated although a compensation failed', () => {
    const hasFailed = () => false
    expect(faultIn(sagaRunMachine.provide({ guards: { hasFailed } }), walks)).toMatch(/the check says/)
  })

  it('when a cancellation goes on to the next step', () => {
    const place = ['states', 'doing', 'states', 'running', 'on', 'CANCEL']
    expect(faultIn(mutantOf(sagaRunMachine, place, 'running'), walks)).toMatch(/the check says/)
  })

  it('when it undoes behind what is irreversible', () => {
    const isBarred = () => false
    expect(faultIn(sagaRunMachine.provide({ guards: { isBarred } }), walks)).toMatch(/the check says/)
  })
})
