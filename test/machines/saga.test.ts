import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/model/limits.ts'
import { nameOf, type SagaOutcome, type Step } from '../../src/model/saga.ts'
import { sagaMachine, type CompensateEnd, type SagaInput } from '../../src/machines/saga.ts'
import {
  afterEvent,
  doneEvent,
  lintMachine,
  pathsOf,
  replay,
  type ReplayOptions,
} from '../../src/testing/index.ts'
import { mutantOf } from './mutant.ts'
import { faultIn, type Walk, walkAll } from './walks.ts'

type Machine = typeof sagaMachine
type View = Parameters<NonNullable<ReplayOptions<Machine>['check']>>[0]

const step = (task: string | null, isPivot = false): Step => ({
  phase: 'BUY',
  run: 3,
  task,
  outputs: task === null ? {} : { [task]: `ref:${task}` },
  isPivot,
})

/** The latest first, as a saga undoes them. */
const inputs: Readonly<Record<string, SagaInput>> = {
  'nothing to undo': { steps: [] },
  'two tasks and their phase': { steps: [step('ship'), step('pay'), step(null)] },
  'a step between that stays': { steps: [step('ship'), step('sign', true), step('pay')] },
  'a step at the end that stays': { steps: [step('sign', true), step('pay')] },
}

const events = [
  doneEvent('compensate', { failure: null }),
  doneEvent('compensate', { failure: 'ref:stuck' }),
  afterEvent('pause', 'saga.waiting'),
] as const

const walks: readonly Walk<Machine>[] = Object.values(inputs).map((input) => ({
  pathsFor: (machine) => pathsOf(machine, { input, events }),
  rules: () => oracleOf(input),
}))

const RETRIES_MAX = 2
const PAUSES_MS = [1_000, 2_000]

/** From the ends of the work alone: what is undone, what is not, how often each was tried, and what has to come of it. */
function oracleOf({ steps }: SagaInput): (view: View) => void {
  const stop = steps.findIndex(({ isPivot }) => isPivot)
  const open = stop < 0 ? steps : steps.slice(0, stop)
  const undone: Step[] = []
  const failed: Step[] = []
  let tries = 0
  let isPausing = false
  const facts: string[] = []
  return ({ step: made, snapshot, children, timers, emitted }) => {
    isPausing = false
    if (made?.event.type === 'xstate.done.actor.compensate') {
      const { failure } = (made.event as unknown as { output: CompensateEnd }).output
      const now = open[undone.length + failed.length] as Step
      tries += 1
      if (failure === null) undone.push(now)
      else if (tries > RETRIES_MAX) failed.push(now)
      if (failure === null) facts.push('COMPENSATION_COMPLETED')
      else if (tries > RETRIES_MAX) facts.push('COMPENSATION_FAILED')
      isPausing = failure !== null && tries <= RETRIES_MAX
      if (undone.includes(now) || failed.includes(now)) tries = 0
    }
    const next = open[undone.length + failed.length]
    const running = children.filter(({ status }) => status === 'running')
    expect(running.length + timers.length, 'one thing at a time').toBe(next ? 1 : 0)
    if (isPausing) expect(timers).toEqual([PAUSES_MS[tries - 1]])
    else if (next) {
      expect(running[0]?.input).toEqual(next)
      facts.push('COMPENSATION_STARTED')
    }
    const end = ended(next !== undefined, failed.length > 0, stop >= 0)
    if (end === 'IRREVERSIBLE') facts.push('COMPENSATION_IRREVERSIBLE')
    expect(snapshot.status).toBe(end ? 'done' : 'active')
    if (end)
      expect(snapshot.output).toEqual({
        end,
        undone: undone.map(nameOf),
        failed: failed.map((one) => ({ ...nameOf(one), message: 'ref:stuck' })),
        irreversible: stop < 0 ? null : nameOf(steps[stop] as Step),
      } satisfies SagaOutcome)
    expect(emitted.map(({ type }) => type)).toEqual(facts.splice(0))
    for (const { payload } of emitted) expect(payload).toMatchObject({ phase: 'BUY', run: 3 })
  }
}

function ended(isGoingOn: boolean, hasFailed: boolean, stops: boolean): SagaOutcome['end'] | undefined {
  if (isGoingOn) return undefined
  if (hasFailed) return 'COMPENSATION_FAILED'
  return stops ? 'IRREVERSIBLE' : 'COMPENSATED'
}

describe('the saga chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(sagaMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its rules hold at each step', () => {
    walkAll(sagaMachine, walks)
  })

  it('tries as often, with such pauses, as the limits say', () => {
    expect(LIMITS.compensation).toEqual({
      retriesMax: RETRIES_MAX,
      backoff: { baseMs: PAUSES_MS[0], factor: 2, maxMs: 60_000, jitter: 'none' },
    })
  })

  it('keeps what the phase itself does apart from its tasks', () => {
    const told: unknown[] = []
    const { steps } = inputs['two tasks and their phase'] as SagaInput
    const undone = doneEvent('compensate', { failure: null })
    const path = pathsOf(sagaMachine, { input: { steps: steps.slice(1) }, events: [undone] }).at(-1)
    replay(path!, sagaMachine, { check: ({ emitted }) => void told.push(...emitted) })
    const payloads = told.map((fact) => (fact as { payload: unknown }).payload)
    expect(payloads).toEqual([
      { phase: 'BUY', run: 3, task: 'pay', attempt: 1, after: null },
      { phase: 'BUY', run: 3, task: 'pay' },
      { phase: 'BUY', run: 3, attempt: 1, after: null },
      { phase: 'BUY', run: 3 },
    ])
  })
})

describe('a saga chart with a fault is caught by the rules', () => {
  const choices = ['states', 'choosing', 'always']

  it.each([
    ['it says all is undone where something failed', [...choices, 0, 'target'], 'COMPENSATED'],
    ['it undoes what cannot be undone', [...choices, 1, 'target'], 'undoing'],
    [
      'it gives up after the first failure',
      ['states', 'undoing', 'invoke', 'onDone', 2, 'target'],
      'COMPENSATION_FAILED',
    ],
    ['it forgets to say what it begins', ['states', 'undoing', 'entry'], ['count']],
    ['it tries again without a pause', ['states', 'undoing', 'invoke', 'onDone', 1, 'target'], 'choosing'],
  ])('when %s', (_, place, value) => {
    expect(faultIn(mutantOf(sagaMachine, place, value), walks)).toMatch(/the check says/)
  })

  it('when it tries once too often', () => {
    const retriesLeft = ({ context }: { context: { attempts: number } }) =>
      context.attempts <= RETRIES_MAX + 1
    expect(faultIn(sagaMachine.provide({ guards: { retriesLeft } }), walks)).toMatch(/the check says/)
  })

  it('when it passes over a step that failed', () => {
    const place = ['states', 'undoing', 'invoke', 'onDone', 2, 'actions']
    expect(faultIn(mutantOf(sagaMachine, place, ['sayFailed', 'noteUndone']), walks)).toMatch(
      /the check says/,
    )
  })
})
