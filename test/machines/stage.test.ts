import { describe, expect, it } from 'vitest'
import type { CriticResult } from '../../src/model/critic-result.ts'
import type { Cut } from '../../src/model/review.ts'
import {
  settledNow,
  stageMachine,
  type StageMachineInput,
  type StageOptions,
  type StageOutput,
} from '../../src/machines/stage.ts'
import {
  afterEvent,
  coverageOf,
  doneEvent,
  errorEvent,
  lintMachine,
  pathsOf,
  replay,
  type PathEvent,
} from '../../src/testing/index.ts'
import { input, options as critic, planOf, resultOf } from './samples.ts'

const plan = planOf(
  { name: 'early', stage: 'FAST_CRITICS' },
  { name: 'first', stage: 'CORE_ANALYSIS' },
  { name: 'after', stage: 'CORE_ANALYSIS', dependsOn: ['first'] },
  { name: 'gated', stage: 'CORE_ANALYSIS', policy: 'ON_VIOLATION' },
)
const stage = plan.stages[1]!
const options: StageOptions = { critic, gating: true, perStageMs: {}, reviewMs: 60_000 }
const machineInput: StageMachineInput = { stage, plan, run: 1, input, options }

const cuts: readonly Cut[] = [
  { as: 'timeout', scope: 'review' },
  { as: 'cancelled', reason: 'enough' },
]
const violation = { finding: { violations: ['rule'] } } as const
const trouble = { status: 'error', error: { code: 'error', name: 'Error', message: 'down' } } as const
const outcomes: readonly Partial<CriticResult>[] = [{}, violation, trouble]

const withoutFinding = ({ finding: _, ...result }: CriticResult): CriticResult => result

type Machine = typeof stageMachine
type Snapshot = ReturnType<Machine['getInitialSnapshot']>

/** A critic can end only after it was told to, and only once. */
function eventsIn({ context, value }: Snapshot): readonly PathEvent<Machine>[] {
  const early = resultOf(plan, 'early')
  const settled = plan.critics.map((one) => (one.name === 'early' ? early : undefined))
  const ends = stage.critics
    .filter((index) => value !== 'pending' && !settledNow(context)[index] && !context.waiting.includes(index))
    .flatMap((index) => {
      const name = plan.critics[index]!.name
      const results = outcomes.map((over) =>
        over.status === 'error' ? withoutFinding(resultOf(plan, name, over)) : resultOf(plan, name, over),
      )
      return [
        ...results.map((result) => doneEvent(name, result)),
        errorEvent(name, { message: 'the chart itself broke' }),
      ]
    })
  return [
    { type: 'RUN', settled },
    ...cuts.map((cut) => ({ type: 'CUT', cut }) as const),
    ...(value === 'running' ? [afterEvent('stageTimeout', 'stage.running')] : []),
    ...ends,
  ]
}

const paths = pathsOf(stageMachine, { input: machineInput, events: eventsIn })

type View = Parameters<NonNullable<NonNullable<Parameters<typeof replay<Machine>>[2]>['check']>>[0]

/** What must hold whatever the chart says of itself. */
function oracle({ snapshot, children, timers }: View): void {
  const { context, status, value } = snapshot
  expect(children.map((child) => child.id).toSorted()).toEqual(['after', 'first', 'gated'])
  for (const child of children) {
    const types = child.received.map((event) => event.type)
    expect(
      types.filter((type) => type === 'START' || type === 'SHUT' || type === 'SKIP').length,
    ).toBeLessThanOrEqual(1)
    if (types.includes('CUT')) expect(types.at(-1)).toBe('CUT')
  }
  const told = (name: string) =>
    children.find((child) => child.id === name)?.received.map((event) => event.type) ?? []
  const settled = (name: string) => settledNow(context)[plan.positions[name]!]
  if (!settled('first')) expect(told('after')).not.toContain('START')
  if (value === 'pending') for (const child of children) expect(child.received).toEqual([])
  if (value === 'cutting')
    for (const child of children) if (!settled(child.id)) expect(told(child.id)).toContain('CUT')
  if (status === 'active') {
    expect(timers.length).toBe(value === 'running' ? 1 : 0)
    return
  }
  const { results, summary } = snapshot.output as StageOutput
  expect(results.map((result) => result.critic)).toEqual(['first', 'after', 'gated'])
  expect(Object.values(summary.ends).reduce((sum, count) => sum + count, 0)).toBe(3)
  expect(timers).toEqual([])
}

/** What a stage that was not cut has told the critic with a gate. */
function gateOracle({ snapshot, children }: View): void {
  const looked = ['first', 'after'].map((name) => settledNow(snapshot.context)[plan.positions[name]!])
  const opens = looked.some(
    (result) => result?.status === 'error' || result?.finding?.violations !== undefined,
  )
  const told = children.find((child) => child.id === 'gated')?.received.map((event) => event.type)
  expect(told).toEqual([opens ? 'START' : 'SHUT'])
}

describe('the stage chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(stageMachine)).toEqual([])
  })

  it('takes every transition on generated paths, tells each critic to start, shut or skip at most once, and opens the gate exactly when a settled critic it looks at has a violation or is in trouble', () => {
    const coverage = coverageOf(stageMachine)
    let decided = 0
    const check = (view: View) => {
      oracle(view)
      if (view.snapshot.status !== 'done' || view.snapshot.context.cut) return
      gateOracle(view)
      decided += 1
    }
    for (const path of paths) replay(path, stageMachine, { inspect: coverage.inspect, check })
    coverage.assertComplete()
    expect(decided).toBeGreaterThan(10)
  })

  it('has as many paths as when they were last counted by hand', () => {
    expect(paths.length).toMatchInlineSnapshot(`3583`)
  })
})

describe('a stage chart with a fault is caught by the invariants', () => {
  const findsFault = (mutant: Machine) =>
    pathsOf(mutant, { input: machineInput, events: eventsIn }).some((path) => {
      try {
        replay(path, mutant, { check: oracle })
        return false
      } catch {
        return true
      }
    })

  it('when it ends one critic too early', () => {
    expect(
      findsFault(stageMachine.provide({ guards: { isLast: ({ context }) => context.left === 2 } })),
    ).toBe(true)
  })

  it('when a cut does not reach the critics', () => {
    expect(findsFault(stageMachine.provide({ actions: { cutAll: () => {} } }))).toBe(true)
  })
})
