import { describe, expect, it } from 'vitest'
import type { CriticResult } from '../../src/model/critic-result.ts'
import type { Cut } from '../../src/model/review.ts'
import { DEFAULT_RULES } from '../../src/model/verdict.ts'
import { reviewMachine, type ReviewMachineInput, type ReviewOutput } from '../../src/machines/review.ts'
import type { StageOutput } from '../../src/machines/stage.ts'
import {
  afterEvent,
  coverageOf,
  doneEvent,
  lintMachine,
  pathsOf,
  replay,
  type PathEvent,
} from '../../src/testing/index.ts'
import { input, options as critic, planOf, resultOf } from './samples.ts'
import { expectSame } from '../compile/side-by-side.ts'

const plan = planOf(
  { name: 'early', stage: 'FAST_CRITICS' },
  { name: 'core', stage: 'CORE_ANALYSIS' },
  { name: 'late', stage: 'VALIDATION' },
)
const names = ['early', 'core', 'late']
const base: ReviewMachineInput = {
  plan,
  run: 1,
  input,
  options: {
    reviewMs: 60_000,
    shortCircuit: true,
    rules: DEFAULT_RULES,
    stage: { critic, gating: true, perStageMs: {}, reviewMs: 60_000 },
  },
}
const inputs: readonly ReviewMachineInput[] = [
  base,
  { ...base, refused: { as: 'rejected', reason: 'reviews_full' } },
]

const cut: Cut = { as: 'cancelled', reason: 'enough' }

const stageOutput = (position: number, over: Partial<CriticResult>): StageOutput => ({
  results: [resultOf(plan, names[position]!, over)],
  summary: { stage: plan.stages[position]!.stage, ends: { success: 1 }, durationMs: 0 },
})

type Machine = typeof reviewMachine
type Snapshot = ReturnType<Machine['getInitialSnapshot']>

/** The running stage can settle; in a cut every stage that has not, in any order. */
function eventsIn({ context, value }: Snapshot): readonly PathEvent<Machine>[] {
  const open = plan.stages.flatMap(({ stage }, position) =>
    context.stages.some((summary) => summary.stage === stage) ? [] : [position],
  )
  const settling = value === 'running' ? open.slice(0, 1) : open
  return [
    { type: 'CUT', cut },
    ...(value === 'running' ? [afterEvent('reviewTimeout', 'review.running')] : []),
    ...settling.flatMap((position) => [
      doneEvent(`stage.${position}`, stageOutput(position, {})),
      doneEvent(`stage.${position}`, stageOutput(position, { finding: { severity: 3 } })),
    ]),
  ]
}

type View = Parameters<NonNullable<NonNullable<Parameters<typeof replay<Machine>>[2]>['check']>>[0]

function oracle({ snapshot, children, timers }: View): void {
  const { status, value, context } = snapshot
  const told = children.map((child) => child.received.map((event) => event.type))
  // Stages run one after the other: a stage is told to run only once all earlier ones have settled.
  for (const [position, types] of told.entries()) {
    expect(types.filter((type) => type === 'RUN').length).toBeLessThanOrEqual(1)
    if (types.includes('RUN')) expect(context.stages.length).toBeGreaterThanOrEqual(position)
    if (types.includes('CUT')) expect(types.at(-1)).toBe('CUT')
  }
  if (status === 'active') {
    expect(timers.length).toBe(value === 'running' ? 1 : 0)
    return
  }
  const { results, stages } = snapshot.output as ReviewOutput
  expect(results.map((result) => result.critic)).toEqual(names)
  expect(stages.map((summary) => summary.stage)).toEqual(plan.stages.map((own) => own.stage))
  expect(timers).toEqual([])
}

describe('the review chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(reviewMachine)).toEqual([])
  })

  it('takes every transition on generated paths, and runs its stages in order', () => {
    const coverage = coverageOf(reviewMachine)
    for (const start of inputs)
      for (const path of pathsOf(reviewMachine, { input: start, events: eventsIn }))
        replay(path, reviewMachine, { inspect: coverage.inspect, check: oracle })
    coverage.assertComplete()
  })

  it('does what it does under the interpreter on every generated path', () => {
    for (const start of inputs)
      for (const { steps } of pathsOf(reviewMachine, { input: start, events: eventsIn }))
        expectSame(reviewMachine, { input: start, stimuli: steps.map((step) => step.event) })
  })

  it('has as many paths as when they were last counted by hand', () => {
    expect(inputs.map((start) => pathsOf(reviewMachine, { input: start, events: eventsIn }).length))
      .toMatchInlineSnapshot(`
      [
        251,
        110,
      ]
    `)
  })

  it('skips later stages only when it is told to and the verdict is deny', () => {
    const running = (path: { steps: readonly { value: unknown }[] }) => path.steps[0]?.value
    const denied = pathsOf(reviewMachine, { input: base, events: eventsIn }).filter(({ steps }) => {
      const [event] = steps.map((step) => step.event)
      return event?.type === 'xstate.done.actor.stage.0' && JSON.stringify(event).includes('"severity":3')
    })
    expect(new Set(denied.map(running))).toEqual(new Set(['cutting']))
    const patient = { ...base, options: { ...base.options, shortCircuit: false } }
    const others = pathsOf(reviewMachine, { input: patient, events: eventsIn }).filter(
      ({ steps }) => steps[0]?.event.type === 'xstate.done.actor.stage.0',
    )
    expect(new Set(others.map(running))).toEqual(new Set(['running']))
  })
})
