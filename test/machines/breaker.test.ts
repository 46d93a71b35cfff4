import { describe, expect, it } from 'vitest'
import { breakerMachine, type BreakerEvent, type BreakerInput } from '../../src/machines/breaker.ts'
import { lintMachine, pathsOf, replay, type ReplayOptions } from '../../src/testing/index.ts'
import { mutantOf } from './mutant.ts'
import { faultIn, type Walk, walkAll } from './walks.ts'

type Machine = typeof breakerMachine
type View = Parameters<NonNullable<ReplayOptions<Machine>['check']>>[0]

const OPEN_MS = 100
const inputs: readonly BreakerInput[] = [
  { openMs: OPEN_MS, trialsMax: 1, successesToClose: 1 },
  { openMs: OPEN_MS, trialsMax: 2, successesToClose: 3 },
  { openMs: OPEN_MS, trialsMax: 3, successesToClose: 2 },
]

const events: readonly BreakerEvent[] = [
  { type: 'TRIP', at: 0 },
  { type: 'TRIP', at: 0, openMs: 20 },
  { type: 'RESET' },
  { type: 'TRIAL', at: 19 },
  { type: 'TRIAL', at: 20 },
  { type: 'TRIAL', at: 100 },
  { type: 'TRIAL', at: 200 },
  { type: 'TRIAL_SUCCEEDED' },
  { type: 'TRIAL_FAILED', at: 0 },
  { type: 'TRIAL_DROPPED' },
]

/** What anybody would write down who watches the events alone. */
function oracleOf({ trialsMax, successesToClose }: BreakerInput): (view: View) => void {
  const closed = { state: 'CLOSED', openUntil: 0, underWay: 0, succeeded: 0, triedAt: 0 }
  let notes = closed
  const opened = (openUntil: number) => ({ ...closed, state: 'OPEN', openUntil })
  const heard = (event: BreakerEvent): typeof notes => {
    const { state, openUntil, underWay, succeeded, triedAt } = notes
    if (event.type === 'RESET') return closed
    if (event.type === 'TRIP') return opened(event.at + (event.openMs ?? OPEN_MS))
    if (event.type === 'TRIAL') {
      const isFirst = state === 'OPEN' && event.at >= openUntil
      const isOneMore = state === 'HALF_OPEN' && underWay < trialsMax
      if (isFirst || isOneMore)
        return { ...notes, state: 'HALF_OPEN', underWay: underWay + 1, triedAt: event.at }
      // All slots are taken by trials that hang.
      return state === 'HALF_OPEN' && event.at >= triedAt + OPEN_MS ? opened(event.at + OPEN_MS) : notes
    }
    if (underWay === 0) return notes
    if (event.type === 'TRIAL_FAILED') return opened(event.at + OPEN_MS)
    if (event.type === 'TRIAL_DROPPED') return { ...notes, underWay: underWay - 1 }
    return succeeded + 1 === successesToClose
      ? closed
      : { ...notes, underWay: underWay - 1, succeeded: succeeded + 1 }
  }
  return ({ step, snapshot: { value, context }, timers }) => {
    // Only events of its own are sent here.
    if (step) notes = heard(step.event as BreakerEvent)
    expect(value).toBe(notes.state)
    expect(timers).toEqual([])
    expect(context.trials).toBeLessThanOrEqual(trialsMax)
    if (value !== 'CLOSED')
      expect([context.trials, context.successes]).toEqual([notes.underWay, notes.succeeded])
    if (value === 'OPEN') expect(context.retryAt).toBe(notes.openUntil)
  }
}

const walks: readonly Walk<Machine>[] = inputs.map((input) => ({
  pathsFor: (machine) => pathsOf(machine, { input, events }),
  rules: () => oracleOf(input),
}))

describe('the breaker chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(breakerMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    walkAll(breakerMachine, walks)
  })

  it('can be closed again from wherever it is, with trials alone', () => {
    for (const input of inputs)
      for (const path of pathsOf(breakerMachine, { input, events })) {
        const { actor, stop } = replay(path, breakerMachine, { keepRunning: true })
        for (let round = 0; round < 10 && actor.getSnapshot().value !== 'CLOSED'; round += 1) {
          actor.send({ type: 'TRIAL', at: 1_000 * (round + 1) })
          actor.send({ type: 'TRIAL_SUCCEEDED' })
        }
        expect(actor.getSnapshot().value).toBe('CLOSED')
        stop()
      }
  })
})

describe('a breaker chart with a fault is caught by the rules', () => {
  it('when a cancelled trial keeps its slot', () => {
    const mutant = mutantOf(breakerMachine, ['states', 'HALF_OPEN', 'on', 'TRIAL_DROPPED', 'actions'], [])
    expect(faultIn(mutant, walks)).toMatch(/the check says/)
  })

  it('when it lets one trial too many through', () => {
    const hasSlot = ({ context }: { context: BreakerInput & { trials: number } }) =>
      context.trials <= context.trialsMax
    expect(faultIn(breakerMachine.provide({ guards: { hasSlot } }), walks)).toMatch(/the check says/)
  })

  it('when a success does not end its trial, so that it can never close', () => {
    const place = ['states', 'HALF_OPEN', 'on', 'TRIAL_SUCCEEDED', 1, 'actions']
    expect(faultIn(mutantOf(breakerMachine, place, 'countSuccess'), walks)).toMatch(/the check says/)
  })

  it('when it opens without a time', () => {
    const place = ['states', 'HALF_OPEN', 'on', 'TRIAL_FAILED', 'actions']
    expect(faultIn(mutantOf(breakerMachine, place, 'forget'), walks)).toMatch(/the check says/)
  })
})
