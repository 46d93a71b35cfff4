import { describe, expect, it } from 'vitest'
import { END_STATUSES, type CriticResult } from '../../src/model/critic-result.ts'
import { criticMachine, type CriticMachineInput, type CriticOptions } from '../../src/machines/critic.ts'
import { afterEvent, coverageOf, lintMachine, pathsOf, replay } from '../../src/testing/index.ts'
import { criticEnds, criticOrders } from './critic-events.ts'
import { input, options, planOf } from './samples.ts'

const RETRIES_MAX = 1

const plan = planOf({ name: 'fairness', retry: { retriesMax: RETRIES_MAX, onTimeout: true } })
const critic = plan.critics[0]!

const events = [
  ...criticOrders,
  ...criticEnds,
  afterEvent('hookTimeout', 'critic.pending.asking'),
  afterEvent('hookTimeout', 'critic.pending.consulting'),
  afterEvent('queueTimeout', 'critic.pending.recalling'),
  afterEvent('queueTimeout', 'critic.admission.waiting'),
  afterEvent('attemptTimeout', 'critic.admission.running'),
  afterEvent('backoff', 'critic.retrying.waiting'),
  afterEvent('hookTimeout', 'critic.recovering'),
] as const

/** No optional step, each alone, all together: every transition between them. */
const variants: readonly CriticOptions[] = [
  options,
  { ...options, consults: true },
  { ...options, recalls: true },
  { ...options, recovers: true },
  { ...options, consults: true, recalls: true, recovers: true },
]

const inputOf = (variant: CriticOptions): CriticMachineInput => ({
  plan: critic,
  run: 1,
  input,
  options: variant,
})

type Machine = typeof criticMachine

const pathsWith = (variant: CriticOptions, machine: Machine) =>
  pathsOf(machine, { input: inputOf(variant), events })

const generated = new Map(variants.map((variant) => [variant, pathsWith(variant, criticMachine)]))

/** Those of the chart itself are generated once. */
const pathsFor = (variant: CriticOptions) => generated.get(variant) ?? pathsWith(variant, criticMachine)

type View = Parameters<NonNullable<NonNullable<Parameters<typeof replay<Machine>>[2]>['check']>>[0]

/** What must hold whatever the chart says of itself: none of this is derived from the chart. */
function oracle({ snapshot, children, timers }: View): void {
  const { value, status, context } = snapshot
  const running = children.filter((child) => child.status === 'running').map((child) => child.src)
  const holdsPermit = running.includes('permit')
  expect(context.attempts).toBeLessThanOrEqual(1 + RETRIES_MAX)
  expect(children.filter((child) => child.src === 'evaluate')).toHaveLength(context.attempts)
  if (running.includes('evaluate')) expect(holdsPermit).toBe(true)
  if (JSON.stringify(value).includes('retrying') || value === 'recovering') expect(holdsPermit).toBe(false)
  if (status === 'active') {
    const isIdle =
      JSON.stringify(value) === '{"pending":"waiting"}' || JSON.stringify(value) === '{"retrying":"asking"}'
    expect(timers.length).toBe(isIdle ? 0 : 1)
    return
  }
  expect(status).toBe('done')
  expect(running).toEqual([])
  expect(timers).toEqual([])
  endOracle(snapshot.output as CriticResult)
}

function endOracle(result: CriticResult): void {
  const {
    status,
    attempts,
    retryCount,
    finding: said,
    error,
    fromCache,
    degraded,
    gating,
    skipping,
    cost,
  } = result
  expect(END_STATUSES).toContain(status)
  expect(retryCount).toBe(Math.max(0, attempts - 1))
  expect(cost.spent).toBe(attempts)
  if (status === 'success') {
    expect(said).toBeDefined()
    expect(error).toBeUndefined()
    expect(attempts > 0).toBe(fromCache !== true)
  } else if (said) {
    expect(degraded).toBe(true)
    expect(['error', 'timeout', 'invalid']).toContain(status)
  }
  expect(error === undefined).toBe(['success', 'gated', 'skipped'].includes(status))
  expect(gating === undefined).toBe(status !== 'gated')
  expect(skipping === undefined).toBe(status !== 'skipped')
  if (status === 'gated' || status === 'skipped') expect(cost.saved + cost.spent).toBeGreaterThan(0)
}

describe('the critic chart', () => {
  it('names nothing that does not exist', () => {
    expect(lintMachine(criticMachine)).toEqual([])
  })

  it('takes every transition and reaches every state on generated paths, and its invariants hold at each step', () => {
    const coverage = coverageOf(criticMachine)
    for (const variant of variants)
      for (const path of pathsFor(variant))
        replay(path, criticMachine, { inspect: coverage.inspect, check: oracle })
    coverage.assertComplete()
  })

  it('has as many paths as when they were last counted by hand', () => {
    expect(variants.map((variant) => pathsFor(variant).length)).toMatchInlineSnapshot(`
      [
        470,
        506,
        506,
        722,
        794,
      ]
    `)
  })

  it('ends in exactly the status that each way of cutting it means', () => {
    const ends = new Map<string, Set<string>>()
    for (const path of variants.flatMap((variant) => pathsFor(variant))) {
      const last = path.steps.at(-1)
      if (last?.event.type !== 'CUT' || last.status !== 'done') continue
      const before = JSON.stringify(path.steps.at(-2)?.value ?? path.start.value)
      const key = before === '"recovering"' ? 'recovering' : last.event.cut.as
      const known = ends.get(key) ?? new Set()
      ends.set(key, known.add((last.output as CriticResult).status))
    }
    expect(Object.fromEntries([...ends].map(([key, statuses]) => [key, [...statuses].toSorted()]))).toEqual({
      timeout: ['timeout'],
      cancelled: ['cancelled'],
      skipped: ['skipped'],
      rejected: ['rejected'],
      recovering: ['error', 'invalid', 'timeout'],
    })
  })

  it('never reports a gate that a broken condition shut as an ordinary one', () => {
    for (const path of pathsFor(options)) {
      const last = path.steps.at(-1)
      if (last?.event.type !== 'xstate.after.hookTimeout.critic.pending.asking') continue
      expect((last.output as CriticResult).gating?.reason).toMatch(/^policy_evaluation_error/)
    }
  })
})

describe('a chart with a fault is caught by the invariants', () => {
  const findsFault = (variant: CriticOptions, mutant: Machine) =>
    pathsWith(variant, mutant).some((path) => {
      try {
        replay(path, mutant, { check: oracle })
        return false
      } catch {
        return true
      }
    })

  it('when it retries once too often', () => {
    const mayRetryError = ({ context }: { context: { attempts: number } }) =>
      context.attempts <= RETRIES_MAX + 1
    expect(findsFault(options, criticMachine.provide({ guards: { mayRetryError } }))).toBe(true)
  })

  it('when a cache that has nothing counts as a finding', () => {
    const mutant = criticMachine.provide({ guards: { isRecalled: () => true } })
    expect(findsFault({ ...options, recalls: true }, mutant)).toBe(true)
  })
})
